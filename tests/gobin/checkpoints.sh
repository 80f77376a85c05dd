#!/usr/bin/env bash
# The steps of coming up, as resolved in stripped programs: gdb stops at each of them under emulation. Every one that was
# found is reached, and the ones whose order never changed are reached in that order. The monitor (10b) is left out: it runs
# on a thread of its own, which may not get to run before so small a program ends.
cd "$(dirname "$0")/../.." || exit 1
. tests/gobin/lib.sh
dump=build/gobin/dump
order='0 1 3 4 5 6 6c 6e 6i 6q 6r 7 9 10 10d 11 12'

# QEMU FILE: leaves gdb's output in log. QEMU's exit status.
under_gdb() {
    local qemu
    rm -f "$scratch/gdb.sock"
    timeout 60 "$1" -g "$scratch/gdb.sock" "$2" >/dev/null 2>&1 &
    qemu=$!
    while [ ! -S "$scratch/gdb.sock" ] && kill -0 $qemu 2>/dev/null; do sleep 0.05; done
    timeout 60 gdb-multiarch -nx -batch -x "$scratch/commands" >"$scratch/log" 2>&1
    wait $qemu
}

check() { # GO ARCH QEMU GDB-ARCHITECTURE
    local file
    file=$(program hello "$1" "$2" stripped) || exit 1
    $dump checkpoints "$file" | awk '$2 == "found" && $1 != "10b"' >"$scratch/found"
    {
        echo "set pagination off"
        echo "set architecture $4"
        echo "target remote $scratch/gdb.sock"
        awk '{for (i = 4; i <= NF; i++) print "tbreak *0x" $i}' "$scratch/found"
        awk '{for (i = 4; i <= NF; i++) print "continue"}' "$scratch/found"
    } >"$scratch/commands"
    # QEMU 7.2 sometimes crashes, or stands still, when a program with threads ends under gdb
    for _ in 1 2 3 4 5; do
        { under_gdb "$3" "$file"; } 2>/dev/null
        case $? in 124 | 139) ;; *) break ;; esac
    done
    # the entry point is where the program already stands
    { awk '$1 == 0 {print $4}' "$scratch/found"
      sed -nE 's/.*Temporary breakpoint [0-9]+, 0x0*([0-9a-f]+) in .*/\1/p' "$scratch/log"; } >"$scratch/hits"
    awk 'FNR == NR {for (i = 4; i <= NF; i++) id[$i] = $1; next} $1 in id && !seen[id[$1]]++ {print id[$1]}' \
        "$scratch/found" "$scratch/hits" >"$scratch/reached"
    awk '{print $1}' "$scratch/found" | sort >"$scratch/want"
    sort "$scratch/reached" >"$scratch/got"
    same "$(wc -l <"$scratch/want") steps are reached $1 $2" "$scratch/want" "$scratch/got"
    tr ' ' '\n' <<<"$order" >"$scratch/want"
    grep -xF -f "$scratch/want" "$scratch/reached" >"$scratch/got"
    same "steps are in order $1 $2" "$scratch/want" "$scratch/got"
}

for go in $gos; do
    check $go arm64 qemu-aarch64 aarch64
    check $go amd64 qemu-x86_64 i386:x86-64
    check $go riscv64 qemu-riscv64 riscv:rv64
done
[ $failures -eq 0 ]
