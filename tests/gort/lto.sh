#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Library and program optimised as a whole, position-independent: the current goroutine stays right across threads.
set -u
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
machine=$(uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')
srcs="$(find gort -maxdepth 1 -name "*.c" ! -name san.c | sort) $(echo gort/port/*.c gort/port/posix/*.c) gort/asm/$machine.S tests/gort/lto.c"
[ -e "gort/asm/preempt_$machine.S" ] && srcs="$srcs gort/asm/preempt_$machine.S"

# shellcheck disable=SC2086 # a list
if clang -std=gnu11 -O3 -flto=thin -fPIC -pie -fuse-ld=lld -I. -D_GNU_SOURCE '-DGORT_PORT_INLINE="gort/port/posix/inline.h"' \
    -o "$out/lto" $srcs -pthread && [ "$(timeout 60 "$out/lto")" = "right, also after migrations" ]; then
    echo "ok gort optimised as a whole"
else
    echo "not ok gort optimised as a whole"
fi
