#!/usr/bin/env bash
# Size, instructions executed and compile time of rtg beside gcc -O0, -O1, -Os and tcc: both init programs (sizes only, they want a
# guest) and four small programs, the same statements in RTG and in C, in one run.
#   bench/rtg/run.sh [ARCH]...
set -u
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
plugin=$PWD/build/tools/insncount.so
flags=(-std=gnu11 -ffreestanding -nostdlib -static -fno-stack-protector -fno-asynchronous-unwind-tables -fno-unwind-tables -w -fwrapv -fno-strict-aliasing -fno-tree-loop-distribute-patterns -I. -Ibench/rtg/c)
declare -A compiler=([amd64]=x86_64-linux-gnu-gcc [arm64]=aarch64-linux-gnu-gcc [riscv64]=riscv64-linux-gnu-gcc)
declare -A emulator=([amd64]=qemu-x86_64 [arm64]=qemu-aarch64 [riscv64]=qemu-riscv64)
addresses=(--config-int MAILBOX_PHYS_ADDR=0xf0000000 --config-int TIMESLICE_MMIO_PHYS_ADDR=0xf0001000 --config-int CONFIG_REGION_PHYS_ADDR=0xf0003000)
container=(-D command_loop -D network --config hostname=tinyrange --config workdir=/ --config "hosts_content=127.0.0.1 localhost"
    --config "resolv_content=nameserver 10.42.0.1" --config interface_name=eth0 --config-int interface_ip_nbo=0x02002a0a
    --config-int interface_mask_nbo=0x00ffffff --config-int gateway_nbo=0x01002a0a --config root_source=rootfs --config root_type=virtiofs
    --config exec_strings=/bin/sh --config-int exec_argc=1 --config-int exec_envc=0)

# Milliseconds that one compilation takes: the least of ten.
milliseconds() {
    local best=999999999 start end i
    for ((i = 0; i < 10; i++)); do
        start=$(date +%s%N)
        "$@" >/dev/null 2>&1 || return 1
        end=$(date +%s%N)
        ((end - start < best)) && best=$((end - start))
    done
    printf '%d.%02d' $((best / 1000000)) $((best / 10000 % 100))
}

# Code and constants, as bytes that are loaded and not writable.
loaded() { llvm-size -A "$1" | awk '$1 ~ /^\.(text|rodata|data\.rel\.ro|plt)/ { n += $2 } END { print n + 0 }'; }

executed() { # ARCH PROGRAM
    "${emulator[$1]}" -plugin "$plugin,out=$work/count" "$2" >"$work/out.$(basename "$2")" 2>&1
    sed -n 's/.*"total": \([0-9]*\).*/\1/p' "$work/count"
}

row() { # ARCH PROGRAM COMPILER COMMAND...
    local arch=$1 program=$2 name=$3 time size count=-
    shift 3
    time=$(milliseconds "$@") || {
        printf '%-8s %-10s %-9s does not compile it\n' "$arch" "$program" "$name"
        return
    }
    size=$(loaded "$work/$name")
    case $program in
    regular | container) ;;
    *) count=$(executed "$arch" "$work/$name") ;;
    esac
    printf '%-8s %-10s %-9s %8s %12s %9s\n' "$arch" "$program" "$name" "$size" "$count" "$time"
}

[ $# -gt 0 ] || set -- amd64 arm64 riscv64
printf '%-8s %-10s %-9s %8s %12s %9s\n' machine program compiler bytes instructions ms
for arch; do
    cc=${compiler[$arch]}
    for program in regular container sieve sort crc fib; do
        case $program in
        regular) sources=(initx/regular.rtg initx/lib.rtg "${addresses[@]}") ;;
        container) sources=(initx/container.rtg initx/lib.rtg "${addresses[@]}" "${container[@]}") ;;
        *) sources=("bench/rtg/programs/$program.rtg") ;;
        esac
        row "$arch" $program rtg ./rtg build -g --arch "$arch" -o "$work/rtg" "${sources[@]}"
        for level in O0 O1 Os; do
            row "$arch" $program gcc-$level "$cc" "${flags[@]}" -Ibench/rtg/"$arch" -$level bench/rtg/c/$program.c -o "$work/gcc-$level" -lgcc
        done
        [ "$arch" = amd64 ] && row amd64 $program tcc tcc -nostdlib -static -w -fwrapv -fno-strict-aliasing -fno-tree-loop-distribute-patterns -Ibench/rtg/c -Ibench/rtg/amd64 bench/rtg/c/$program.c \
            bench/rtg/amd64/syscall.S -o "$work/tcc"
        case $program in regular | container) ;; *)
            cmp "$work/out.rtg" "$work/out.gcc-O1" || echo "$arch $program: the outputs differ"
            ;;
        esac
    done
done
build/bench/rtg-compile initx/lib.rtg initx/regular.rtg initx/container.rtg
