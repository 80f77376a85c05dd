# Tests of kernel/drivers and what sits right on it. KERNEL_CFLAGS and K come from kernel/mod.mk.
FAKE := -iquote tests/fake

# A bare guest of the drivers alone, for guest.sh, and the launcher's side of its link.
GUEST_SRCS := $(wildcard tests/drivers/guest/*.[cS]) $(wildcard kernel/drivers/*.c kernel/drivers/virtio/*.c) \
              $(addprefix kernel/core/,timebase.c machine.c link.c stdin.c console.c random.c) lib/fdt.c lib/chacha20.c lib/fmt.c lib/str.c
$(call object_rules,guest,$(KERNEL_CFLAGS) -fno-stack-protector -iquote tests/drivers/guest/include -mstrict-align -Wframe-larger-than=2048)
GUEST_OBJS := $(call objects,guest,$(GUEST_SRCS))
ALL_DEPS += $(GUEST_OBJS:.o=.d)
$(B)/guest/guest.elf: $(GUEST_OBJS) tests/drivers/guest/guest.ld
	$(call say,LD,$@)$(CC) $(ARM64_LDFLAGS) -Wl,-T,tests/drivers/guest/guest.ld -o $@ $(GUEST_OBJS)
$(B)/guest/guest.img: $(B)/guest/guest.elf
	$(call say,IMAGE,$@)$(OBJCOPY) -O binary $< $@
$(call host_prog,$(B)/guest/peer,tests/drivers/peer.c)
ALL += $(B)/guest/guest.img
SCRIPT_TESTS += tests/drivers/guest.sh

# What the kernel reads out of a device tree, for machine.sh.
$(call object_rules,machine_facts,$(TEST_CFLAGS) $(FAKE))
FACTS_OBJS := $(call objects,machine_facts,tests/drivers/machine_facts.c kernel/core/machine.c lib/fdt.c lib/fmt.c)
ALL_DEPS += $(FACTS_OBJS:.o=.d)
ALL += $(B)/test/machine_facts
$(B)/test/machine_facts: $(FACTS_OBJS)
	@mkdir -p $(@D)
	$(call say,LD,$@)$(CC) -fuse-ld=lld $(SAN_FLAGS) -o $@ $^
SCRIPT_TESTS += tests/drivers/machine.sh

$(call unit_test,timebase_test,tests/drivers/timebase_test.c kernel/core/timebase.c)

# The vDSO called by a freestanding program, for vdso.sh.
VDSO_TEST_CFLAGS := -std=gnu11 -O1 -I. $(WARN) -ffreestanding -nostdlibinc -fno-stack-protector --target=aarch64-linux-gnu -mgeneral-regs-only \
                    -ffixed-x18 -DVDSO_FILE='"$(K)/vdso.so"'
$(call object_rules,vdso_test,$(VDSO_TEST_CFLAGS))
VDSO_TEST_OBJS := $(call objects,vdso_test,$(addprefix tests/drivers/vdso/,start.S test.c string.c) kernel/core/timebase.c lib/fmt.c lib/str.c)
ALL_DEPS += $(VDSO_TEST_OBJS:.o=.d)
ALL += $(B)/test/vdso_test
$(B)/vdso_test/tests/drivers/vdso/start.S.o: $(K)/vdso.so
$(B)/test/vdso_test: $(VDSO_TEST_OBJS)
	@mkdir -p $(@D)
	$(call say,LD,$@)$(CC) --target=aarch64-linux-gnu -fuse-ld=lld -nostdlib -static -o $@ $^
SCRIPT_TESTS += tests/drivers/vdso.sh

# The console and the link against a model of the device.
LINK_SRCS := kernel/core/link.c kernel/core/stdin.c kernel/core/console.c kernel/drivers/virtio/console.c kernel/drivers/virtio/mmio.c \
             kernel/drivers/virtio/control.c kernel/drivers/virtio/ring.c tests/drivers/model.c tests/drivers/rig.c tests/fake/machine.c
$(call unit_test,console_test,tests/drivers/console_test.c $(LINK_SRCS),$(FAKE))

$(call fuzz_test,link_fuzz,tests/drivers/link_fuzz.c,tests/drivers/corpus/link,$(FAKE))
$(call fuzz_test,ring_fuzz,tests/drivers/ring_fuzz.c kernel/drivers/virtio/ring.c tests/fake/machine.c,tests/drivers/corpus/ring,$(FAKE))
$(call fuzz_test,machine_fuzz,tests/drivers/machine_fuzz.c kernel/core/machine.c lib/fdt.c lib/fmt.c,tests/drivers/corpus/machine,$(FAKE))

$(call unit_test,random_test,tests/drivers/random_test.c lib/chacha20.c tests/fake/machine.c,$(FAKE))
