# The system call fuzzer: a static program made from abi/syscalls.def, run on the machine by tests/fuzz/syscalls.sh.
$(call object_rules,fuzz_guest,$(FREE_CFLAGS) $(ARM64_CFLAGS) -ffixed-x18 -Wframe-larger-than=4096)
FUZZ_GUEST_OBJS := $(call objects,fuzz_guest,$(addprefix tests/fuzz/syscalls/,start.S main.c calls.c files.c usage.c) tests/drivers/vdso/string.c lib/str.c lib/fmt.c)
ALL_DEPS += $(FUZZ_GUEST_OBJS:.o=.d)
ALL += $(B)/test/fuzz_syscalls
$(B)/test/fuzz_syscalls: $(FUZZ_GUEST_OBJS)
	@mkdir -p $(@D)
	$(call say,LD,$@)$(CC) $(ARM64_LDFLAGS) -Wl,-z,separate-code -o $@ $^
SCRIPT_TESTS += tests/fuzz/syscalls.sh

.PHONY: fuzz-syscalls fuzz-inject
fuzz-syscalls: all ## random system calls for MINUTES (10 unless set), from SEED on
	@tests/fuzz/syscalls.sh $(or $(MINUTES),10) $(SEED)
fuzz-inject: all ## the same while calls are interrupted, cut short and refused memory, and then Go programs in the same way
	@tests/fuzz/syscalls.sh -i $(or $(MINUTES),10) $(SEED)
	@tests/kernel/inject_programs.sh $(or $(MINUTES),10) $(SEED)
