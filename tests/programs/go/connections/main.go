// SPDX-License-Identifier: Apache-2.0

// Connections sends bytes through connections within the machine, in pieces of many sizes at both ends, from CPU to CPU; all must arrive, in order.
package main

import (
	"fmt"
	"hash/crc32"
	"io"
	"math/rand"
	"net"
	"sync"
)

const (
	connections = 8
	total       = 1 << 20
)

// fill sends made-up bytes in pieces of up to 6000, and tells their checksum.
func fill(c net.Conn, seed int64) uint32 {
	defer c.Close()
	random := rand.New(rand.NewSource(seed))
	sum := crc32.NewIEEE()
	piece := make([]byte, 6000)
	for left := total; left > 0; {
		p := piece[:min(left, 1+random.Intn(len(piece)))]
		random.Read(p)
		if _, err := c.Write(p); err != nil {
			panic(err)
		}
		sum.Write(p)
		left -= len(p)
	}
	return sum.Sum32()
}

// drain takes them in pieces of up to 9000.
func drain(c net.Conn, seed int64) uint32 {
	random := rand.New(rand.NewSource(-seed))
	sum := crc32.NewIEEE()
	piece := make([]byte, 9000)
	for {
		n, err := c.Read(piece[:1+random.Intn(len(piece))])
		sum.Write(piece[:n])
		if err == io.EOF {
			return sum.Sum32()
		}
		if err != nil {
			panic(err)
		}
	}
}

func min(a, b int) int {
	if a < b {
		return a
	}
	return b
}

func main() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	var sent, got [connections]uint32
	var all sync.WaitGroup
	for i := 0; i < connections; i++ {
		there, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			panic(err)
		}
		here, err := l.Accept()
		if err != nil {
			panic(err)
		}
		all.Add(2)
		go func(i int) { sent[i] = fill(here, int64(i)); all.Done() }(i)
		go func(i int) { got[i] = drain(there, int64(i)); all.Done() }(i)
	}
	all.Wait()
	fmt.Println(sent == got, sent[0])
}
