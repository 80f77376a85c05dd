# The vDSO: user_* is linked into a shared object for programs, which the kernel carries as bytes.
VDSO_CFLAGS := -std=gnu11 -O2 -I. $(WARN) -ffreestanding -nostdlibinc -fPIC -fvisibility=hidden -fomit-frame-pointer \
               -fno-asynchronous-unwind-tables -fno-stack-protector --target=aarch64-linux-gnu -mgeneral-regs-only -ffixed-x18
$(call object_rules,kernel-arm64/vdso,$(VDSO_CFLAGS))
CFLAGS_kernel-arm64/vdso_kernel/linux/vdso/user_random.c := -Os
CFLAGS_kernel-arm64/vdso_lib/chacha20.c := -fno-unroll-loops

VDSO_OBJS := $(call objects,kernel-arm64/vdso,$(addprefix kernel/linux/vdso/,user_sigreturn.S user_clock.c user_random.c) lib/chacha20.c)
ALL_DEPS += $(VDSO_OBJS:.o=.d)

# Go up to 1.25 looks for __kernel_clock_gettime on arm64 with the hashes of another name (fixed in 1.26). With a GNU hash table it never
# finds it; with a System V one it does where both hashes fall into the same bucket: of 1, 2, 3, 4, 6, 8, 12, 16 or 24 buckets. lld makes as many
# buckets as there are symbols.
VDSO_BUCKETS := 8

$(K)/vdso.so: $(VDSO_OBJS) $(addprefix kernel/linux/vdso/,user.ld user.map)
	$(call say,LD,$@)$(CC) --target=aarch64-linux-gnu -fuse-ld=lld -nostdlib -shared -Wl,-T,kernel/linux/vdso/user.ld -Wl,-soname,linux-vdso.so.1 \
	    -Wl,--version-script,kernel/linux/vdso/user.map -Wl,--hash-style=sysv -Wl,-z,max-page-size=4096 -Wl,-z,noexecstack -Wl,-s -o $@ $(VDSO_OBJS)
	@test "$$(llvm-readelf -x .hash $@ | awk '$$1 ~ /^0x/ {print $$2; exit}')" = 0$(VDSO_BUCKETS)000000 || { rm $@; echo "$@: not $(VDSO_BUCKETS) hash buckets"; exit 1; }

$(K)/vdso_image.o: $(K)/vdso.so
	$(call say,AS,$@)llvm-nm -D $< | awk '$$3 ~ /^__kernel_rt_sigreturn/ { sigreturn = $$1 } END { \
	    print ".section .rodata.vdso, \"a\"\n.balign 8\n.globl vdso_image, vdso_image_end, vdso_sigreturn_offset"; \
	    print "vdso_sigreturn_offset: .quad 0x" sigreturn; print "vdso_image: .incbin \"$<\"\nvdso_image_end:" }' | \
	    $(CC) --target=aarch64-none-elf -x assembler -c - -o $@
KERNEL_EXTRA_OBJS += $(K)/vdso_image.o
KERNEL_SRCS += kernel/linux/vdso/vdso.c
