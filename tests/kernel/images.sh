#!/usr/bin/env bash
# The three kernels: what they may weigh, and which one a program gets.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/programs/lib.sh
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

# check NAME COMMAND...
check() {
    if "${@:2}"; then echo "ok $1"; else echo "not ok $1"; fi
}
bytes() { stat -c %s "build/kernel-arm64/$1.img"; }
at_most() { [ "$(bytes "$1")" -le "$2" ] || { echo "$1.img has $(bytes "$1") bytes, at most $2 are allowed"; false; }; }
# gets KERNEL PROGRAM [OPTION...]: by the size of what the machine was started with
gets() {
    local size
    size=$(./mazboot run --stats "${@:3}" "$2" 2>&1 </dev/null | awk '/kernel image/ { print $NF }')
    [ "$size" = "$(bytes "$1")" ] || { echo "$2 runs on a kernel of $size bytes"; false; }
}

check 'the small kernel has at most 160 KiB' at_most mazboot 163840
check 'the kernel with the network has at most 320 KiB' at_most mazboot-net 327680
check 'the full kernel has at most 352 KiB' at_most mazboot-full 360448
cat >"$tmp/socket.go" <<'GO'
package main

import "syscall"

func main() { syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0) }
GO
cat >"$tmp/any.go" <<'GO'
package main

import "syscall"

var number uintptr = syscall.SYS_GETPID

func main() { number++; syscall.RawSyscall(number, 0, 0, 0) }
GO
cat >"$tmp/hello.go" <<'GO'
package main

func main() { println("hello") }
GO
list_gos >"$tmp/gos"
while read -r name go; do
    for p in socket any hello; do
        GOTOOLCHAIN=local GO111MODULE=off GOARCH=arm64 CGO_ENABLED=0 "$go" build -o "$tmp/$p" "$tmp/$p.go" || echo "not ok $name builds $p"
        GOTOOLCHAIN=local GO111MODULE=off GOARCH=arm64 CGO_ENABLED=0 "$go" build -ldflags '-s -w' -o "$tmp/$p.stripped" "$tmp/$p.go"
    done
    check "$name: println takes the small kernel" gets mazboot "$tmp/hello"
    check "$name: stripped println takes the small kernel" gets mazboot "$tmp/hello.stripped"
    check "$name: sockets take the kernel with the network" gets mazboot-net "$tmp/socket"
    check "$name: sockets of a stripped program too" gets mazboot-net "$tmp/socket.stripped"
    check "$name: a number that isn't constant takes the full kernel" gets mazboot-full "$tmp/any"
    check "$name: --strace takes the full kernel" gets mazboot-full "$tmp/hello" --strace
    check "$name: --kernel full" gets mazboot-full "$tmp/hello" --kernel full
done <"$tmp/gos"
