#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Which lines of gort its tests reach: all of them built with clang's counters, run, and summed up.
set -eu
out=build/test/gort-coverage
rm -rf "$out"
mkdir -p "$out"
flags="-std=gnu11 -O1 -g -I. -D_GNU_SOURCE -DGORT_PLAIN=1 -fprofile-instr-generate -fcoverage-mapping"
machine=$(uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')
core="gort/g.c gort/runq.c gort/timer.c gort/idle.c gort/nap.c gort/sched.c gort/park.c gort/asm/$machine.S"
part="tests/gort/fakeport.c gort/g.c gort/timer.c"
lib="gort/chan.c gort/fast.c gort/select.c gort/waitq.c gort/mutex.c gort/sync.c gort/gotime.c gort/ctx.c gort/scope.c $(echo gort/port/*.c gort/port/posix/*.c)"
[ "$machine" = amd64 ] && lib="$lib gort/asm/preempt_amd64.S"

build() { # name sources...
    name=$1
    shift
    # shellcheck disable=SC2086 # a list
    clang $flags -o "$out/$name" "$@" -rdynamic -pthread
}

hosted() { # name sources...
    name=$1
    shift
    # shellcheck disable=SC2086 # a list
    build "$name" '-DGORT_PORT_INLINE="gort/port/posix/inline.h"' "$@" $core $lib
}

# shellcheck disable=SC2086 # lists
{
    build g tests/gort/test_g.c $part
    build timer tests/gort/test_timer.c $part
    build runq tests/gort/test_runq.c gort/runq.c $part
    build nap tests/gort/test_nap.c gort/nap.c gort/runq.c $part
    build sched tests/gort/test_sched.c $core tests/gort/rig.c tests/gort/rigport.c gort/port/fatal.c gort/port/posix/os.c
    build switch tests/gort/test_switch.c tests/gort/asm/sentinel_$machine.S $core tests/gort/rig.c tests/gort/rigport.c gort/port/fatal.c gort/port/posix/os.c
    hosted lib tests/gort/test_lib.c
    hosted behaviour -Wno-write-strings tests/gort/behaviour.c
    hosted reports tests/gort/reports.c
}
objects=
for t in g timer runq nap sched switch lib; do
    LLVM_PROFILE_FILE="$out/$t.profraw" "$out/$t" >/dev/null
    objects="$objects -object $out/$t"
done
LLVM_PROFILE_FILE="$out/reports.%p.profraw" tests/gort/reports.sh "$out/behaviour" "$out/reports" >/dev/null || true
llvm-profdata merge -o "$out/all.profdata" "$out"/*.profraw
# shellcheck disable=SC2086 # a list
llvm-cov report -instr-profile "$out/all.profdata" "$out/behaviour" $objects -object "$out/reports" gort |
    awk '/%/ {printf "%-28s %6d lines %8s\n", $1, $8, $10}'
