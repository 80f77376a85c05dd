// SPDX-License-Identifier: Apache-2.0

// Guest is the program that the network's tests talk to. Without arguments it serves:
//
//	7000  echo, of the other's end too     7001  a sink that answers with the SHA-256 of what it got
//	7002  a source: as many bytes as the line asks for, of a known sequence
//	7003  echo of datagrams                7005  closes as soon as it has accepted
//	7004  a line of what the guest has: goroutines, KiB of memory that are free, TCP sockets, TCP connections without one
//	7006  net/http, with a time limit for headers
//	7007  the guest's TCP connections, as /proc/net tells them
//	7008  net/http, without one
//
// With arguments it is a client: see client.go.
package main

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
)

func check(err error) {
	if err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
}

func echo(c net.Conn) {
	io.Copy(struct{ io.Writer }{c}, struct{ io.Reader }{c})
	c.(*net.TCPConn).CloseWrite()
}

func sink(c net.Conn) {
	sum := sha256.New()
	io.Copy(sum, c)
	fmt.Fprintf(c, "%x\n", sum.Sum(nil))
}

// sequence is an endless stream of bytes that doesn't repeat soon: xorshift.
type sequence uint64

func (s *sequence) Read(p []byte) (int, error) {
	x := uint64(*s)
	for i := range p {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		p[i] = byte(x >> 32)
	}
	*s = sequence(x)
	return len(p), nil
}

func source(c net.Conn) {
	line, err := bufio.NewReader(c).ReadString('\n')
	n, _ := strconv.ParseInt(strings.TrimSpace(line), 10, 64)
	if err == nil {
		s := sequence(88172645463325252)
		io.CopyN(c, &s, n)
	}
}

// word is the one at that place of the line that begins so, in a file of /proc.
func word(file, line string, place int) string {
	text, _ := os.ReadFile("/proc/" + file)
	for _, l := range strings.Split(string(text), "\n") {
		if strings.HasPrefix(l, line) {
			return strings.Fields(l)[place]
		}
	}
	return "0"
}

func state(c net.Conn) {
	runtime.GC()
	debug.FreeOSMemory()
	fmt.Fprintln(c, runtime.NumGoroutine(), word("meminfo", "MemFree:", 1), word("net/sockstat", "TCP:", 8), word("net/sockstat", "TCP:", 4))
}

func table(c net.Conn) {
	for _, name := range []string{"tcp", "tcp6"} {
		text, _ := os.ReadFile("/proc/net/" + name)
		c.Write(text)
	}
}

func serve(port string, handle func(c net.Conn)) {
	l, err := net.Listen("tcp", ":"+port)
	check(err)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				fmt.Println("accept:", err)
				time.Sleep(time.Millisecond)
				continue
			}
			go func() {
				defer c.Close()
				handle(c)
			}()
		}
	}()
}

func serveDatagrams(port string) {
	conn, err := net.ListenPacket("udp", ":"+port)
	check(err)
	go func() {
		buffer := make([]byte, 64<<10)
		for {
			n, from, err := conn.ReadFrom(buffer)
			if err == nil {
				_, err = conn.WriteTo(buffer[:n], from)
			}
			if err != nil {
				fmt.Println("datagrams:", err)
			}
		}
	}()
}

func serveWeb(port string, limit time.Duration) {
	l, err := net.Listen("tcp", ":"+port)
	check(err)
	server := &http.Server{ReadHeaderTimeout: limit, Handler: http.HandlerFunc(
		func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "hello\n") })}
	go server.Serve(l)
}

func main() {
	if len(os.Args) > 1 {
		client(os.Args[1], os.Args[2:])
		return
	}
	serve("7000", echo)
	serve("7001", sink)
	serve("7002", source)
	serveDatagrams("7003")
	serve("7004", state)
	serve("7005", func(net.Conn) {})
	serveWeb("7006", 2*time.Second)
	serveWeb("7008", 0)
	serve("7007", table)
	fmt.Println("serving")
	select {}
}
