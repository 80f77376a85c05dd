# The kernel. Each owner adds the files of its folder to KERNEL_SRCS; everything else here turns them into
#   build/kernel-arm64/mazboot.elf   for gdb        build/kernel-arm64/mazboot.img   arm64 Image
#   build/kernel-arm64/mazboot.sym   PAYLOAD_SYMBOLS, from the ELF's symbol table
K := $(B)/kernel-arm64

KERNEL_SRCS += $(addprefix kernel/arch/arm64/,start.S vectors.S string.S uaccess.S mmu.c cpu.c trap.c timer.c uaccess.c sigframe.c fpu.S)
KERNEL_SRCS += $(addprefix kernel/core/,task.c wait.c log.c panic.c clock.c gort_port.c kstack.c payload.c options.c)
KERNEL_SRCS += $(addprefix kernel/linux/,syscall.c process.c thread.c futex.c signal.c sigcalls.c sigqueue.c fault.c time.c sched.c info.c strace.c)
KERNEL_SRCS += $(addprefix kernel/core/,machine.c timebase.c console.c link.c stdin.c random.c)
KERNEL_SRCS += $(addprefix kernel/drivers/,irq.c gicv2.c gicv3.c psci.c pl011.c pl031.c virtio/mmio.c virtio/ring.c virtio/console.c virtio/rng.c)
KERNEL_SRCS += kernel/linux/random.c
# Rarely run: for size.
$(foreach f,$(addprefix kernel/core/,machine.c random.c stdin.c) $(addprefix kernel/drivers/,gicv2.c gicv3.c virtio/rng.c),$(eval CFLAGS_kernel-arm64_$f := -Oz))
KERNEL_SRCS += kernel/arch/arm64/pgtable.c $(addprefix kernel/core/,page.c slab.c region.c vmobj.c aspace.c aspace_fault.c aspace_advise.c aspace_info.c aspace_remap.c) $(addprefix kernel/linux/,exec.c exec_stack.c mm.c)
KERNEL_SRCS += kernel/linux/dump.c kernel/init/main.c kernel/init/program.c
KERNEL_SRCS += $(GORT_CORE_SRCS) $(GORT_CORE_ASM_arm64)

KERNEL_CFLAGS := $(FREE_CFLAGS) $(ARM64_CFLAGS) -DGORT_NO_FP=1 -DGORT_MAX_PROCS=8 -ffixed-x18 -fstack-protector-strong -mstack-protector-guard=global
$(call object_rules,kernel-arm64,$(KERNEL_CFLAGS) -I$(K))

# Offsets for assembly: see kernel/arch/arm64/offsets.c.
$(K)/offsets.h: kernel/arch/arm64/offsets.c
	@mkdir -p $(@D)
	$(call say,OFFSETS,$@)$(CC) $(KERNEL_CFLAGS) -fno-stack-protector -MMD -MF $(K)/offsets.d -MT $@ -S -o - $< | \
	    sed -n 's/^.*\.ascii.*"->\([A-Z0-9_]*\) \([0-9]*\)".*$$/#define \1 \2/p' > $@
ALL_DEPS += $(K)/offsets.d
$(call objects,kernel-arm64,$(addprefix kernel/arch/arm64/,vectors.S start.S)): $(K)/offsets.h

KERNEL_OBJS = $(call objects,kernel-arm64,$(sort $(KERNEL_SRCS)))
ALL += $(K)/mazboot.img $(K)/mazboot.sym

include kernel/linux/vdso/mod.mk kernel/fs/mod.mk

# KERNEL_SRCS is complete only after every mod.mk has been read.
.SECONDEXPANSION:
$(K)/mazboot.elf: $$(KERNEL_OBJS) kernel/arch/arm64/kernel.ld
	$(call say,LD,$@)$(CC) $(ARM64_LDFLAGS) -Wl,-T,kernel/arch/arm64/kernel.ld -o $@ $(KERNEL_OBJS)

$(K)/mazboot.img: $(K)/mazboot.elf
	$(call say,IMAGE,$@)$(OBJCOPY) -O binary $< $@

$(K)/mazboot.sym: $(K)/mazboot.elf tools/symtab.sh
	$(call say,SYMS,$@)tools/symtab.sh $< $@
CFLAGS_kernel-arm64_lib/fdt.c := -Wframe-larger-than=2048
