#!/usr/bin/env bash
# The IR means the same after every pass: an interpreter that shares nothing with the compiler (interpret.py) runs what each of them
# dumps, and its output is that of the first IR and of the program. Where a pass breaks a program, this says which pass.
#   tests/rtg/interpret.sh [N [FIRST]]    N random programs from seed FIRST
set -u
cd "$(dirname "$0")/../.." || exit 1
count=${1:-10} first=${2:-1} failed=0
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
native=$(uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')

same() { # FILE PASS ARCH
    ./rtg build --quiet --arch "$3" --dump "$2" -o /dev/null "$1" >"$work/ir" && timeout 300 python3 tests/rtg/interpret.py "$work/ir" "$3" >"$work/got" 2>&1
    echo "exit $?" >>"$work/got"
    cmp -s "$work/want" "$work/got"
}

build/tests/rtg-generate "$first" "$count" >"$work/random.rtg" || exit 1
for file in "$work/random.rtg" tests/rtg/shared/*.rtg; do
    name=$(basename "$file" .rtg) bad=
    same "$file" build arm64
    mv "$work/got" "$work/want"
    passes="dead2/arm64"
    [ "$name" = random ] && passes="cfg/arm64 simplify/arm64 dead/arm64 simplify2/arm64 dead2/arm64 legal/arm64 legal/amd64 legal/riscv64"
    for step in $passes alloc/arm64 alloc/amd64 alloc/riscv64; do # what the machines share is the same on all
        same "$file" "${step%/*}" "${step#*/}" || bad="$bad $step"
    done
    ./rtg build --quiet --arch "$native" -o "$work/program" "$file" && "$work/program" >"$work/got"
    echo "exit $?" >>"$work/got"
    cmp -s "$work/want" "$work/got" || bad="$bad machine code"
    if [ -z "$bad" ]; then
        echo "ok rtg interpret $name"
    else
        diff "$work/want" "$work/got" | head -n 5
        echo "not ok rtg interpret $name:$bad"
        failed=1
    fi
done
exit $failed
