#!/usr/bin/env bash
# Goroutines and their stacks read from a core file of a crashed program, against the traceback that the Go runtime printed
# as it crashed: state, functions, inlined calls, files, lines, stack pointers, creators. The programs are stripped.
cd "$(dirname "$0")/../.." || exit 1
. tests/gobin/lib.sh
stacks=$PWD/build/gobin/stacks

# The core file of the guest in $scratch, as core; false where none is written here.
find_core() {
    core=$(find "$scratch" -name '*.core')
    [ "$core" ] || core=$(find "$scratch" -name 'core*')
    [ "$core" ] && return
    echo "skip stacks $1: no core file was written here"
    return 1
}

# qemu-user writes a core of the guest for arm64 and amd64. For riscv64 it doesn't, but guest addresses are host addresses,
# so the host's core of the emulator will do. FILTER says what goes into the host's core.
check() {
    local go=$1 arch=$2 qemu=$3 filter=$4 file core
    file=$(program goroutines "$go" "$arch" stripped) || exit 1
    (cd "$scratch" && echo "$filter" >/proc/self/coredump_filter && ulimit -c unlimited &&
        GOTRACEBACK=crash GOMAXPROCS=1 timeout 60 "$qemu" "$file" 2>err) >/dev/null 2>&1
    find_core "$go $arch" || return
    traceback "$scratch/err" >"$scratch/want"
    "$stacks" "$file" "$core" >"$scratch/got"
    same "stacks $go $arch: $(grep -c ^goroutine "$scratch/want") goroutines, $(wc -l <"$scratch/want") lines" \
        "$scratch/want" "$scratch/got"
    rm -f "$scratch"/*core*
}

# Interrupts the program where it stays in main.leaf; the first thread that the traceback shows should be the one that is
# there, unless it hasn't come there yet. Nothing else takes it away: the scheduler doesn't interrupt it.
interrupt_leaf() { # QEMU FILE FILTER
    for _ in {1..20}; do
        rm -f "$scratch"/*core* "$scratch/err"
        (cd "$scratch" && echo "$3" >/proc/self/coredump_filter && ulimit -c unlimited
            GOTRACEBACK=crash GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1 "$1" "$2" 2>err &
            until grep -q ready err; do sleep 0.05; done
            sleep 0.1
            kill -QUIT $!
            wait) >/dev/null 2>&1
        traceback "$scratch/err" 1 >"$scratch/want"
        head -n 1 "$scratch/want" | grep -q '^main.leaf' && return
    done
    return 1
}

# The registers named of the first thread, as pairs of a line.
registers() {
    awk 'BEGIN { split("pc rip sp rsp lr ra", names); for (i in names) wanted[names[i]] = 1 }
        { for (i = 1; i < NF; i++) if ($i in wanted && !($i in value)) value[$i] = $(i + 1) }
        END { print value["pc"] value["rip"], value["sp"] value["rsp"], value["lr"] value["ra"] "" }' "$1"
}

# A running goroutine, by the registers of its thread: in a function without a frame, whose caller only lr knows.
check_running() {
    local go=$1 arch=$2 qemu=$3 filter=$4 file core pc sp lr
    file=$(program leaf "$go" "$arch" stripped) || exit 1
    ok "interrupted in main.leaf $go $arch" interrupt_leaf "$qemu" "$file" "$filter"
    find_core "running $go $arch" || return
    read -r pc sp lr < <(registers "$scratch/err")
    "$stacks" "$file" "$core" "$pc" "$sp" "${lr:-0}" >"$scratch/got"
    same "stack of a running goroutine $go $arch: $(wc -l <"$scratch/want") frames" "$scratch/want" "$scratch/got"
    rm -f "$scratch"/*core*
}

for go in $gos; do
    check $go arm64 qemu-aarch64 0
    check_running $go arm64 qemu-aarch64 0
    check $go amd64 qemu-x86_64 0
    check_running $go amd64 qemu-x86_64 0
    check $go riscv64 qemu-riscv64 0x33
    check_running $go riscv64 qemu-riscv64 0x33
done
[ $failures -eq 0 ]
