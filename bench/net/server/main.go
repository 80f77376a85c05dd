// SPDX-License-Identifier: Apache-2.0

// Server is what bench/net runs in the guest: net/http's hello on port 8080, a sink on 8081 and a source on 8082. It prints "ready"
// when all three listen.
package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync/atomic"

	"mazboot/bench/net/linuxinit"
)

var requests int64

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func hello(w http.ResponseWriter, r *http.Request) {
	atomic.AddInt64(&requests, 1)
	io.WriteString(w, "hello, world\n")
}

// count tells how many requests hello has answered.
func count(w http.ResponseWriter, r *http.Request) {
	fmt.Fprint(w, atomic.LoadInt64(&requests))
}

func quit(w http.ResponseWriter, r *http.Request) {
	os.Exit(0)
}

// sink reads to the end and answers with how much that was.
func sink(c net.Conn, buffer []byte) {
	n, _ := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{c}, buffer)
	binary.Write(c, binary.BigEndian, n)
}

// source writes as much as it's asked for.
func source(c net.Conn, buffer []byte) {
	var n int64
	if binary.Read(c, binary.BigEndian, &n) != nil {
		return
	}
	for n > 0 {
		part := buffer
		if n < int64(len(part)) {
			part = part[:n]
		}
		written, err := c.Write(part)
		if err != nil {
			return
		}
		n -= int64(written)
	}
}

func serve(l net.Listener, handle func(c net.Conn, buffer []byte)) {
	for {
		c, err := l.Accept()
		check(err)
		go func() {
			defer c.Close()
			handle(c, make([]byte, 256<<10))
		}()
	}
}

func listen(address string) net.Listener {
	l, err := net.Listen("tcp", address)
	check(err)
	return l
}

func main() {
	linuxinit.Up()
	web := listen(":8080")
	go serve(listen(":8081"), sink)
	go serve(listen(":8082"), source)
	http.HandleFunc("/", hello)
	http.HandleFunc("/count", count)
	http.HandleFunc("/quit", quit)
	fmt.Println("ready")
	check(http.Serve(web, nil))
}
