#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Processes: what tests/kernel/process/process.c sees of execve, vfork, wait4 and what belongs to them must be what it sees on
# Linux, on 1 and 4 CPUs.
#   process.sh --record     write process/linux.txt anew, on Debian's Linux in QEMU
set -u
cd "$(dirname "$0")/../.." || exit 1
dir=build/programs/process
mkdir -p $dir
aarch64-linux-gnu-gcc -O2 -g -D_GNU_SOURCE -Wall -Wextra -Werror -static -pthread -I. -o $dir/process tests/kernel/process/*.c || exit 1
expected=tests/kernel/process/linux.txt

# Where the program lies differs, and what Linux' first process says.
plain() { sed -E "s#^  exe (/job|.*/$dir/process)\$#  exe itself#; /^init: ended/,\$d; /^bench: /d"; }
if [ "${1-}" = --record ]; then
    # shellcheck source=tests/gotest/lib.sh
    . tests/gotest/lib.sh
    mkdir -p "$gotest_dir" && tests/gotest/root.sh "$gotest_go" "$gotest_root" || exit 1
    GOTEST_CPUS=1 tests/gotest/boot_linux.sh $dir/process / 200 HOME=/ -- | plain >$dir/linux.txt
    [ -s $dir/linux.txt ] && mv $dir/linux.txt $expected
    exit
fi
for cpus in 1 4; do
    ./mazboot run -smp $cpus --timeout 120s $dir/process </dev/null 2>&1 | plain >$dir/got.$cpus
    if diff $expected $dir/got.$cpus; then echo "ok processes on $cpus CPUs"; else echo "not ok processes on $cpus CPUs"; fi
done

# Go's way, each version its own: pipes, statuses, signals, syscall.Exec.
cat >$dir/main.go <<'GO'
package main

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

func child(args []string) {
	switch args[0] {
	case "echo":
		fmt.Println(strings.Join(args[1:], " "), os.Getppid() == 1)
	case "exit":
		os.Exit(42)
	case "sleep":
		time.Sleep(time.Hour)
	case "crash":
		panic("boom")
	case "last":
		fmt.Println("last", os.Args[0], os.Getpid())
	}
}

func main() {
	if len(os.Args) > 1 {
		child(os.Args[1:])
		return
	}
	exe, err := os.Executable()
	fmt.Println(err)
	changed := make(chan os.Signal, 100)
	signal.Notify(changed, syscall.SIGCHLD)
	out, err := exec.Command(exe, "echo", "a", "b").CombinedOutput()
	fmt.Printf("%q %v\n", out, err)
	fmt.Println(exec.Command(exe, "exit").Run())
	sleeper := exec.Command(exe, "sleep")
	fmt.Println(sleeper.Start(), sleeper.Process.Kill(), sleeper.Wait())
	fmt.Println(exec.Command("/nonexistent").Run())
	out, err = exec.Command(exe, "crash").CombinedOutput()
	fmt.Println(strings.HasPrefix(string(out), "panic: boom"), err)
	fmt.Println((<-changed).String())
	done := make(chan string)
	for i := 0; i < 20; i++ {
		go func() {
			out, err := exec.Command(exe, "echo").Output()
			done <- fmt.Sprintf("%q %v", out, err)
		}()
	}
	for i := 0; i < 20; i++ {
		if s := <-done; s != `" true\n" <nil>` {
			fmt.Println(s)
		}
	}
	fmt.Println(syscall.Exec(exe, []string{"name", "last"}, nil))
}
GO
cat >$dir/want <<'TEXT'
<nil>
"a b true\n" <nil>
exit status 42
<nil> <nil> signal: killed
fork/exec /nonexistent: no such file or directory
true exit status 2
child exited
last name 1
TEXT
. tests/programs/lib.sh
list_gos >$dir/gos
while read -r name go; do
    GOTOOLCHAIN=local GO111MODULE=off GOARCH=arm64 CGO_ENABLED=0 "$go" build -o "$dir/$name" $dir/main.go || exit 1
    for cpus in 1 4; do
        ./mazboot run -smp $cpus --timeout 60s "$dir/$name" </dev/null >$dir/got 2>&1
        if diff $dir/want $dir/got; then echo "ok $name: os/exec on $cpus CPUs"; else echo "not ok $name: os/exec on $cpus CPUs"; fi
    done
done <$dir/gos
