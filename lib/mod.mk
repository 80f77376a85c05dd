# lib: pure helpers. The host programs take build/host/libbase.a, where libc stands in for str.c.
LIB_SRCS := lib/chacha20.c lib/elf.c lib/fdt.c lib/fmt.c lib/rbtree.c
$(call host_lib,base,$(LIB_SRCS))
KERNEL_SRCS += $(LIB_SRCS) lib/str.c
