# The tools, and the flags of each target. clang and lld for every target; what you see is what is used.
V ?= 0
Q := $(if $(filter 1,$(V)),,@)
say = $(if $(filter 1,$(V)),,@printf '  %-8s %s\n' '$1' '$2';)

CC      := clang
AR      := llvm-ar
OBJCOPY := llvm-objcopy
B       := build

WARN := -Wall -Wextra -Wshadow -Wundef -Wmissing-prototypes -Wstrict-prototypes -Wvla \
        -Wimplicit-fallthrough -Wconditional-uninitialized -Wpointer-arith -Wwrite-strings -Werror

# Host programs and libraries.
HOST_CFLAGS := -std=gnu11 -O2 -g -I. -D_GNU_SOURCE $(WARN) -fno-common -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE
HOST_LDFLAGS := -fuse-ld=lld -pie -Wl,-z,relro,-z,now

# Host tests: the same sources, sanitized.
SAN_FLAGS   := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
TEST_CFLAGS := -std=gnu11 -O1 -g -I. -D_GNU_SOURCE -DMAZBOOT_TEST=1 $(WARN) -fno-common $(SAN_FLAGS)
FUZZ_CFLAGS := $(TEST_CFLAGS) -fsanitize=fuzzer-no-link

# Freestanding code, per machine.
FREE_CFLAGS := -std=gnu11 -O2 -g -I. $(WARN) -ffreestanding -nostdlibinc -fno-common -fno-omit-frame-pointer \
               -fno-asynchronous-unwind-tables -ffunction-sections -fdata-sections -Wframe-larger-than=1024
ARM64_CFLAGS := --target=aarch64-none-elf -mgeneral-regs-only -mno-outline-atomics -fno-pic -mcmodel=small
ARM64_LDFLAGS := --target=aarch64-none-elf -fuse-ld=lld -nostdlib -static -Wl,--gc-sections -Wl,--icf=all -Wl,-z,noexecstack
