// SPDX-License-Identifier: Apache-2.0

// The oracle of behaviour.c: the same steps with Go's own channels, timers, contexts and locks.
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"
)

// The unit of all waits; a loaded machine needs more: behaviour.go MILLISECONDS.
var ms = time.Millisecond

var wg sync.WaitGroup

func b(x bool) int {
	if x {
		return 1
	}
	return 0
}

func waitABit() { time.Sleep(3 * ms) }

func inGoroutine(fn func()) {
	wg.Add(1)
	go func() {
		defer wg.Done()
		defer func() {
			if r := recover(); r != nil {
				fmt.Println("panic:", r)
			}
		}()
		fn()
	}()
	wg.Wait()
}

func showRecv(c chan int64) {
	v, ok := <-c
	fmt.Println("recv", v, ok)
}

func closedChannels() {
	fmt.Println("# closed")
	c := make(chan int64, 3)
	c <- 1
	c <- 2
	fmt.Println("len", len(c), "cap", cap(c))
	close(c)
	for i := 0; i < 4; i++ {
		showRecv(c)
	}
	u := make(chan int64)
	fmt.Println("len", len(u), "cap", cap(u))
	close(u)
	showRecv(u)
	var n chan int64
	fmt.Println("len nil", len(n), "cap", cap(n))
}

func selectSend(c, none chan int64) {
	select {
	case c <- 1:
	case <-none:
	}
}

func panics() {
	fmt.Println("# panics")
	c := make(chan int64)
	var none chan int64
	close(c)
	inGoroutine(func() { c <- 1 })
	inGoroutine(func() { close(c) })
	inGoroutine(func() { close(none) })
	inGoroutine(func() { selectSend(c, none) })
	d, e := make(chan int64), make(chan int64)
	go func() { waitABit(); close(d) }()
	inGoroutine(func() { d <- 1 })
	go func() { waitABit(); close(e) }()
	inGoroutine(func() { selectSend(e, none) })
}

func fifo(size int) {
	fmt.Println("# fifo", size)
	c, out := make(chan int64, size), make(chan int64, 10)
	for i := int64(0); i < 6; i++ {
		go func(i int64) { c <- i }(i)
		waitABit()
	}
	for i := 0; i < 6; i++ {
		showRecv(c)
	}
	for i := int64(0); i < 6; i++ {
		go func(i int64) { out <- <-c + 100*i }(i)
		waitABit()
	}
	for i := int64(0); i < 6; i++ {
		c <- i
	}
	waitABit()
	var got [6]int64
	for len(out) > 0 {
		v := <-out
		got[v%100] = v
	}
	for _, v := range got {
		fmt.Println("woke", v)
	}
}

func selects() {
	fmt.Println("# select")
	a, bb := make(chan int64, 1), make(chan int64, 1)
	var none chan int64
	d := 0
	select {
	case <-a:
	case <-none:
	default:
		d = 1
	}
	fmt.Println("default", d)
	select {
	case <-a:
		fmt.Println("chose 0")
	case bb <- 5:
		fmt.Println("chose 1")
	}
	d = 0
	select {
	case bb <- 5:
	case <-none:
	default:
		d = 1
	}
	fmt.Println("default", d)
	close(a)
	select {
	case v, ok := <-a:
		fmt.Println("chose 0 ok", b(ok), "value", v)
	case <-none:
	case none <- 1:
	}
	a = make(chan int64, 1)
	a <- 1
	var seen [2]int
	for n := 0; n < 1000; n++ {
		select {
		case v := <-a:
			seen[0]++
			a <- v
		case v := <-bb:
			seen[1]++
			bb <- v
		}
	}
	fmt.Println("both", b(seen[0] > 300 && seen[1] > 300))
}

func selectsWait() {
	fmt.Println("# select waits")
	a, bb := make(chan int64), make(chan int64)
	go func() { waitABit(); a <- 42 }()
	select {
	case v := <-a:
		fmt.Println("chose 0 value", v)
	case bb <- 8:
		fmt.Println("chose 1")
	}
	go func() { waitABit(); showRecv(bb) }()
	select {
	case <-a:
		fmt.Println("chose 0")
	case bb <- 8:
		fmt.Println("chose 1")
	}
	waitABit()
	go func() { waitABit(); close(a) }()
	select {
	case v, ok := <-a:
		fmt.Println("chose 0 ok", b(ok), "value", v)
	case bb <- 8:
		fmt.Println("chose 1")
	}
	c := make(chan int64)
	d := 0
	select {
	case <-c:
	case c <- 8:
	case <-c:
	default:
		d = 1
	}
	fmt.Println("same channel default", d)
}

func times() {
	fmt.Println("# time")
	wg.Add(4)
	for _, n := range []int{30, 10, 50, 20} {
		go func(n int) {
			time.Sleep(time.Duration(n) * ms)
			fmt.Println("slept", n)
			wg.Done()
		}(n)
	}
	wg.Wait()
	t := time.AfterFunc(5*ms, func() { fmt.Println("timer fired") })
	fmt.Println("stop", b(t.Stop()))
	fmt.Println("stop again", b(t.Stop()))
	t.Reset(5 * ms)
	time.Sleep(20 * ms)
	fmt.Println("stop fired", b(t.Stop()))
	start := time.Now()
	<-time.After(5 * ms)
	fmt.Println("after", b(time.Since(start) >= 5*ms))
	k := time.NewTicker(5 * ms)
	time.Sleep(28 * ms)
	fmt.Println("dropped ticks leave", len(k.C))
	k.Stop()
	time.Sleep(-5)
	time.Sleep(0)
}

func errName(c context.Context) string {
	switch c.Err() {
	case nil:
		return "none"
	case context.Canceled:
		return "canceled"
	case context.DeadlineExceeded:
		return "deadline"
	}
	return "?"
}

func contexts() {
	fmt.Println("# context")
	type key int
	root, cancelRoot := context.WithCancel(context.Background())
	val := context.WithValue(root, key(1), "one")
	kid, cancelKid := context.WithCancel(val)
	other, cancelOther := context.WithCancel(root)
	fmt.Println("value", kid.Value(key(1)), b(kid.Value(key(2)) == nil))
	fmt.Println(errName(root), errName(kid))
	cancelOther()
	fmt.Println(errName(root), errName(kid), errName(other))
	cancelRoot()
	fmt.Println(errName(root), errName(val), errName(kid))
	_, ok := <-kid.Done()
	fmt.Println("done", b(ok))
	late, cancelLate := context.WithCancel(root)
	fmt.Println("late", errName(late))
	dl, cancelDl := context.WithDeadline(context.Background(), time.Now().Add(5*ms))
	under, cancelUnder := context.WithCancel(dl)
	<-under.Done()
	fmt.Println(errName(dl), errName(under))
	cancelDl()
	fmt.Println(errName(dl))
	past, cancelPast := context.WithDeadline(context.Background(), time.Now().Add(-1))
	fmt.Println("past", errName(past))
	for _, f := range []func(){cancelKid, cancelLate, cancelUnder, cancelPast} {
		f()
	}
}

func locks() {
	fmt.Println("# locks")
	var m sync.Mutex
	var rw sync.RWMutex
	var once sync.Once
	cond := sync.NewCond(&m)
	wg.Add(3)
	for _, name := range []string{"a", "b", "c"} {
		go func(name string) {
			m.Lock()
			cond.Wait()
			fmt.Println("signalled", name)
			m.Unlock()
			wg.Done()
		}(name)
		waitABit()
	}
	cond.Signal()
	waitABit()
	cond.Signal()
	waitABit()
	cond.Broadcast()
	wg.Wait()
	wg.Add(2)
	rw.RLock()
	go func() {
		rw.Lock()
		fmt.Println("writer w")
		rw.Unlock()
		wg.Done()
	}()
	waitABit()
	go func() {
		rw.RLock()
		fmt.Println("reader behind the writer")
		rw.RUnlock()
		wg.Done()
	}()
	waitABit()
	fmt.Println("release")
	rw.RUnlock()
	wg.Wait()
	for i := 0; i < 3; i++ {
		once.Do(func() { fmt.Println("once") })
	}
	fmt.Print("try ", b(m.TryLock()))
	fmt.Println("", b(m.TryLock()))
	m.Unlock()
}

func main() {
	if len(os.Args) > 1 {
		n, _ := strconv.Atoi(os.Args[1])
		ms *= time.Duration(n)
	}
	closedChannels()
	panics()
	fifo(0)
	fifo(2)
	selects()
	selectsWait()
	times()
	contexts()
	locks()
}
