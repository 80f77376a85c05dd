// Goroutines in every state that a look from outside should tell, then a crash that makes the runtime print them itself; with
// an argument it waits for SIGQUIT instead.
package main

import (
	"os"
	"sync"
	"time"
)

type tree struct {
	left, right *tree
	stop        chan int
}

var lock sync.Mutex
var sink int

// Small enough to be inlined, twice over, above a call that blocks.
func (t *tree) wait() int     { return <-t.stop }
func (t *tree) waitLeft() int { return t.left.wait() }

//go:noinline
func receiver(t *tree) int { return t.waitLeft() + 1 }

//go:noinline
func sender(c chan int) { c <- 1 }

//go:noinline
func selector(a, b chan int) {
	select {
	case sink = <-a:
	case sink = <-b:
	}
}

//go:noinline
func recurse(n int, c chan int) int {
	var pad [16]int
	pad[n%16] = n
	if n == 0 {
		return <-c
	}
	return recurse(n-1, c) + pad[n%16]
}

// Blocks above a fault in a function that calls nothing.
func faulter(t *tree, c chan int) {
	defer func() {
		recover()
		<-c
	}()
	leaf(t)
}

//go:noinline
func leaf(t *tree) { t.left.right = t }

//go:noinline
func spin() {
	for i := 0; ; i++ {
		sink += i
	}
}

func main() {
	never := make(chan int)
	t := &tree{left: &tree{stop: never}}
	lock.Lock()
	go receiver(t)
	go sender(make(chan int))
	go selector(never, make(chan int))
	go recurse(40, never)
	go faulter(&tree{}, never)
	go func() {
		lock.Lock()
		defer lock.Unlock()
	}()
	go time.Sleep(time.Hour)
	go func() { select {} }()
	go spin()
	time.Sleep(100 * time.Millisecond)
	if len(os.Args) > 1 {
		println("ready")
		select {}
	}
	panic("look at us")
}
