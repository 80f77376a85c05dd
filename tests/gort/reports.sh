#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the library says when a program ends badly, and that one processor is shared. reports.sh BEHAVIOUR REPORTS
set -u
behaviour=$1 reports=$2 out=$(mktemp)
trap 'rm -f "$out"' EXIT

check() { # name wanted-status pattern... (each must match)
    name=$1 want=$2 ok=ok
    shift 2
    # shellcheck disable=SC2086 # name and argument
    timeout 60 "$reports" $name >"$out" 2>&1
    status=$?
    [ $status -eq "$want" ] || ok="not ok"
    for p; do grep -Eq "$p" "$out" || ok="not ok"; done
    [ "$ok" = ok ] || { echo "status $status"; cat "$out"; }
    echo "$ok gort $name"
}

if "$behaviour" >"$out" 2>&1 && diff "$(dirname "$0")/behaviour.expected" "$out"; then
    echo "ok gort behaves as Go does"
else
    echo "not ok gort behaves as Go does"
fi
check deadlock 2 '^fatal error: all goroutines are asleep - deadlock!$' \
    '^goroutine 1 \[semacquire\] main:$' '^goroutine [0-9]+ \[chan receive\] worker:$' 'go_mutex_lock\+0x' 'go_recv_wait_\+0x'
check deadlock_after_sleep 2 'all goroutines are asleep'
check overflow 2 '^fatal error: stack overflow: a stack has 128 KiB \(go_config\.stack\)$' '\[running\] digger:$'
check panic 2 '^panic: close of closed channel$' '^goroutine 1 \[running\] main:$'
check dump 0 '\[chan receive\] worker:' '\[running\] main:'
check null 139
check "poll 1" 0 '^polled$'
check "preempt 1" 0 '^preempted$'
check "vectors 1" 0 '^exact$'
check "redzone 1" 0 '^kept$'
