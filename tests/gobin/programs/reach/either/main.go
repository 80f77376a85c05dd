// One of two numbers, by a way that is chosen as it runs, and one more through a function: 174 to 176 are getuid, geteuid and
// getgid on arm64.
package main

import (
	"os"
	"syscall"
)

//go:noinline
func ask(number uintptr) uintptr {
	r, _, _ := syscall.RawSyscall(number, 0, 0, 0)
	return r
}

func main() {
	println(ask(176))
	number := uintptr(174)
	if len(os.Args) > 1 {
		println("more")
		number = 175
	}
	syscall.RawSyscall(number, 0, 0, 0)
}
