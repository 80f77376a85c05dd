#!/usr/bin/env bash
# Which system calls a program can make: never fewer than those that it makes under emulation, and not known where the number
# can't be: each program of programs/reach is one way to hide it.
cd "$(dirname "$0")/../.." || exit 1
. tests/gobin/lib.sh
dump=build/gobin/dump

# knows FILE CALL...: the set is known, and has these of the calls that ask for ids, no others
knows() {
    local file=$1
    shift
    printf '%s\n' "$@" | sort >"$scratch/want"
    $dump reach "$file" | grep -E '^unknown|^gete?[ug]id$' | sort >"$scratch/got"
    diff "$scratch/want" "$scratch/got"
}

doubts() { # FILE FUNCTION
    $dump reach "$1" | grep -qE "^unknown ($2) "
}

# FILE with its first dynamic entry made the name of a library.
with_library() {
    python3 -c 'import struct, sys
b = bytearray(open(sys.argv[1], "rb").read())
at, size, n = struct.unpack_from("<Q", b, 32)[0], *struct.unpack_from("<HH", b, 54)
for h in range(at, at + size * n, size):
    if struct.unpack_from("<I", b, h)[0] == 2:
        struct.pack_into("<Q", b, struct.unpack_from("<Q", b, h + 8)[0], 1)
sys.stdout.buffer.write(b)' "$1"
}

for go in $gos; do
    for variant in plain stripped; do
        for name in hello goroutines network; do
            file=$(program $name $go arm64 $variant) || exit 1
            $dump reach "$file" | sort >"$scratch/reach"
            (timeout 60 qemu-aarch64 -strace "$file" 2>&1 || true) | sed -nE 's/^[0-9]+ ([a-z0-9_]+)\(.*/\1/p' |
                sort -u >"$scratch/made"
            comm -23 "$scratch/made" "$scratch/reach" >"$scratch/surprise"
            ok "$(wc -l <"$scratch/made") system calls of $name are foreseen $go $variant" \
                eval '[ -s "$scratch/made" ] && ! grep . "$scratch/surprise" && ! grep ^unknown "$scratch/reach"'
        done
        ok "no sockets in hello $go $variant" eval '! $dump reach "$(program hello $go arm64 $variant)" | grep -E "socket|inotify|execve"'
        ok "one of several $go $variant" knows "$(program reach/either $go arm64 $variant)" getuid geteuid getgid
        ok "a variable $go $variant" doubts "$(program reach/variable $go arm64 $variant)" main.main
        ok "a function value $go $variant" doubts "$(program reach/value $go arm64 $variant)" 'syscall.RawSyscall6|main.main'
        ok "assembly $go $variant" doubts "$(program reach/assembly $go arm64 $variant)" main.table
        ok "on all threads $go $variant" doubts "$(program reach/threads $go arm64 $variant)" runtime.runPerThreadSyscall
        ok "a method $go $variant" doubts "$(program reach/method $go arm64 $variant)" main.number.ask
    done
    pie=$(program hello $go arm64 pie) || exit 1
    $dump reach "$(program hello $go arm64 plain)" >"$scratch/want"
    $dump reach "$pie" >"$scratch/got"
    same "position independent $go" "$scratch/want" "$scratch/got"
    ok "a function value, position independent $go" doubts "$(program reach/value $go arm64 pie)" 'syscall.RawSyscall6|main.main'
    with_library "$pie" >"$scratch/dynamic"
    ok "a program that needs a loader $go" doubts "$scratch/dynamic" it
    ok "another machine $go" doubts "$(program hello $go amd64 stripped)" it
done
[ $failures -eq 0 ]
