// SPDX-License-Identifier: Apache-2.0

// Faults recovers from what the processor and the memory refuse.
package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"syscall"
	"unsafe"
)

type big struct {
	far [1 << 20]byte
	x   int
}

func try(name string, f func()) {
	defer func() {
		r := recover()
		var err runtime.Error
		if e, ok := r.(error); ok && errors.As(e, &err) {
			fmt.Println(name, "runtime error:", err)
			return
		}
		fmt.Println(name, r)
	}()
	f()
	fmt.Println(name, "went on")
}

//go:noinline
func read(p *int) int { return *p }

//go:noinline
func write(p *int) { *p = 1 }

//go:noinline
func divide(a, b int) int { return a / b }

func mapPage(prot int) *int {
	page, err := syscall.Mmap(-1, 0, os.Getpagesize(), prot, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		panic(err)
	}
	return (*int)(unsafe.Pointer(&page[0]))
}

func main() {
	debug.SetPanicOnFault(true)
	zero := len(os.Args) - 1
	none, readOnly := mapPage(syscall.PROT_NONE), mapPage(syscall.PROT_READ)
	for round := 0; round < 3; round++ {
		try("nil read", func() { read(nil) })
		try("nil write", func() { write(nil) })
		try("nil field", func() { fmt.Println((*big)(nil).x) })
		try("nil map", func() { map[string]int(nil)["x"] = 1 })
		try("nil function", func() { var f func(); f() })
		try("divide", func() { divide(1, zero) })
		try("index", func() { fmt.Println(os.Args[zero+1]) })
		try("PROT_NONE", func() { read(none) })
		try("read-only read", func() { read(readOnly) })
		try("read-only write", func() { write(readOnly) })
	}
	for i := 0; i < 1000; i++ {
		func() {
			defer func() { recover() }()
			read(nil)
		}()
	}
	fmt.Println("a thousand more")
}
