// SPDX-License-Identifier: Apache-2.0

// Syscalls measures what operations cost by the machine's virtual counter. Under QEMU's -icount shift=0 a virtual nanosecond is one
// guest instruction, so the figures are instructions per operation, kernel and program together; elsewhere they are nanoseconds.
//
// It runs as the init of a Linux as well as on Mazboot, on one CPU, and prints "NAME<tab>FIGURE" lines. A figure is the least of
// several batches: what timers and the Go runtime's own threads add to a batch is no part of the operation.
package main

import (
	"fmt"
	"os"
	"runtime/debug"
	"syscall"
)

func counter() uint64
func counterHz() uint64

// operation does its work n times; setup has made what it needs.
type operation struct {
	name  string
	n     int
	setup func() (run func(n int))
}

const batches = 7

func measure(op operation) float64 {
	run := op.setup()
	run(op.n / 4)
	best := ^uint64(0)
	for i := 0; i < batches; i++ {
		start := counter()
		run(op.n)
		if took := counter() - start; took < best {
			best = took
		}
	}
	return float64(best) * 1e9 / float64(counterHz()) / float64(op.n)
}

// prepare makes the few files that operations use, where it is the first program of a Linux.
func prepare() {
	if os.Getpid() != 1 {
		return
	}
	os.Mkdir("/dev", 0o755)
	os.Mkdir("/tmp", 0o755)
	syscall.Mount("devtmpfs", "/dev", "devtmpfs", 0, "")
	syscall.Mount("tmpfs", "/tmp", "tmpfs", 0, "")
}

// check stops the measurement of something that doesn't work.
func check(err error) {
	if err != nil {
		panic(err)
	}
}

func try(op operation) {
	defer func() {
		if failure := recover(); failure != nil {
			fmt.Printf("%s\t-\t%v\n", op.name, failure)
		}
	}()
	fmt.Printf("%s\t%.0f\n", op.name, measure(op))
}

func main() {
	prepare()
	debug.SetGCPercent(-1)
	only := os.Getenv("ONLY")
	for _, op := range operations {
		if only == "" || only == op.name {
			try(op)
		}
	}
	fmt.Println("measured")
}
