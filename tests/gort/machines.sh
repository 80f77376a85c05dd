#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The core's tests on the other machines, under user-mode emulation. Needs gcc-aarch64-linux-gnu, gcc-riscv64-linux-gnu, qemu-user.
set -u
out=build/test/gort-machines
mkdir -p "$out"
core="gort/g.c gort/runq.c gort/timer.c gort/idle.c gort/sched.c gort/park.c tests/gort/rig.c tests/gort/rigport.c"
part="tests/gort/fakeport.c gort/g.c gort/runq.c gort/timer.c"

sources() { # test machine
    case $1 in
    sched) echo "tests/gort/test_sched.c $core gort/asm/$2.S" ;;
    switch) echo "tests/gort/test_switch.c $core gort/asm/$2.S tests/gort/asm/sentinel_$2.S" ;;
    *) echo "tests/gort/test_$1.c $part" ;;
    esac
}

build() { # test machine gnu-name
    objs=
    for src in $(sources "$1" "$2"); do
        obj=$out/$2-$(echo "$src" | tr / _).o
        clang --target="$3-linux-gnu" -std=gnu11 -O2 -g -I. -D_GNU_SOURCE -DGORT_PLAIN -c "$src" -o "$obj" || return 1
        objs="$objs $obj"
    done
    # shellcheck disable=SC2086 # a list
    "$3-linux-gnu-gcc" -static -o "$out/$1-$2" $objs -pthread
}

# The library on that machine, by what it does (behaviour.c on the virtual clock), and hard preemption where there is one.
program() { # name machine gnu-name
    objs=
    lib="gort/chan.c gort/fast.c gort/select.c gort/waitq.c gort/mutex.c gort/sync.c gort/gotime.c gort/ctx.c gort/scope.c $(echo gort/port/spawn.c gort/port/posix/*.c)"
    [ -e "gort/asm/preempt_$2.S" ] && lib="$lib gort/asm/preempt_$2.S"
    for src in "tests/gort/$1.c" $lib ${core%tests/gort/rig.c*} "gort/asm/$2.S"; do
        obj=$out/lib-$2-$(echo "$src" | tr / _).o
        clang --target="$3-linux-gnu" -std=gnu11 -O2 -fno-omit-frame-pointer -I. -D_GNU_SOURCE \
            '-DGORT_PORT_INLINE="gort/port/posix/inline.h"' -w -c "$src" -o "$obj" || return 1
        objs="$objs $obj"
    done
    # shellcheck disable=SC2086 # a list
    "$3-linux-gnu-gcc" -static -o "$out/$1-$2" $objs -pthread 2>/dev/null
}

library() { # machine gnu-name
    program behaviour "$1" "$2" && timeout 120 "qemu-$2" "$out/behaviour-$1" | diff - tests/gort/behaviour.expected
}

preempted() { # machine gnu-name
    program reports "$1" "$2" && [ "$(timeout 60 "qemu-$2" "$out/reports-$1" preempt 1)" = preempted ] &&
        [ "$(timeout 120 "qemu-$2" "$out/reports-$1" vectors 1)" = exact ]
}

for pair in arm64:aarch64 riscv64:riscv64; do
    machine=${pair%:*} gnu=${pair#*:}
    if ! command -v "$gnu-linux-gnu-gcc" >/dev/null || ! command -v "qemu-$gnu" >/dev/null; then
        echo "not ok gort $machine: install gcc-$gnu-linux-gnu and qemu-user"
        continue
    fi
    for t in g runq timer switch sched; do
        if build $t "$machine" "$gnu" && "qemu-$gnu" "$out/$t-$machine" >/dev/null; then
            echo "ok gort $t on $machine"
        else
            echo "not ok gort $t on $machine"
        fi
    done
    if library "$machine" "$gnu"; then echo "ok gort library on $machine"; else echo "not ok gort library on $machine"; fi
    [ -e "gort/asm/preempt_$machine.S" ] || continue
    if preempted "$machine" "$gnu"; then echo "ok gort hard preemption on $machine"; else echo "not ok gort hard preemption on $machine"; fi
done
