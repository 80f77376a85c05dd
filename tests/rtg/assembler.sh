#!/usr/bin/env bash
# The encoders against LLVM's assembler: every program's assembly text, assembled by llvm-mc and linked by ld.lld, gives the very
# bytes that rtg made, on three machines, with and without the simplifying passes; some random programs too.
#   tests/rtg/assembler.sh [N [FIRST]]
set -u
cd "$(dirname "$0")/../.." || exit 1
count=${1:-6} first=${2:-1}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

declare -A triple=([arm64]=aarch64-linux-gnu [amd64]=x86_64-linux-gnu [riscv64]=riscv64-linux-gnu)
declare -A emulation=([arm64]=aarch64linux [amd64]=elf_x86_64 [riscv64]=elf64lriscv)

assemble() { # FILE ARCH OPTION
    local attributes=
    [ "$2" = riscv64 ] && attributes=-mattr=+m,+c
    # shellcheck disable=SC2046
    set -- "$1" "$2" $3 $(sed -n 's|^// args: ||p' "$1")
    local file=$1 arch=$2
    shift 2
    ./rtg build --quiet --arch "$arch" "$@" --emit asm -o "$work/a.s" "$file" || return 1
    ./rtg build --quiet --arch "$arch" "$@" --emit bin -o "$work/a.bin" "$file" || return 1
    llvm-mc -triple="${triple[$arch]}" $attributes -filetype=obj -o "$work/a.o" "$work/a.s" || return 1
    ld.lld -m "${emulation[$arch]}" -Ttext=0 -e 0 --oformat binary --no-relax -o "$work/a.ref" "$work/a.o" || return 1
    cmp -n "$(stat -c %s "$work/a.bin")" "$work/a.bin" "$work/a.ref"
}

files=(tests/rtg/run/*.rtg tests/rtg/shared/*.rtg tests/rtg/encodings.ir)
for ((seed = first; seed < first + count; seed++)); do
    build/tests/rtg-generate "$seed" >"$work/random$seed.rtg" && files+=("$work/random$seed.rtg")
done
awk -f tests/rtg/far.awk >"$work/far.rtg" && files+=("$work/far.rtg")
awk -f tests/rtg/reach.awk >"$work/reach.ir" && files+=("$work/reach.ir")
for arch in arm64 amd64 riscv64; do
    bad=0
    for file in "${files[@]}"; do
        for option in "" --no-passes; do
            assemble "$file" $arch "$option" && continue
            echo "$file differs on $arch $option"
            bad=1
        done
    done
    [ $bad = 0 ] && echo "ok rtg assembler $arch" || echo "not ok rtg assembler $arch"
done
