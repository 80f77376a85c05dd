#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# --strace says who made each call: the line of the test program that did, with every Go, position-independent, stripped, -trimpath, from a
# child in its parent's memory, and in a program that was started from the machine's own files; addresses where there are no names, nothing
# where there is nothing.
set -u
cd "$(dirname "$0")/../.." || exit 1
dir=build/programs/strace
rm -rf $dir
mkdir -p $dir/root
cat >$dir/main.go <<'GO'
package main

import (
	"fmt"
	"os"
	"os/exec"
	"sync"
	"syscall"
)

//go:noinline
func deep(n int) {
	if n > 0 {
		deep(n - 1)
		return
	}
	os.Open("/deep") // deep
}

func inlined() { os.Remove("/inlined") } // inlined

type T struct{}

func (T) method() { os.Mkdir("/method", 0) } // method

func main() {
	if len(os.Args) > 1 {
		os.Rename("/child", os.Args[1]) // child
		return
	}
	os.Open("/opened")                             // opened
	fmt.Fprintln(os.Stderr, "printed")             // printed
	syscall.Rmdir("/wrapped")                      // wrapped
	syscall.RawSyscall(217, 0, 0, 0)               // raw
	syscall.Syscall(218, 0, 0, 0)                  // syscall
	deep(30)
	inlined()
	T{}.method()
	var wait sync.WaitGroup
	wait.Add(1)
	go func() {
		os.Chdir("/goroutine") // goroutine
		wait.Done()
	}()
	wait.Wait()
	exe, _ := os.Executable()
	exec.Command(exe, "itself").Run()
	exec.Command("/other", "another").Run()
}
GO
cat >$dir/static.c <<'C'
#include <unistd.h>

int main(void)
{
    return chdir("/static") == 0;
}
C
aarch64-linux-gnu-gcc -O2 -static -o $dir/static $dir/static.c || exit 1

# check NAME CONDITION...
check() {
    local name=$1
    shift
    if "$@"; then echo "ok strace: $name"; else echo "not ok strace: $name"; fi
}

# by MARK PATTERN: each line of the trace that has PATTERN ends with the place in main.go that has MARK for its comment.
by() {
    local line calls
    line=$(grep -n "// $1\$" $dir/main.go | cut -d: -f1)
    calls=$(grep -E "$2" "$trace")
    [ -n "$line" ] && [ -n "$calls" ] && ! grep -qvE "> by main\.[^ ]+ ([^ ]*/)?main\.go:$line\$" <<<"$calls"
}

# traced NAME PROGRAM: what all builds say alike
traced() {
    trace=$dir/$2.trace
    ./mazboot run --accel tcg --timeout 100s --root $dir/root --strace="$trace" "$dir/$2" >$dir/out 2>&1 </dev/null
    check "$1: a library's call" by opened 'openat\(.*"/opened"'
    check "$1: output" by printed 'write\(2, "printed'
    check "$1: a call through its wrapper" by wrapped 'unlinkat\(.*"/wrapped"'
    check "$1: a raw call" by raw 'add_key\('
    check "$1: a call that the scheduler knows of" by syscall 'request_key\('
    check "$1: at the end of a long way" by deep 'openat\(.*"/deep"'
    check "$1: from an inlined function" by inlined '"/inlined"'
    check "$1: from a method" by method '"/method"'
    check "$1: from a goroutine" by goroutine '"/goroutine"'
    check "$1: the runtime's own calls" grep -qE ' by runtime\.[^ ]+ [^ ]+\.go:[0-9]+$' "$trace"
    check "$1: those of a function without a frame" grep -qE ' futex\(.* by runtime\.futexsleep ' "$trace"
    check "$1: no line says it twice" test "$(grep -c ' by .* by ' "$trace")" = 0
}

# shellcheck source=tests/programs/lib.sh
. tests/programs/lib.sh
list_gos >$dir/gos
export GOTOOLCHAIN=local GO111MODULE=off GOOS=linux GOARCH=arm64 CGO_ENABLED=0
while read -r name go; do
    "$go" build -o $dir/plain $dir/main.go && "$go" build -buildmode=pie -trimpath -ldflags '-s -w' -o $dir/bare $dir/main.go || exit 1
    cp $dir/plain $dir/root/other
    traced "$name, stripped, position-independent, without folders" bare
    check "$name: the same position-independent program, started again" by child '"/child", [^,]*, "itself"'
    traced "$name" plain
    check "$name: the same program, started again" by child '"/child", [^,]*, "itself"'
    # Another program is one that only the machine has: Go's own tools know the addresses by the file.
    addresses=$(grep '"/child", [^,]*, "another"' "$trace" | sed 's/.* by //')
    check "$name: addresses of another program" grep -qE '^0x[0-9a-f]+( 0x[0-9a-f]+){4,7}$' <<<"$addresses"
    for address in $addresses; do printf '%#x\n' $((address - 1)); done | "$go" tool addr2line $dir/plain >$dir/names
    check "$name: which are right" grep -qx main.main $dir/names
done <$dir/gos

./mazboot run --accel tcg --strace=$dir/static.trace $dir/static </dev/null
check 'a program that has no such names' grep -qE 'chdir\("/static"\) = -1 ENOENT <[0-9]+ us>$' $dir/static.trace

aarch64-linux-gnu-gcc -O2 -static -w -o $dir/words tests/kernel/strace_words.c || exit 1
./mazboot run --accel tcg --strace=$dir/words.trace $dir/words </dev/null >$dir/words.wanted
while IFS= read -r line; do grep -qF "] $line" $dir/words.trace || echo "not ok strace: no line says ${line% = }"; done <$dir/words.wanted
check 'arguments in the words of the header files' test "$(wc -l <$dir/words.wanted)" = 50

./mazboot build --kernel full -o $dir/image $dir/plain &&
    timeout 60 qemu-system-aarch64 -M virt -cpu max -m 64M -nographic -nic none -kernel $dir/image -append strace=1 >$dir/uart.trace 2>&1 </dev/null
check 'an image on its own: the kernel has no names' grep -aqE 'openat\(.*"/opened".* <[0-9]+ us>.?$' $dir/uart.trace
