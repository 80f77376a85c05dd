// SPDX-License-Identifier: Apache-2.0

// Loopback measures what an echo over the guest's own loopback costs. Under QEMU's -icount shift=0 a nanosecond is one guest
// instruction, so that the figures are instructions per round trip, kernel and program together. It prints "NAME<tab>FIGURE" lines.
package main

import (
	"fmt"
	"io"
	"net"
	"runtime/debug"
	"time"

	"mazboot/bench/net/linuxinit"
)

const batches, rounds = 7, 400

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func echo(l net.Listener) {
	c, err := l.Accept()
	check(err)
	buffer := make([]byte, 64<<10)
	for {
		n, err := c.Read(buffer)
		if err != nil {
			return
		}
		_, err = c.Write(buffer[:n])
		check(err)
	}
}

func roundTrips(c net.Conn, data []byte, n int) {
	for i := 0; i < n; i++ {
		_, err := c.Write(data)
		check(err)
		_, err = io.ReadFull(c, data)
		check(err)
	}
}

// measure gives the least of several batches.
func measure(bytes int) int64 {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	defer l.Close()
	go echo(l)
	c, err := net.Dial("tcp", l.Addr().String())
	check(err)
	defer c.Close()
	data := make([]byte, bytes)
	roundTrips(c, data, rounds/4)
	best := time.Hour
	for i := 0; i < batches; i++ {
		start := time.Now()
		roundTrips(c, data, rounds)
		if took := time.Since(start); took < best {
			best = took
		}
	}
	return best.Nanoseconds() / rounds
}

func main() {
	linuxinit.Up()
	debug.SetGCPercent(-1)
	fmt.Printf("loopback echo, 1 byte\t%d\n", measure(1))
	fmt.Printf("loopback echo, 16 KiB\t%d\n", measure(16<<10))
	fmt.Println("measured")
}
