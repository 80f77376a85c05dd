#!/usr/bin/env bash
# Goroutines and their stacks read from a core file of a crashed program, against the traceback that the Go runtime printed
# as it crashed: state, functions, inlined calls, files, lines, stack pointers, creators. The programs are stripped.
cd "$(dirname "$0")/../.." || exit 1
. tests/gobin/lib.sh
stacks=$PWD/build/gobin/stacks

# The traceback in the form that the stacks program prints; the crashing goroutine is running and left out.
traceback() {
    awk '
        /^goroutine [0-9]+ / {
            id = $2; state = $0; sub(/^[^[]*\[/, "", state); sub(/(, [0-9]+ minutes)?\]:$/, "", state)
            shown = state !~ /^running/; inside = 1
            if (shown) print "goroutine " id " [" state "]"
            next }
        /^$/ { inside = 0 }
        !inside || !shown { next }
        /^\t/ {
            where = $1; sp = ""; pc = ""
            for (i = 2; i <= NF; i++) { if ($i ~ /^sp=/) sp = $i; if ($i ~ /^pc=/) pc = $i }
            print name " " where (sp == "" || made ? "" : " " sp " " pc)
            next }
        { made = /^created by /; name = $0; sub(/ in goroutine [0-9]+$/, "", name)
          if (!made) sub(/\([^()]*(\{[^()]*)?\)$/, "", name)
          if (name == "panic") name = "runtime.gopanic" }' "$1"
}

# qemu-user writes a core of the guest for arm64 and amd64. For riscv64 it doesn't, but guest addresses are host addresses,
# so the host's core of the emulator will do. FILTER says what goes into the host's core.
check() {
    local go=$1 arch=$2 qemu=$3 filter=$4 file core
    file=$(program goroutines "$go" "$arch" stripped) || exit 1
    (cd "$scratch" && echo "$filter" >/proc/self/coredump_filter && ulimit -c unlimited &&
        GOTRACEBACK=crash GOMAXPROCS=1 timeout 60 "$qemu" "$file" 2>err) >/dev/null 2>&1
    core=$(find "$scratch" -name '*.core')
    [ "$core" ] || core=$(find "$scratch" -name 'core*')
    if [ ! "$core" ]; then
        echo "skip stacks $go $arch: no core file was written here"
        return
    fi
    traceback "$scratch/err" >"$scratch/want"
    "$stacks" "$file" "$core" >"$scratch/got"
    same "stacks $go $arch: $(grep -c ^goroutine "$scratch/want") goroutines, $(wc -l <"$scratch/want") lines" \
        "$scratch/want" "$scratch/got"
    rm -f "$scratch"/*core*
}

for go in old new; do
    check $go arm64 qemu-aarch64 0
    check $go amd64 qemu-x86_64 0
    check $go riscv64 qemu-riscv64 0x33
done
[ $failures -eq 0 ]
