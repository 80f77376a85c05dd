// The function that makes any call is a value.
package main

import "syscall"

var call = syscall.RawSyscall6

func main() {
	call(172, 0, 0, 0, 0, 0, 0)
}
