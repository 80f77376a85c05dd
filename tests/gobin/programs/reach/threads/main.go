// A call on every thread: the runtime repeats it with the number out of a variable.
package main

import "syscall"

func main() {
	syscall.AllThreadsSyscall(167, 0, 0, 0)
}
