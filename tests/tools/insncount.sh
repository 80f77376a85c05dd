#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# insncount against guests of known length, and hot.sh against insncount's total.
set -u
cd "$(dirname "$0")/../.." || exit 1
plugin=build/tools/insncount.so dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT

check() { # NAME WANTED GOT
    if [ "$2" = "$3" ]; then echo "ok insncount $1"; else echo "not ok insncount $1: $3 instead of $2"; fi
}
field() { # FILE NAME
    sed -nE "s/.*\"$2\": ([0-9]+).*/\1/p" "$1"
}
machine=(qemu-system-aarch64 -M virt -cpu cortex-a76 -nodefaults -display none -serial "file:$dir/uart" -no-reboot)

# The empty kernel: 8 + 4 for each of the 6 bytes that it prints, after the 6 of QEMU's boot stub.
"${machine[@]}" -kernel build/bench/empty.img -plugin "$plugin,out=$dir/one,hot=$dir/hot"
check "one CPU" 38 "$(field "$dir/one" total)"
check "before the MMU is on" 38 "$(field "$dir/one" kernel_mmu_off)"
check "calls of the firmware" 1 "$(field "$dir/one" hvc)"
check "the guest's own output" empty "$(cat "$dir/uart")"
check "blocks" 38 "$(awk '{ sum += $2 * $3 } END { print sum }' "$dir/hot")"

"${machine[@]}" -smp 2 -kernel build/bench/empty.img -plugin "$plugin,out=$dir/two"
check "two CPUs" 38 "$(field "$dir/two" total)"

"${machine[@]}" -kernel build/bench/empty.img -plugin "$plugin,wrong=1" 2>"$dir/error" && echo "not ok insncount wrong option"
check "wrong option is named" 1 "$(grep -c 'unknown option wrong=1' "$dir/error")"

# A made-up profile over real symbols: all blocks lie in the plugin's own functions.
llvm-nm --defined-only "$plugin" | awk '$2 ~ /[tT]/ && $3 == "hot_write" { print "0x" $1, 3, 5 }' >"$dir/made"
check "hot.sh sums by function" "15 100.0 % hot_write" "$(tools/hot.sh "$dir/made" "$plugin" | sed -n '2s/^ *//p' | tr -s ' ')"
