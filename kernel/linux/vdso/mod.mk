# The vDSO: user_* is linked into a shared object for programs, which the kernel carries as bytes.
VDSO_CFLAGS := -std=gnu11 -O2 -I. $(WARN) -ffreestanding -nostdlibinc -fPIC -fvisibility=hidden -fomit-frame-pointer \
               -fno-asynchronous-unwind-tables -fno-stack-protector --target=aarch64-linux-gnu -mgeneral-regs-only -ffixed-x18
$(call object_rules,kernel-arm64/vdso,$(VDSO_CFLAGS))

VDSO_OBJS := $(call objects,kernel-arm64/vdso,$(addprefix kernel/linux/vdso/,user_sigreturn.S user_clock.c))
ALL_DEPS += $(VDSO_OBJS:.o=.d)

$(K)/vdso.so: $(VDSO_OBJS) $(addprefix kernel/linux/vdso/,user.ld user.map)
	$(call say,LD,$@)$(CC) --target=aarch64-linux-gnu -fuse-ld=lld -nostdlib -shared -Wl,-T,kernel/linux/vdso/user.ld -Wl,-soname,linux-vdso.so.1 \
	    -Wl,--version-script,kernel/linux/vdso/user.map -Wl,--hash-style=both -Wl,-z,max-page-size=4096 -Wl,-z,noexecstack -Wl,-s -o $@ $(VDSO_OBJS)

$(K)/vdso_image.o: $(K)/vdso.so
	$(call say,AS,$@)llvm-nm -D $< | awk '$$3 ~ /^__kernel_rt_sigreturn/ { sigreturn = $$1 } END { \
	    print ".section .rodata.vdso, \"a\"\n.balign 8\n.globl vdso_image, vdso_image_end, vdso_sigreturn_offset"; \
	    print "vdso_sigreturn_offset: .quad 0x" sigreturn; print "vdso_image: .incbin \"$<\"\nvdso_image_end:" }' | \
	    $(CC) --target=aarch64-none-elf -x assembler -c - -o $@
KERNEL_OBJS += $(K)/vdso_image.o
KERNEL_SRCS += kernel/linux/vdso/vdso.c
