# shellcheck shell=bash disable=SC2034
# Sourced by the scripts beside it: a scratch folder in $tmp with a kernel for the fake QEMU, and checks that report.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
root=$PWD
mazboot=$root/mazboot
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
failures=0

export MAZBOOT_QEMU=$root/build/test/fake_qemu MAZBOOT_KERNEL=$tmp/kernel.img
unset FAKE_GUEST GODEBUG GOTRACEBACK GOMAXPROCS GOGC GOMEMLIMIT GOFLAGS

# An arm64 Image of one page, as far as its header goes.
{
    head -c 56 /dev/zero
    printf 'ARM\x64'
    head -c 4036 /dev/zero
} >"$MAZBOOT_KERNEL"

# le BYTES VALUE: the number, little-endian
le() {
    local i
    for ((i = 0; i < $1; i++)); do
        printf "\\x$(printf %02x $(($2 >> (8 * i) & 255)))"
    done
}

# make_elf FILE MACHINE [CLASS [TYPE [SEGMENT]]]: a program of one page; SEGMENT is the type of a second program header.
make_elf() {
    local segments=$(($# > 4 ? 2 : 1))
    {
        printf '\177ELF' && le 1 "${3:-2}" && le 1 1 && le 1 1 && le 9 0
        le 2 "${4:-2}" && le 2 "$2" && le 4 1 && le 8 $((0x10100)) && le 8 64 && le 8 0 && le 4 0
        le 2 64 && le 2 56 && le 2 "$segments" && le 2 0 && le 2 0 && le 2 0
        le 4 1 && le 4 5 && le 8 0 && le 8 $((0x10000)) && le 8 $((0x10000)) && le 8 4096 && le 8 4096 && le 8 4096
        [ -n "${5:-}" ] && le 4 "$5" && le 4 4 && le 8 0 && le 8 0 && le 8 0 && le 8 8 && le 8 8 && le 8 8
        head -c 4096 /dev/zero
    } | head -c 4096 >"$1"
    chmod +x "$1"
}

# same NAME EXPECTED GOT
same() {
    if [ "$2" = "$3" ]; then
        echo "ok $1"
    else
        printf -- '--- expected\n%s\n--- got\n%s\n' "$2" "$3"
        echo "not ok $1"
        failures=$((failures + 1))
    fi
}

# play SCRIPT ARGS...: mazboot ARGS with a guest that plays SCRIPT; leaves $out, $err and $status.
play() {
    local script=$1
    shift
    out=$(FAKE_GUEST=$script timeout -k 5 120 "$mazboot" "$@" 2>"$tmp/stderr" </dev/null)
    status=$?
    err=$(cat "$tmp/stderr")
}

# ended: to be called last
ended() {
    exit $((failures > 0))
}
