// SPDX-License-Identifier: Apache-2.0

// Panic dies uncaught in the way that its argument names.
package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"time"
)

type point struct{ x, y int }

//go:noinline
func load(p *point) int { return p.y }

//go:noinline
func divide(a, b int) int { return a / b }

//go:noinline
func recurse(n int) int { return recurse(n+1) + n }

func inGoroutine() {
	go func() { panic("in a goroutine") }()
	time.Sleep(time.Minute)
}

func whilePanicking() {
	defer func() { panic(fmt.Sprint("again after ", recover())) }()
	panic("first")
}

func overflow() {
	debug.SetMaxStack(1 << 20)
	recurse(0)
}

func deadlock() {
	var wg sync.WaitGroup
	wg.Add(1)
	wg.Wait()
}

func unlockUnlocked() {
	var mu sync.Mutex
	mu.Unlock()
}

func main() {
	ways := map[string]func(){
		"value":     func() { panic("a value") },
		"error":     func() { panic(errors.New("an error")) },
		"nil":       func() { load(nil) },
		"divide":    func() { divide(1, len(os.Args)-len(os.Args)) },
		"index":     func() { _ = os.Args[len(os.Args)] },
		"goroutine": inGoroutine,
		"again":     whilePanicking,
		"overflow":  overflow,
		"deadlock":  deadlock,
		"unlock":    unlockUnlocked,
		"goexit":    runtime.Goexit,
	}
	fmt.Println("before")
	ways[os.Args[1]]()
	fmt.Println("not reached")
}
