#!/usr/bin/env bash
# Every program of tests/rtg/run, on three machines with and without the simplifying passes: what it prints and its exit status
# stand in the file as "// want: LINE" and "// exit: N". Every program of tests/rtg/errors: each "// ERROR text" or
# "// WARNING text" is a diagnostic of that line that contains the text, and there are no others. "// args:" are options.
#   tests/rtg/cases.sh [FILE]...
set -u
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

options() { sed -n 's|^// args: ||p' "$1"; }

# What runs an executable of a machine; nothing where it is this one's.
emulator() {
    case $1-$(uname -m) in
    amd64-x86_64 | arm64-aarch64 | riscv64-riscv64) ;;
    amd64-*) echo qemu-x86_64 ;;
    arm64-*) echo qemu-aarch64 ;;
    riscv64-*) echo qemu-riscv64 ;;
    esac
}

run_case() { # FILE ARCH OPTION
    local file=$1 arch=$2 status
    # shellcheck disable=SC2046
    ./rtg build --quiet --arch "$arch" $3 $(options "$file") -o "$work/program" "$file" 2>"$work/err" || {
        cat "$work/err"
        return 1
    }
    # shellcheck disable=SC2046
    timeout 120 $(emulator "$arch") "$work/program" >"$work/out" 2>&1 </dev/null
    status=$?
    sed -n 's|^// want: \{0,1\}||p' "$file" >"$work/want"
    diff -Z "$work/want" "$work/out" || return 1
    [ "$status" = "$(sed -n 's|^// exit: ||p' "$file" | grep . || echo 0)" ] || {
        echo "exit status $status"
        return 1
    }
}

check_run() {
    local name arch pass
    name=$(basename "$1" .rtg)
    for arch in amd64 arm64 riscv64; do
        for pass in "" --no-passes; do
            run_case "$1" "$arch" "$pass" || {
                echo "not ok rtg run $name $arch $pass"
                return
            }
        done
    done
    echo "ok rtg run $name"
}

check_errors() {
    local name
    name=$(basename "$1" .rtg)
    # shellcheck disable=SC2046
    ./rtg build --arch amd64 $(options "$1") -o "$work/program" "$1" 2>"$work/err"
    if awk -v file="$1" -f tests/rtg/diagnostics.awk "$1" "$work/err"; then
        echo "ok rtg errors $name"
    else
        echo "not ok rtg errors $name"
    fi
}

[ $# -gt 0 ] || set -- tests/rtg/run/*.rtg tests/rtg/shared/*.rtg tests/rtg/errors/*.rtg
for file; do
    case $file in
    */errors/*) check_errors "$file" ;;
    *) check_run "$file" ;;
    esac
done
