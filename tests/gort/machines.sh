#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# gort's tests on the other machines, under user-mode emulation. Needs gcc-aarch64-linux-gnu, gcc-riscv64-linux-gnu, qemu-user.
set -u
out=build/test/gort-machines
mkdir -p "$out"
core="gort/g.c gort/runq.c gort/timer.c gort/idle.c gort/nap.c gort/sched.c gort/park.c"
rig="$core tests/gort/rig.c tests/gort/rigport.c gort/port/fatal.c gort/port/posix/os.c"
part="tests/gort/fakeport.c gort/g.c gort/runq.c gort/timer.c"
objects="gort/chan.c gort/fast.c gort/select.c gort/waitq.c gort/mutex.c gort/sync.c gort/gotime.c gort/ctx.c gort/scope.c"

# A machine's objects are kept by flags and source: build NAME MACHINE GNU-NAME FLAGS SOURCE... makes $out/NAME-MACHINE.
build() {
    name=$1 machine=$2 gnu=$3 flags=$4 objs=
    shift 4
    for src; do
        obj=$out/$machine-$(echo "$flags $src" | cksum | tr -d ' ')-$(basename "$src").o
        # shellcheck disable=SC2086 # a list
        clang --target="$gnu-linux-gnu" -std=gnu11 -O2 -g -I. -D_GNU_SOURCE -w $flags -c "$src" -o "$obj" || return 1
        objs="$objs $obj"
    done
    # shellcheck disable=SC2086 # a list
    "$gnu-linux-gnu-gcc" -rdynamic -o "$out/$name-$machine" $objs -pthread 2>"$out/log"
}

# A test of the core, and one that needs the library; the flags and files of the rest of each are its own.
core_test() { # name machine gnu-name
    case $1 in
    sched) sources="$rig gort/asm/$2.S" ;;
    switch) sources="$rig gort/asm/$2.S tests/gort/asm/sentinel_$2.S" ;;
    idle) sources=gort/idle.c ;;
    nap) sources="$part gort/nap.c" ;;
    deadline) sources="gort/chan.c gort/timer.c" ;;
    *) sources=$part ;;
    esac
    case $1 in
    idle) flags="-DGORT_PLAIN=1 -DGORT_SMALL=1 -include tests/gort/model.h" ;;
    deadline) flags="-DGORT_PLAIN=1 -DMODEL_ALL=1 -include tests/gort/model.h" ;;
    *) flags=-DGORT_PLAIN ;;
    esac
    # shellcheck disable=SC2086 # a list
    build "$1" "$2" "$3" "$flags" "tests/gort/test_$1.c" $sources && emulated "$1" "$2" "$3" &&
        timeout 300 "$out/$1-$2.sh" >"$out/log" 2>&1
}

library() { # source machine gnu-name
    # shellcheck disable=SC2046,SC2086 # lists
    build "$(basename "$1" .c)" "$2" "$3" '-DGORT_PLAIN -fno-omit-frame-pointer -DGORT_PORT_INLINE="gort/port/posix/inline.h"' \
        "$1" $core $objects $(echo gort/port/*.c gort/port/posix/*.c) "gort/asm/$2.S" "gort/asm/preempt_$2.S"
}

emulated() { # name machine gnu-name: a script that runs it
    printf '#!/bin/sh\nexec qemu-%s -L /usr/%s-linux-gnu %s "$@"\n' "$3" "$3" "$out/$1-$2" >"$out/$1-$2.sh"
    chmod +x "$out/$1-$2.sh"
}

verdict() { # name command...
    name=$1
    shift
    if "$@"; then echo "ok gort $name"; else
        tail -n 20 "$out/log"
        echo "not ok gort $name"
    fi
}

whole_library() { # machine gnu-name
    for t in test_lib behaviour reports lto; do
        if library tests/gort/$t.c "$1" "$2"; then emulated $t "$1" "$2"; else echo "not ok gort $t on $1 builds"; fi
    done
    timeout 590 "$out/test_lib-$1.sh" >"$out/log" 2>&1
    verdict "library on $1" [ $? = 0 ]
    timeout 60 "$out/lto-$1.sh" >"$out/log" 2>&1
    verdict "current goroutine on $1" grep -q '^right' "$out/log"
    tests/gort/reports.sh "$out/behaviour-$1.sh" "$out/reports-$1.sh" | sed "s/^\(ok\|not ok\) gort.*/& on $1/"
}

for pair in arm64:aarch64 riscv64:riscv64; do
    machine=${pair%:*} gnu=${pair#*:}
    if ! command -v "$gnu-linux-gnu-gcc" >/dev/null || ! command -v "qemu-$gnu" >/dev/null; then
        echo "not ok gort $machine: install gcc-$gnu-linux-gnu and qemu-user"
        continue
    fi
    for t in g runq nap timer switch sched idle deadline; do
        verdict "$t on $machine" core_test $t "$machine" "$gnu"
    done
    whole_library "$machine" "$gnu"
done
