#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The library's tests with other schedules each time, under ThreadSanitizer and under AddressSanitizer, MINUTES (10) each.
set -u
tests/gort/tsan.sh >/dev/null || { echo "not ok gort builds and passes under ThreadSanitizer"; exit 1; }
end=$(($(date +%s) + 60 * ${MINUTES:-10}))
log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT

turn() { # name program
    seed=3
    while [ "$(date +%s)" -lt "$end" ]; do
        if ! FIRST_SEED=$seed "$2" >"$log/$1" 2>&1; then
            tail -n 60 "$log/$1"
            echo "not ok gort under $1, seeds from $seed: FIRST_SEED=$seed $2"
            return
        fi
        seed=$((seed + 3))
    done
    echo "ok gort under $1: $((seed - 3)) seeds"
}

turn ThreadSanitizer build/test/gort-tsan/lib &
turn AddressSanitizer "${B:-build}/test/gort-lib"
wait
