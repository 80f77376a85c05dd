# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034 # what is assigned here is for the scripts that source this
# What the benchmarks share: the machines they compare, and how a program is started on each. Sourced from the root of the tree.
. tests/programs/lib.sh

bench=build/bench
cpu=cortex-a76 # ours and Linux's alike; pointer authentication, which newer models have, is emulated slowly

# kernels: those to compare, in the order of the columns: ours, and each Linux that has been fetched or built.
kernels() {
    local kernel
    [ -f build/kernel-arm64/mazboot.img ] && echo here
    for kernel in minimal debian; do [ -f $bench/Image-$kernel ] && echo $kernel; done
}

# start_command KERNEL PROGRAM MEMORY [VARIABLE...]: sets `command` to what boots PROGRAM; `extra` holds more arguments for QEMU,
# `icount` is 1 for a virtual clock that counts instructions.
extra=() icount=0
start_command() {
    local kernel=$1 program=$2 memory=$3 argument
    shift 3
    if [ "$kernel" = here ]; then
        command=(./mazboot run --accel tcg -m "${memory}M" --cpu "$cpu")
        [ $icount = 1 ] && command+=(--icount)
        for argument in "${extra[@]}"; do command+=(--qemu-arg "$argument"); done
        for argument; do command+=(-e "$argument"); done
        command+=("$program")
        return
    fi
    bench/linux/initramfs.sh "$program" "$bench/$(basename "$program").cpio"
    command=(qemu-system-aarch64 -M virt -cpu "$cpu" -m "$memory" -nodefaults -display none -serial stdio -no-reboot
        -kernel "$bench/Image-$kernel" -initrd "$bench/$(basename "$program").cpio"
        -append "console=ttyAMA0 panic=-1 quiet nokaslr $*" "${extra[@]}")
    [ $icount = 1 ] && command+=(-icount "shift=0,sleep=off")
    return 0
}

# table: columns aligned; the first to the left, the others to the right. Reads fields separated by tabs.
table() {
    awk -F '\t' '
        { for (i = 1; i <= NF; i++) { cell[NR, i] = $i; if (length($i) > width[i]) width[i] = length($i) } if (NF > columns) columns = NF }
        END {
            for (r = 1; r <= NR; r++) {
                printf "%-" width[1] "s", cell[r, 1]
                for (i = 2; i <= columns; i++) printf "  %" width[i] "s", cell[r, i]
                print ""
            }
        }'
}
