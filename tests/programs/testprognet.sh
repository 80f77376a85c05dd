#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # lib.sh assigns
# The programs of runtime/testdata/testprognet of each Go's source, and what the runtime's own tests demand of them: the network poller beside
# the deadlock detector, signals while a process starts others. (qemu-user hangs in some of them, so that it can't be asked.)
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/programs/lib.sh
. tests/programs/lib.sh

# check GO BINARY FUNCTION LAST-LINE CPUS
check() {
    local out status name="testprognet $1 $3 smp $5"
    out=$(timeout -k 5 120 ./mazboot run --accel tcg -smp "$5" --timeout 100s "$2" "$3" 2>&1 </dev/null)
    status=$?
    if [ $status = 0 ] && [ "${out##*$'\n'}" = "$4" ]; then
        echo "ok $name"
    else
        printf 'not ok %s: status %s\n%s\n' "$name" $status "$out"
    fi
}

while read -r name go; do
    testdata_build "$name" "$go" testprognet || exit 1
    for function in $(testdata_functions "$go" testprognet); do
        case $function in
        Nop | SignalDuringExecPgrp) continue ;; # what others start
        NetpollDeadlock) last="done" ;;
        *) last=OK ;;
        esac
        for cpus in 1 4; do check "$name" "$programs/$name/plain/testprognet" "$function" $last $cpus; done
    done
done <<<"$(list_gos)"
