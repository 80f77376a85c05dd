// SPDX-License-Identifier: Apache-2.0

// The same operations as bench.c, in Go: bench NAME COUNT PROCS.
package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

var n int64
var wg sync.WaitGroup

func cpu() int64 {
	var ru syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &ru)
	return ru.Utime.Nano() + ru.Stime.Nano()
}

func yield() {
	wg.Add(2)
	for k := 0; k < 2; k++ {
		go func() {
			for i := int64(0); i < n/2; i++ {
				runtime.Gosched()
			}
			wg.Done()
		}()
	}
	wg.Wait()
}

func spawn() {
	for i := int64(0); i < n; i += 100 {
		wg.Add(100)
		for k := 0; k < 100; k++ {
			go wg.Done()
		}
		wg.Wait()
	}
}

func pingpong() {
	a, b := make(chan int64), make(chan int64)
	go func() {
		for v := range a {
			b <- v
		}
	}()
	for i := int64(0); i < n/2; i++ {
		a <- 0
		<-b
	}
	close(a)
}

func stream(size int) {
	c := make(chan int64, size)
	wg.Add(1)
	go func() {
		for range c {
		}
		wg.Done()
	}()
	for i := int64(0); i < n; i++ {
		c <- i
	}
	close(c)
	wg.Wait()
}

func ring() {
	first := make(chan int64)
	at := first
	for i := 0; i < 999; i++ {
		next := make(chan int64)
		go func(in, out chan int64) {
			for v := range in {
				out <- v - 1
			}
		}(at, next)
		at = next
	}
	for v := n; v > 0; {
		first <- v
		v = <-at
	}
}

func select2() {
	a, b := make(chan int64, 1), make(chan int64, 1)
	a <- 1
	b <- 1
	for i := int64(0); i < n; i++ {
		select {
		case v := <-a:
			a <- v
		case v := <-b:
			b <- v
		}
	}
}

func selectdefault() {
	a := make(chan int64)
	for i := int64(0); i < n; i++ {
		select {
		case <-a:
			panic("value")
		default:
		}
	}
}

func select8() {
	var c [8]chan int64
	for i := range c {
		c[i] = make(chan int64, 1)
		c[i] <- 1
	}
	for i := int64(0); i < n; i++ {
		select {
		case v := <-c[0]:
			c[0] <- v
		case v := <-c[1]:
			c[1] <- v
		case v := <-c[2]:
			c[2] <- v
		case v := <-c[3]:
			c[3] <- v
		case v := <-c[4]:
			c[4] <- v
		case v := <-c[5]:
			c[5] <- v
		case v := <-c[6]:
			c[6] <- v
		case v := <-c[7]:
			c[7] <- v
		}
	}
}

func mutex() {
	var m sync.Mutex
	for i := int64(0); i < n; i++ {
		m.Lock()
		m.Unlock()
	}
}

func sky(up chan int64, num, size int64) {
	if size == 1 {
		up <- num
		return
	}
	c := make(chan int64, 10)
	for i := int64(0); i < 10; i++ {
		go sky(c, num+i*(size/10), size/10)
	}
	sum := int64(0)
	for i := 0; i < 10; i++ {
		sum += <-c
	}
	up <- sum
}

func skynet() {
	up := make(chan int64, 1)
	go sky(up, 0, n)
	if <-up != n*(n-1)/2 {
		panic("sum")
	}
}

const connections = 64

var request = []byte("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
var response = []byte("HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nHello, world\n")

func serve(c net.Conn) {
	buf := make([]byte, len(request))
	for {
		if _, err := io.ReadFull(c, buf); err != nil {
			break
		}
		if _, err := c.Write(response); err != nil {
			break
		}
	}
	c.Close()
}

func ask(where string) {
	c, err := net.Dial("tcp", where)
	if err != nil {
		panic(err)
	}
	buf := make([]byte, len(response))
	for i := int64(0); i < n/connections; i++ {
		if _, err := c.Write(request); err != nil {
			panic(err)
		}
		if _, err := io.ReadFull(c, buf); err != nil {
			panic(err)
		}
	}
	c.Close()
	wg.Done()
}

func http() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	wg.Add(connections)
	for i := 0; i < connections; i++ {
		go ask(l.Addr().String())
		c, err := l.Accept()
		if err != nil {
			panic(err)
		}
		go serve(c)
	}
	wg.Wait()
	l.Close()
}

func resident() (bytes int64) {
	b, _ := os.ReadFile("/proc/self/status")
	for _, line := range strings.Split(string(b), "\n") {
		f := strings.Fields(line)
		if len(f) > 1 && (f[0] == "VmRSS:" || f[0] == "VmPTE:") {
			kib, _ := strconv.ParseInt(f[1], 10, 64)
			bytes += kib * 1024
		}
	}
	return
}

func parked() {
	never := make(chan int64)
	before := resident()
	wg.Add(int(n))
	for i := int64(0); i < n; i++ {
		go func() {
			wg.Done()
			<-never
		}()
	}
	wg.Wait()
	fmt.Printf("bytes %.0f\n", float64(resident()-before)/float64(n))
	os.Exit(0)
}

func main() {
	benches := map[string]func(){
		"yield": yield, "spawn": spawn, "pingpong": pingpong, "ring": ring,
		"stream":   func() { stream(0) },
		"buffered": func() { stream(128) },
		"select2":  select2, "selectdefault": selectdefault, "select8": select8,
		"mutex": mutex, "skynet": skynet, "parked": parked, "http": http,
	}
	n, _ = strconv.ParseInt(os.Args[2], 10, 64)
	procs, _ := strconv.Atoi(os.Args[3])
	runtime.GOMAXPROCS(procs)
	c, w := cpu(), time.Now()
	benches[os.Args[1]]()
	fmt.Printf("cpu %.1f wall %.1f\n", float64(cpu()-c)/float64(n),
		float64(time.Since(w).Nanoseconds())/float64(n))
}
