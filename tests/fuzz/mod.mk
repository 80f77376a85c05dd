# The system call fuzzer: a static program made from abi/syscalls.def, run on the machine by tests/fuzz/syscalls.sh.
$(call object_rules,fuzz_guest,$(FREE_CFLAGS) $(ARM64_CFLAGS) -ffixed-x18 -Wframe-larger-than=4096)
FUZZ_GUEST_OBJS := $(call objects,fuzz_guest,$(addprefix tests/fuzz/syscalls/,start.S guest.c main.c calls.c files.c usage.c) tests/drivers/vdso/string.c lib/str.c lib/fmt.c)
ALL_DEPS += $(FUZZ_GUEST_OBJS:.o=.d)
ALL += $(B)/test/fuzz_syscalls
# Where no number that the fuzzer makes up points: at 0x200000 a call that was told to write to 1 << 21 | 1 << 17 changed what it counts by.
$(B)/test/fuzz_syscalls: $(FUZZ_GUEST_OBJS) tests/fuzz/mod.mk
	@mkdir -p $(@D)
	$(call say,LD,$@)$(CC) $(ARM64_LDFLAGS) -Wl,-z,separate-code,--image-base=0x3a5b6c710000 -o $@ $(FUZZ_GUEST_OBJS)
SCRIPT_TESTS += tests/fuzz/syscalls.sh

.PHONY: fuzz-syscalls fuzz-inject
fuzz-syscalls: all ## random system calls for MINUTES (10 unless set), from SEED on
	@tests/fuzz/syscalls.sh $(or $(MINUTES),10) $(SEED)
fuzz-inject: all ## the same while calls are interrupted, cut short and refused memory, and then Go programs in the same way
	@tests/fuzz/syscalls.sh -i $(or $(MINUTES),10) $(SEED)
	@tests/kernel/inject_programs.sh $(or $(MINUTES),10) $(SEED)

# The same in a process of the host, under the sanitizers: the kernel's whole inventory but for what needs the hardware (tests/fuzz/host/main.c).
FUZZ_HOST := $(B)/fuzz/syscalls_host
FUZZ_HOST_NOT := kernel/arch/% kernel/drivers/% kernel/fs/p9_% lib/str.c %.S $(addprefix kernel/init/,main.c crash.c volumes.c network.c) \
                 $(addprefix kernel/core/,panic.c kstack.c slab.c) $(addprefix kernel/linux/,probe.c probe_list.c)
FUZZ_HOST_KERNEL := $(filter-out $(FUZZ_HOST_NOT),$(sort $(KERNEL_SRCS) $(KERNEL_NET_SRCS) $(KERNEL_FULL_SRCS))) \
                    $(addprefix kernel/arch/arm64/,pgtable.c pgtable_change.c sigframe.c)
FUZZ_HOST_SRCS := $(FUZZ_HOST_KERNEL) $(GORT_CORE_ASM_$(GORT_HOST_MACHINE)) gort/san.c tests/fake/uaccess.c tests/fake/no_tlb.c \
                  $(addprefix tests/fuzz/host/,main.c findings.c machine.c memory.c program.c table.c) $(addprefix tests/fuzz/syscalls/,main.c calls.c files.c usage.c)
FUZZ_HOST_OBJS := $(call objects,fuzz/syscalls_host.d,$(FUZZ_HOST_SRCS))
$(call object_rules,fuzz/syscalls_host.d,$(TEST_CFLAGS) -O2 -fsanitize-coverage=inline-8bit-counters$(,)pc-table -iquote tests/fuzz/host/include -iquote tests/fake -DGORT_SAN=1 -DGORT_SMALL=1 -DGORT_MAX_PROCS=8 \
    -DPROGRAM_MEMORY='__attribute__((section("program_memory")))' $(LWIP_INCLUDES) -DLWIP_ASSERTS=1)
$(foreach f,$(LWIP_CORE),$(eval CFLAGS_fuzz/syscalls_host.d_$f := -w))
$(foreach f,kernel/core/page.c tests/fuzz/host/memory.c,$(eval CFLAGS_fuzz/syscalls_host.d_$f := -fno-sanitize=address -fno-builtin))
$(FUZZ_HOST_OBJS): tests/fuzz/mod.mk $(LWIP)/fetched
ALL_DEPS += $(FUZZ_HOST_OBJS:.o=.d)
$(FUZZ_HOST): $(FUZZ_HOST_OBJS)
	$(call say,LD,$@)$(CC) -fuse-ld=lld $(SAN_FLAGS) -fsanitize=fuzzer $(addprefix -Wl$(,)--wrap=,page_alloc page_alloc_zeroed page_put) -o $@ $^
test: $(FUZZ_HOST)
SCRIPT_TESTS += tests/fuzz/syscalls_host.sh

.PHONY: fuzz-syscalls-host fuzz-syscalls-guided
fuzz-syscalls-host: $(FUZZ_HOST) ## the same in a process of the host, under the sanitizers, for MINUTES, from SEED on
	@tests/fuzz/syscalls_host.sh $(or $(MINUTES),10) $(SEED)
fuzz-syscalls-guided: $(FUZZ_HOST) ## the same with calls that coverage guides, for MINUTES
	@tests/fuzz/syscalls_host.sh -c $(or $(MINUTES),10)
