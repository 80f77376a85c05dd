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
core="gort/g.c gort/runq.c gort/timer.c gort/idle.c gort/sched.c gort/park.c gort/asm/win64.S gort/port/windows/m.c tests/gort/rig_windows.c"
part="tests/gort/fakeport.c gort/g.c gort/runq.c gort/timer.c"

lib="gort/chan.c gort/fast.c gort/select.c gort/waitq.c gort/mutex.c gort/sync.c gort/gotime.c gort/ctx.c gort/scope.c gort/port/spawn.c $(echo gort/port/windows/*.c)"
library="${core%gort/port/windows/m.c*} $lib"

sources() {
    case $1 in
    behaviour) echo "tests/gort/behaviour.c $library" ;;
    life) echo "tests/gort/windows.c $library" ;;
    sched) echo "tests/gort/test_sched.c $core" ;;
    switch) echo "tests/gort/test_switch.c tests/gort/asm/sentinel_win64.S $core" ;;
    *) echo "tests/gort/test_$1.c $part" ;;
    esac
}

for t in g runq timer switch sched life behaviour; do
    ms= # behaviour.c on the real clock
    [ $t = behaviour ] && ms=20
    # shellcheck disable=SC2046 # a list
    if $cc -static -std=gnu11 -O2 -g -I. -DGORT_PLAIN -D_WIN32_WINNT=0x0A00 -w -o "$out/$t.exe" $(sources $t) -lpthread &&
        timeout 120 "$wine" "$out/$t.exe" $ms </dev/null >"$out/$t.log" 2>&1 &&
        { [ $t != behaviour ] || tr -d '\r' <"$out/$t.log" | diff tests/gort/behaviour.expected -; }; then
        echo "ok gort $t on Windows"
    else
        tail -n 20 "$out/$t.log"
        echo "not ok gort $t on Windows"
    fi
done
