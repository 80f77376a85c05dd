#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Instructions per operation, counted by callgrind as the difference of two runs of build/bench/gort-counted, against limits.
# What the load of the machine changes is in the sleeps and wakes, so all on one processor.
set -u
bench=${B:-build}/bench/gort-counted
few=20000 many=120000

count() { # name operations
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$bench" "$1" "$2" 1 2>&1 | awk '/Collected/ {print $4}'
}

limit() { # name instructions
    a=$(count "$1" $few) b=$(count "$1" $many)
    per=$(((b - a + (many - few) / 2) / (many - few)))
    if [ -n "$b" ] && [ "$per" -le "$2" ] && [ "$per" -gt 0 ]; then
        echo "ok gort $1: $per instructions, at most $2"
    else
        echo "not ok gort $1: $per instructions, at most $2"
    fi
}

limit yield 120
limit spawn 340
limit pingpong 255
limit stream 255
limit buffered 80
limit ring 250
limit select2 240
limit selectdefault 22
limit mutex 40
