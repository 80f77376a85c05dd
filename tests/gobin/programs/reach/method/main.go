// The number is a method's receiver, called through an interface.
package main

import (
	"os"
	"syscall"
)

type number uintptr

//go:noinline
func (n number) ask() uintptr {
	r, _, _ := syscall.RawSyscall(uintptr(n), 0, 0, 0)
	return r
}

type asker interface{ ask() uintptr }

type other struct{}

func (other) ask() uintptr { return 0 }

func main() {
	all := []asker{number(174), other{}}
	println(all[len(os.Args)%2].ask())
}
