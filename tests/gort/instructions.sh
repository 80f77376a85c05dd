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

# Below those of goroutines.md 4.1: switch 95, unbuffered message 185, buffered 95, start and end 150. What each consists of: docs/GORT.md.
limit yield 94
limit spawn 147
limit pingpong 181
limit stream 182
limit buffered 76
limit ring 174
limit select2 226
limit select8 248
limit selectdefault 22
limit mutex 40
