#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The threaded tests of gort under ThreadSanitizer, ROUNDS times (default 1).
set -u
out=build/test/gort-tsan
mkdir -p "$out"
# The sanitizer's own stack of calls can't follow a scheduler whose functions don't return.
flags="-std=gnu11 -O1 -g -I. -D_GNU_SOURCE -DMAZBOOT_TEST=1 -DGORT_SAN=1 -DGORT_PLAIN=1 -fsanitize=thread -mllvm -tsan-instrument-func-entry-exit=0"
core="gort/g.c gort/runq.c gort/timer.c gort/idle.c gort/nap.c gort/sched.c gort/park.c gort/asm/amd64.S gort/san.c"
lib="gort/asm/preempt_amd64.S $(echo gort/port/*.c gort/port/posix/*.c) gort/chan.c gort/fast.c gort/select.c gort/waitq.c gort/mutex.c gort/sync.c gort/gotime.c gort/ctx.c gort/scope.c"

# shellcheck disable=SC2086 # lists
build() { clang $flags -o "$out/$1" ${3:+"$3"} tests/gort/test_$1.c $2 -pthread -lcmocka; }

build sched "$core tests/gort/rig.c tests/gort/rigport.c gort/port/fatal.c gort/port/posix/os.c" || exit 1
build runq "tests/gort/fakeport.c gort/runq.c gort/g.c gort/timer.c" || exit 1
build lib "$core $lib" '-DGORT_PORT_INLINE="gort/port/posix/inline.h"' || exit 1
for t in runq sched lib; do
    i=0
    while [ $i -lt "${ROUNDS:-1}" ]; do
        i=$((i + 1))
        if ! "$out/$t" >"$out/$t.log" 2>&1; then
            tail -n 60 "$out/$t.log"
            echo "not ok gort $t under ThreadSanitizer"
            exit 1
        fi
    done
    echo "ok gort $t under ThreadSanitizer"
done
