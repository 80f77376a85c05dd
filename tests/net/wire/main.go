// SPDX-License-Identifier: Apache-2.0

// Wire is both ends of tests of the network:
//
//	wire               the server, which runs in the guest
//	wire ADDRESS       its client, which runs on the host and prints "ok NAME" and "not ok NAME" lines
//	wire crowd N       N connections of a guest with itself, held at the same time and all used
//	wire held N        what a byte there and back takes while N connections are held (with --icount a nanosecond is an instruction)
//	wire waits N SECONDS  N connections that are silent, and one more that waits for an answer, for so long
//	wire idle SECONDS  a guest that has talked to the host and listens, for so long
package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"
)

const size = 8 << 20

// pattern is bytes that don't repeat within any window of TCP's.
func pattern() []byte {
	b := make([]byte, size)
	n := uint64(1)
	for i := range b {
		n = n*6364136223846793005 + 1442695040888963407
		b[i] = byte(n >> 56)
	}
	return b
}

func serve() {
	http.HandleFunc("/get", func(w http.ResponseWriter, r *http.Request) { w.Write(pattern()) })
	http.HandleFunc("/put", func(w http.ResponseWriter, r *http.Request) {
		h := sha256.New()
		n, err := io.Copy(h, r.Body)
		fmt.Fprintf(w, "%d %x %v", n, h.Sum(nil), err)
	})
	http.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		h := sha256.New()
		for b := make([]byte, 100000); ; time.Sleep(10 * time.Millisecond) {
			n, err := r.Body.Read(b)
			h.Write(b[:n])
			if err != nil {
				break
			}
		}
		fmt.Fprintf(w, "%d %x %v", size, h.Sum(nil), nil)
	})
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "hello") })
	packets, err := net.ListenPacket("udp", ":80")
	if err != nil {
		panic(err)
	}
	go func() {
		for b := make([]byte, 2000); ; {
			n, from, err := packets.ReadFrom(b)
			if err == nil {
				packets.WriteTo(b[:n], from)
			}
		}
	}()
	panic(http.ListenAndServe(":80", nil))
}

func tell(name string, err error) {
	if err != nil {
		fmt.Printf("not ok wire %s: %v\n", name, err)
	} else {
		fmt.Println("ok wire", name)
	}
}

func get(url string) ([]byte, error) {
	r, err := http.Get(url)
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	return io.ReadAll(r.Body)
}

func download(server string) error {
	b, err := get(server + "/get")
	if err == nil && !bytes.Equal(b, pattern()) {
		err = fmt.Errorf("%d bytes that are not those sent", len(b))
	}
	return err
}

func upload(url string) error {
	r, err := http.Post(url, "application/octet-stream", bytes.NewReader(pattern()))
	if err != nil {
		return err
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if want := fmt.Sprintf("%d %x %v", size, sha256.Sum256(pattern()), nil); err == nil && string(b) != want {
		err = fmt.Errorf("the server says %q, not %q", b, want)
	}
	return err
}

func many(server string) error {
	var wait sync.WaitGroup
	failed := make(chan error, 2000)
	for i := 0; i < 40; i++ {
		wait.Add(1)
		time.Sleep(10 * time.Millisecond) // a SYN that finds QEMU's backlog full waits for seconds
		go func() {
			defer wait.Done()
			for k := 0; k < 50; k++ {
				if b, err := get(server); err != nil || string(b) != "hello" {
					failed <- fmt.Errorf("%q, %v", b, err)
				}
			}
		}()
	}
	wait.Wait()
	close(failed)
	return <-failed
}

func echo(address string) error {
	c, err := net.Dial("udp", address)
	if err != nil {
		return err
	}
	b := make([]byte, 2000)
	for try := 0; try < 20; try++ {
		c.Write([]byte("datagram"))
		c.SetReadDeadline(time.Now().Add(time.Second))
		if n, err := c.Read(b); err == nil && string(b[:n]) == "datagram" {
			return nil
		}
	}
	return fmt.Errorf("no answer to 20 datagrams")
}

// pairs opens n connections to a listener of its own, which sends back what comes.
func pairs(n int) ([]net.Conn, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go io.Copy(c, c)
		}
	}()
	connections := make([]net.Conn, n)
	for i := range connections {
		if connections[i], err = net.Dial("tcp", l.Addr().String()); err != nil {
			return nil, fmt.Errorf("connection %d: %v", i, err)
		}
	}
	return connections, nil
}

func ping(c net.Conn, value byte) error {
	b := []byte{value}
	c.Write(b)
	c.SetReadDeadline(time.Now().Add(30 * time.Second))
	if _, err := io.ReadFull(c, b); err != nil || b[0] != value {
		return fmt.Errorf("%v, %v", b, err)
	}
	return nil
}

// crowd sends a byte there and back on each of n connections.
func crowd(n int) error {
	connections, err := pairs(n)
	for i, c := range connections {
		if err == nil {
			err = ping(c, byte(i))
			c.Close()
		}
	}
	return err
}

// held measures n connections, which are used in turn: none is where the one before it was.
func held(n int) error {
	connections, err := pairs(n)
	for i := 0; i < n && err == nil; i++ {
		err = ping(connections[i], byte(i))
	}
	if err != nil {
		return err
	}
	const pings = 1000
	time.Sleep(10 * time.Second) // what else there was to do is done
	start := time.Now()
	for i := 0; i < pings && err == nil; i++ {
		err = ping(connections[i*7919%n], byte(i))
	}
	fmt.Printf("# %d held: %d ns for a byte there and back\n", n, time.Since(start).Nanoseconds()/pings)
	return err
}

// waits holds n connections while one more asks somebody who isn't there.
func waits(n, seconds int) error {
	_, err := pairs(n)
	if err == nil {
		net.DialTimeout("tcp", "10.0.2.77:9", time.Duration(seconds)*time.Second)
	}
	return err
}

// idle uses the card, by names and connections, listens, and waits.
func idle(seconds int) error {
	if c, err := net.DialTimeout("tcp", "10.0.2.2:1", 2*time.Second); err == nil {
		c.Close()
	}
	net.LookupHost("localhost.invalid.")
	l, err := net.Listen("tcp", ":80")
	if err != nil {
		return err
	}
	defer l.Close()
	time.Sleep(time.Duration(seconds) * time.Second)
	return nil
}

func main() {
	if len(os.Args) == 1 {
		serve()
	}
	if os.Args[1] == "idle" {
		n, _ := strconv.Atoi(os.Args[2])
		tell("idle", idle(n))
		return
	}
	if os.Args[1] == "waits" {
		n, _ := strconv.Atoi(os.Args[2])
		seconds, _ := strconv.Atoi(os.Args[3])
		tell("waits "+os.Args[2], waits(n, seconds))
		return
	}
	if os.Args[1] == "held" {
		n, _ := strconv.Atoi(os.Args[2])
		tell("held "+os.Args[2], held(n))
		return
	}
	if os.Args[1] == "crowd" {
		n, _ := strconv.Atoi(os.Args[2])
		tell("crowd of "+os.Args[2], crowd(n))
		return
	}
	server := "http://" + os.Args[1]
	http.DefaultClient.Timeout = 2 * time.Minute
	// QEMU's user network has a backlog of one connection: those there are had better be kept.
	http.DefaultTransport.(*http.Transport).MaxIdleConnsPerHost = 100
	for try := 0; try < 300; try++ {
		if _, err := get(server); err == nil {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	tell("many requests", many(server))
	tell("download", download(server))
	tell("upload", upload(server+"/put"))
	tell("upload to a slow reader", upload(server+"/slow"))
	tell("datagrams", echo(os.Args[1]))
	tell("afterwards", many(server))
}
