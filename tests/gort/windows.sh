#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The core's tests as Windows programs, under wine. Needs gcc-mingw-w64-x86-64 and wine64.
set -u
out=build/test/gort-windows
wine=$(command -v wine64 || command -v wine || echo /usr/lib/wine/wine64)
cc=x86_64-w64-mingw32-gcc
if ! command -v $cc >/dev/null || [ ! -x "$wine" ]; then
    echo "not ok gort on Windows: install gcc-mingw-w64-x86-64 and wine64"
    exit 1
fi
mkdir -p "$out"
WINEPREFIX=$(pwd)/$out/wine WINEARCH=win64 WINEDEBUG=-all
export WINEPREFIX WINEARCH WINEDEBUG
flags="-std=gnu11 -O2 -g -I. -DGORT_PLAIN -D_WIN32_WINNT=0x0A00 -w"
libs="-lpthread -lws2_32 -lsynchronization"
core="gort/g.c gort/runq.c gort/timer.c gort/idle.c gort/nap.c gort/sched.c gort/park.c gort/asm/win64.S"
rig="$core gort/port/windows/os.c gort/port/fatal.c tests/gort/rig.c tests/gort/rigport.c"
part="tests/gort/fakeport.c gort/g.c gort/runq.c gort/timer.c"

# The library as programs get it.
make -s --no-print-directory gort-windows B="$out/b" >"$out/log" 2>&1 || { cat "$out/log"; echo "not ok gort for Windows builds"; exit 1; }
library="$out/b/windows/libgort.a"

sources() {
    case $1 in
    behaviour | reports) echo "tests/gort/$1.c $library" ;;
    life) echo "tests/gort/windows.c $library" ;;
    nap) echo "tests/gort/test_nap.c gort/nap.c $part" ;;
    sched) echo "tests/gort/test_sched.c $rig" ;;
    switch) echo "tests/gort/test_switch.c tests/gort/asm/sentinel_win64.S $rig" ;;
    *) echo "tests/gort/test_$1.c $part" ;;
    esac
}

build() {
    # shellcheck disable=SC2046,SC2086 # lists
    $cc -static $flags -o "$out/$1.exe" $(sources "$1") $libs
}

run() { timeout 120 "$wine" "$@" </dev/null 2>&1 | tr -d '\r'; }

verdict() { # name command...
    name=$1
    shift
    if "$@"; then echo "ok gort $name on Windows"; else
        tail -n 20 "$out/log"
        echo "not ok gort $name on Windows"
    fi
}

has() { for p; do grep -Eq "$p" "$out/log" || return 1; done; }

for t in g runq nap timer switch sched life; do
    build $t && timeout 300 "$wine" "$out/$t.exe" </dev/null >"$out/log" 2>&1
    verdict $t [ $? = 0 ]
done
build behaviour && run "$out/behaviour.exe" >"$out/log"
verdict "behaves as Go does" diff tests/gort/behaviour.expected "$out/log"
build reports && run "$out/reports.exe" deadlock >"$out/log"
verdict "deadlock report" has '^fatal error: all goroutines are asleep - deadlock!$' '^goroutine 1 \[semacquire\] main:$' \
    '^goroutine [0-9]+ \[chan receive\] worker:$' 'go_mutex_lock\+0x' 'go_recv_wait_\+0x'
run "$out/reports.exe" overflow >"$out/log"
verdict "stack overflow report" has '^fatal error: stack overflow: a stack has 64 KiB \(go_config\.stack\)$' '^goroutine [0-9]+ \[running\] digger:$' 'deep\+0x'
# Without its symbols a program prints addresses, which lead to the functions in one that has them.
x86_64-w64-mingw32-strip -o "$out/stripped.exe" "$out/reports.exe"
run "$out/stripped.exe" deadlock >"$out/log"
at=$(sed -n '/worker:/,$s/.*stripped\.exe+//p' "$out/log")
base=$(x86_64-w64-mingw32-objdump -p "$out/reports.exe" | awk '/^ImageBase/ {print $2}')
for a in $at; do printf '0x%x\n' $((0x$base + a)); done | x86_64-w64-mingw32-addr2line -f -i -e "$out/reports.exe" >"$out/log"
verdict "stack in a report without symbols" has '^go_recv_wait_$' '^gort_g_main$'
run "$out/reports.exe" panic >"$out/log"
verdict "panic" has '^panic: close of closed channel$' '^goroutine 1 \[running\] main:$'
run "$out/reports.exe" poll 1 >"$out/log"
verdict "poll" has '^polled$'

# Installed, and used as a stranger would.
make -s --no-print-directory install-gort-windows B="$out/b" PREFIX="$(pwd)/$out/usr" >"$out/log" 2>&1
PKG_CONFIG_LIBDIR=$out/usr/x86_64-w64-mingw32/lib/pkgconfig
export PKG_CONFIG_LIBDIR
for e in pool pipeline; do
    # shellcheck disable=SC2046 # flags
    $cc -O2 -Wall -Werror $(pkg-config --cflags gort) "examples/gort/$e.c" -o "$out/$e.exe" $(pkg-config --libs gort) -static >>"$out/log" 2>&1
done
run "$out/pool.exe" >"$out/log"
run "$out/pipeline.exe" >>"$out/log"
verdict "examples with the installed library" has '^78498 primes below 1000000$' '^100$'
