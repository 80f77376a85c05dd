// The number is worked out as it runs.
package main

import (
	"os"
	"syscall"
)

func main() {
	syscall.Syscall(uintptr(172+len(os.Args)), 0, 0, 0)
}
