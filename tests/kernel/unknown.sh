#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A system call that the kernel doesn't have: ENOSYS for the program, told by name with -v, hinted at when the program fails, summed up
# by --stats.
set -u
cd "$(dirname "$0")/../.." || exit 1
dir=build/programs/unknown
mkdir -p $dir
cat >$dir/main.go <<'GO'
package main

import (
	"os"
	"strconv"
	"syscall"
)

func main() {
	_, _, errno := syscall.RawSyscall(217, 0, 0, 0) // add_key
	if errno != syscall.ENOSYS {
		println("add_key answers", errno.Error())
	}
	if _, _, errno := syscall.RawSyscall(4000, 0, 0, 0); errno != syscall.ENOSYS {
		println("4000 answers", errno.Error())
	}
	status, _ := strconv.Atoi(os.Args[1])
	os.Exit(status)
}
GO
go=$(command -v go || echo /usr/lib/go-1.19/bin/go)
GO111MODULE=off GOOS=linux GOARCH=arm64 CGO_ENABLED=0 "$go" build -o $dir/unknown $dir/main.go || exit 1

# check NAME STATUS OUTPUT: of the command that has just run
check() {
    if [ "$status" = "$2" ] && [[ $out =~ $3 ]]; then echo "ok unknown call: $1"; else echo "not ok unknown call: $1: status $status, output: $out"; fi
}

out=$(timeout 60 ./mazboot run --accel tcg $dir/unknown 0 2>&1)
status=$?
check 'nothing is said when the program succeeds' 0 '^$'
out=$(timeout 60 ./mazboot run --accel tcg $dir/unknown 3 2>&1)
status=$?
check 'a hint when it fails' 3 "^mazboot: the program made 2 system calls that the kernel doesn't have; -v names them$"
out=$(timeout 60 ./mazboot run --accel tcg -v $dir/unknown 3 2>&1)
status=$?
check 'by name' 3 'system call 217 \(add_key\) is not implemented'
check 'by number' 3 'system call 4000 \(no Linux call has this number\)'
out=$(timeout 60 ./mazboot run --accel tcg --stats $dir/unknown 0 2>&1)
status=$?
check 'summed up by --stats: how many' 0 'unknown calls +2'
check 'with name, count and caller' 0 "add_key +1  first by main\.main .*/main\.go:10"
check 'a number that has no name, too' 0 "number 4000 +1  first by main\.main .*/main\.go:14"
