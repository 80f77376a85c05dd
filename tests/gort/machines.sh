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
done
