#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# gort as debuggers and checkers see it: gdb's goroutine commands, Valgrind, the schedule trace, seeds, an idle runtime.
set -u
b=${B:-build}/test out=$(mktemp)
trap 'rm -f "$out"' EXIT
gdb=$(command -v gdb || command -v gdb-multiarch)

verdict() { # name condition...: the rest is a command
    name=$1
    shift
    if "$@"; then echo "ok gort $name"; else cat "$out"; echo "not ok gort $name"; fi
}

has() { for p; do grep -Eq "$p" "$out" || return 1; done; }

if [ -z "$gdb" ]; then echo "skip gort in gdb: install gdb"; else
    timeout 120 "$gdb" -nx -q -batch -ex 'source gort/tools/gort-gdb.py' -ex 'break go_dump' -ex run -ex 'info goroutines' \
        -ex 'goroutine 2 bt' -ex 'goroutine 99 bt' -ex 'goroutine all p $pc' -ex 'info registers rip' -ex 'frame function go_dump' --args "$b/gort-reports" dump >"$out" 2>&1 </dev/null
    verdict "info goroutines in gdb" has '^ +1 +running +main' '^ +2 +chan receive +worker +go_recv_wait_'
    verdict "goroutine N bt in gdb" has '^#[0-9]+ .*go_recv_wait_' '^#[0-9]+ .* in gort_g_main ' 'no goroutine 99'
    verdict "registers as before in gdb" has '^rip .*<go_dump'
fi

if ! command -v valgrind >/dev/null; then echo "skip gort under Valgrind: install valgrind"; else
    timeout 120 valgrind -q --error-exitcode=9 "$b/gort-checked" work >"$out" 2>&1
    verdict "runs clean under Valgrind" [ "$?-$(tail -n 1 "$out")" = 0-worked ]
    timeout 120 valgrind -q --error-exitcode=9 "$b/gort-checked" fault >"$out" 2>&1
    status=$?
    verdict "faults are seen by Valgrind" has 'depends on uninitialised value' 'uses_unset'
    verdict "only faults are seen by Valgrind" [ "$status-$(grep -c '^==.*depends on' "$out")" = 9-1 ]
fi

GORTDEBUG=schedtrace=20 timeout 60 "$b/gort-checked" slow >"$out" 2>&1
verdict "schedule trace" has '^gort: [0-9]+ ms: 1 goroutines, [0-9]+ threads, idle [0-9a-f]+, queues( [0-9]+)+$'

timeout 60 "$b/gort-covered" >"$out" 2>&1
verdict "polls in every loop with trace-pc" has '^polled$'
GORTDEBUG=hogs=30 timeout 60 "$b/gort-covered" hog >"$out" 2>&1
verdict "a goroutine that doesn't give way is told of" has '^gort: goroutine [0-9]+ hog has not given way for [0-9]+ ms; it is at$' '^kept$'

same=yes differ=no
for seed in 1 2 3 4 5 6; do
    x=$("$b/gort-checked" order $seed) y=$("$b/gort-checked" order $seed)
    [ "$x" = "$y" ] || same=no
    [ "$x" = "$("$b/gort-checked" order 7)" ] || differ=yes
done
verdict "a seed means a schedule" [ $same-$differ = yes-yes ]

timeout 60 "$b/gort-checked" idle >"$out" 2>&1
verdict "idle without wake-ups" has '^no wake-ups$'
