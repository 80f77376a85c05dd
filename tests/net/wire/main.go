// SPDX-License-Identifier: Apache-2.0

// Wire is both ends of a test of the network card: without an argument the server, which runs in the guest; with the server's address
// the client, which runs on the host and prints "ok NAME" and "not ok NAME" lines.
package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
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
	for i := 0; i < 100; i++ {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for k := 0; k < 20; k++ {
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

func main() {
	if len(os.Args) == 1 {
		serve()
	}
	server := "http://" + os.Args[1]
	http.DefaultClient.Timeout = 2 * time.Minute
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
