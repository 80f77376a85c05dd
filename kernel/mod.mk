# The kernels. An image is an inventory of files; each has those of the ones before it:
#   mazboot       KERNEL_SRCS, for programs that ask for little
#   mazboot-net   KERNEL_NET_SRCS: every system call, and the network
#   mazboot-full  KERNEL_FULL_SRCS: what the launcher's options need
# Each owner adds the files of its folder (what they have to mind: kernel/core/optional.h); everything else here turns them into
#   build/kernel-arm64/NAME.elf   for gdb        build/kernel-arm64/NAME.img   arm64 Image
#   build/kernel-arm64/NAME.sym   PAYLOAD_SYMBOLS, from the ELF's symbol table
# The launcher takes the first that does (cmd/kernel_choice.c).
K := $(B)/kernel-arm64

KERNEL_SRCS += $(addprefix kernel/arch/arm64/,start.S vectors.S string.S uaccess.S mmu.c cpu.c trap.c timer.c uaccess.c sigframe.c fpu.S)
KERNEL_SRCS += $(addprefix kernel/core/,task.c wait.c log.c panic.c clock.c gort_port.c kstack.c payload.c options.c trace.c)
KERNEL_SRCS += $(addprefix kernel/linux/,syscall.c process.c thread.c futex.c signal.c sigcalls.c sigqueue.c fault.c time.c timespec.c sched.c info.c creds.c itimer.c)
KERNEL_NET_SRCS += kernel/linux/mremap.c kernel/core/aspace_remap.c kernel/core/aspace_fork.c kernel/core/aspace_look.c
KERNEL_NET_SRCS += $(addprefix kernel/linux/,capabilities.c family.c fork.c clone3.c children.c jobs.c pidfd.c image.c execve.c)
KERNEL_FULL_SRCS += $(addprefix kernel/linux/,probe.c probe_list.c strace.c tracing.c watchdog.c inject.c proc_slabs.c quota.c) kernel/core/trace_stream.c abi/syscall_words.c
KERNEL_SRCS += $(addprefix kernel/core/,machine.c timebase.c console.c link.c stdin.c random.c)
KERNEL_SRCS += $(addprefix kernel/drivers/,irq.c gicv2.c gicv3.c psci.c pl011.c pl031.c virtio/mmio.c virtio/ring.c virtio/control.c virtio/console.c virtio/rng.c)
KERNEL_SRCS += kernel/linux/random.c
KERNEL_SRCS += kernel/arch/arm64/pgtable.c kernel/arch/arm64/pgtable_change.c $(addprefix kernel/core/,page.c slab.c region.c vmobj.c aspace.c aspace_fault.c aspace_advise.c aspace_info.c) $(addprefix kernel/linux/,exec.c exec_stack.c mm.c)
KERNEL_SRCS += kernel/linux/dump.c kernel/init/main.c kernel/init/program.c kernel/init/crash.c
KERNEL_SRCS += $(GORT_CORE_SRCS) $(GORT_CORE_ASM_arm64)

# Boot runs on a stack of which nothing else has used anything yet.
$(foreach f,kernel/init/main.c kernel/init/program.c,$(eval CFLAGS_kernel-arm64_$f := -Wframe-larger-than=2048))

# Small, and optimized as a whole when linking; but for speed what every system call, fault or switch goes through.
# The tiny code model reaches everything within 1 MiB with one instruction. The stack protector's word is in struct cpu, behind
# TPIDR_EL1 (clang's driver knows only SP_EL0, hence -Xclang): the tiny model would take a global word's address for its value.
, := ,
STACK_GUARD_OFFSET := 32
KERNEL_CFLAGS := $(FREE_CFLAGS) $(ARM64_CFLAGS) -mcmodel=tiny -Oz -DGORT_NO_FP=1 -DGORT_SMALL=1 -DGORT_MAX_PROCS=8 -ffixed-x18 -momit-leaf-frame-pointer \
                 -fstack-protector -DSTACK_GUARD_OFFSET=$(STACK_GUARD_OFFSET) \
                 $(addprefix -Xclang -mstack-protector-guard,=sysreg -reg=tpidr_el1 -offset=$(STACK_GUARD_OFFSET))
KERNEL_LTO := -flto
# Where the linker generates code: calls of shared prologues in what is built with -Oz. Repeated sequences become functions only in the full
# kernel: under emulation, where a block of code costs more to translate than to run, a hello starts half a millisecond sooner without.
KERNEL_LTO_PASSES := $(addprefix -Wl$(,)-mllvm$(,)-,homogeneous-prolog-epilog inline-threshold=0 disable-machine-licm enable-post-misched=0 \
                                 enable-merge-functions)
KERNEL_NO_OUTLINER := -Wl,-mllvm,-enable-machine-outliner=never
KERNEL_OUTLINER := -Wl,-mllvm,-machine-outliner-reruns=3
KERNEL_HOT := gort/park.c lib/fdt.c lib/str.c lib/chacha20.c $(addprefix kernel/core/,task.c wait.c gort_port.c clock.c) \
              kernel/linux/fault.c kernel/linux/probe.c kernel/arch/arm64/trap.c
KERNEL_WARM := gort/runq.c $(addprefix kernel/core/,page.c slab.c aspace_fault.c) kernel/arch/arm64/pgtable.c kernel/linux/futex.c \
               $(addprefix kernel/linux/,signal.c sigcalls.c sigqueue.c thread.c) kernel/arch/arm64/sigframe.c
$(foreach f,$(KERNEL_HOT),$(eval CFLAGS_kernel-arm64_$f := -O2 -Wframe-larger-than=2048))
$(foreach f,$(KERNEL_WARM),$(eval CFLAGS_kernel-arm64_$f := -Os))
$(call object_rules,kernel-arm64,$(KERNEL_CFLAGS) $(KERNEL_LTO) -I$(K))

# Offsets for assembly: see kernel/arch/arm64/offsets.c.
$(K)/offsets.h: kernel/arch/arm64/offsets.c
	@mkdir -p $(@D)
	$(call say,OFFSETS,$@)$(CC) $(KERNEL_CFLAGS) -fno-stack-protector -MMD -MF $(K)/offsets.d -MT $@ -S -o - $< | \
	    sed -n 's/^.*\.ascii.*"->\([A-Z0-9_]*\) \([0-9]*\)".*$$/#define \1 \2/p' > $@
ALL_DEPS += $(K)/offsets.d
$(call objects,kernel-arm64,$(addprefix kernel/arch/arm64/,vectors.S start.S)): $(K)/offsets.h

KERNEL_OBJS = $(call objects,kernel-arm64,$(sort $(KERNEL_SRCS) $(KERNEL_NET_SRCS) $(KERNEL_FULL_SRCS)))
ALL += $(foreach k,mazboot mazboot-net mazboot-full,$(K)/$k.img $(K)/$k.sym)

include kernel/linux/vdso/mod.mk kernel/fs/mod.mk kernel/net/mod.mk

# The sources are complete only after every mod.mk has been read. Objects made with other flags don't link, and an image has to be
# made anew when its inventory changes.
.SECONDEXPANSION:
KERNEL_LISTS := $(addsuffix /mod.mk,kernel kernel/fs kernel/net kernel/linux/vdso)
$(KERNEL_OBJS): kernel/mod.mk mk/toolchain.mk

# $(call kernel_image,NAME,SOURCES,PASSES): NAME.elf of them, KERNEL_EXTRA_OBJS and the table of those system calls that they define. SOURCES is
# expanded late.
define kernel_image_
$(K)/$1.calls.h: $$$$(call objects,kernel-arm64,$$$$(sort $2)) $(KERNEL_LISTS)
	$$(call say,CALLS,$$@)llvm-nm --defined-only --just-symbol-name $$(filter %.o,$$^) | sed -n 's/^sys_/.set have_sys_/;s/^.set have.*/&, 1/p' >$$@
$(K)/$1.table.o: kernel/arch/arm64/syscall_table.S $(K)/$1.calls.h abi/syscalls.def
	$$(call say,AS,$$@)$(CC) $(KERNEL_CFLAGS) -include $(K)/$1.calls.h -c $$< -o $$@
$(K)/$1.elf: $$$$(call objects,kernel-arm64,$$$$(sort $2)) $(K)/$1.table.o $(KERNEL_EXTRA_OBJS) kernel/arch/arm64/kernel.ld
	$$(call say,LD,$$@)$(CC) $(ARM64_LDFLAGS) $(KERNEL_LTO) $(KERNEL_LTO_PASSES) $3 -Wl,-T,kernel/arch/arm64/kernel.ld -o $$@ $$(filter %.o,$$^)
$(K)/$1.img: $(K)/$1.elf
	$$(call say,IMAGE,$$@)$(OBJCOPY) -O binary $$< $$@
$(K)/$1.sym: $(K)/$1.elf tools/symtab.sh
	$$(call say,SYMS,$$@)tools/symtab.sh $$< $$@
endef
kernel_image = $(eval $(call kernel_image_,$1,$2,$3))
$(call kernel_image,mazboot,$$(KERNEL_SRCS),$(KERNEL_NO_OUTLINER))
$(call kernel_image,mazboot-net,$$(KERNEL_SRCS) $$(KERNEL_NET_SRCS),$(KERNEL_NO_OUTLINER))
$(call kernel_image,mazboot-full,$$(KERNEL_SRCS) $$(KERNEL_NET_SRCS) $$(KERNEL_FULL_SRCS),$(KERNEL_OUTLINER))
