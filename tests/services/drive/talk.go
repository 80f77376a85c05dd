// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"
)

const patience = 60 * time.Second

// talk prints what an example of examples/ answers. What differs from run to run isn't printed.
func talk(name, address string) {
	talks := map[string]func(address string){
		"httpd": talkHTTP, "tls": talkTLS, "websocket": talkWebSocket, "udp": talkUDP, "kv": talkKV, "kv-again": talkKVAgain,
	}
	if talks[name] == nil {
		must(fmt.Errorf("there is no example %s", name))
	}
	talks[name](address)
}

func ask(client *http.Client, method, url, body string) {
	request, err := http.NewRequest(method, url, strings.NewReader(body))
	must(err)
	reply, err := client.Do(request)
	if err != nil {
		fmt.Println(method, "failed:", err)
		return
	}
	defer reply.Body.Close()
	text, err := io.ReadAll(reply.Body)
	path := request.URL.RequestURI()
	fmt.Printf("%s %s: %d %q %s %v\n", method, path, reply.StatusCode, reply.Header.Get("Content-Type"), summary(text), err)
}

// summary is the text, or where it's long how long it is and how it sums up.
func summary(text []byte) string {
	if len(text) <= 100 {
		return fmt.Sprintf("%q", text)
	}
	return fmt.Sprintf("%d bytes, sum %x", len(text), checksum(text))
}

func talkHTTP(address string) {
	client := &http.Client{Timeout: patience}
	base := "http://" + address
	ask(client, "GET", base+"/?name=gopher", "")
	ask(client, "HEAD", base+"/", "")
	ask(client, "POST", base+"/?name=", "")
	ask(client, "GET", base+"/files/nosuch", "")
	ask(client, "GET", base+"/nothing", "")
	together(base)
}

// together asks from several clients at once. They are few: QEMU's user network has a backlog of one connection.
func together(base string) {
	const clients, requests = 6, 50
	var group sync.WaitGroup
	var mu sync.Mutex
	good := 0
	for i := 0; i < clients; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			client := &http.Client{Timeout: patience, Transport: &http.Transport{}}
			for j := 0; j < requests; j++ {
				reply, err := client.Get(base + "/?name=all")
				if err != nil {
					fmt.Fprintln(os.Stderr, err)
					continue
				}
				text, _ := io.ReadAll(reply.Body)
				reply.Body.Close()
				mu.Lock()
				if string(text) == "hello, all\n" {
					good++
				}
				mu.Unlock()
			}
			client.CloseIdleConnections()
		}()
	}
	group.Wait()
	fmt.Println("together:", good, "of", clients*requests)
}

// talkTLS trusts the certificate that the server printed, which is on standard input.
func talkTLS(address string) {
	text, err := io.ReadAll(os.Stdin)
	must(err)
	pool := x509.NewCertPool()
	fmt.Println("certificate:", pool.AppendCertsFromPEM(text))
	client := &http.Client{Timeout: patience, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	ask(client, "GET", "https://"+address+"/a/path", "")
	_, port, _ := net.SplitHostPort(address)
	ask(client, "GET", "https://localhost:"+port+"/by-name", "")
	_, err = (&http.Client{Timeout: patience}).Get("https://" + address)
	fmt.Println("a stranger is refused:", err != nil && strings.Contains(err.Error(), "unknown authority"))
}

func talkWebSocket(address string) {
	c, err := net.DialTimeout("tcp", address, patience)
	must(err)
	c.SetDeadline(time.Now().Add(patience))
	fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
	r := bufio.NewReader(c)
	for line := "-"; strings.TrimSpace(line) != ""; {
		line, err = r.ReadString('\n')
		must(err)
		fmt.Println(strings.TrimSpace(line))
	}
	for _, f := range []struct {
		op   byte
		size int
	}{{0x81, 5}, {0x01, 125}, {0x80, 126}, {0x82, 70000}, {0x89, 4}, {0x88, 2}} {
		sendFrame(c, f.op, f.size)
		printFrame(r)
	}
	_, err = r.ReadByte()
	fmt.Println("then:", err)
}

func sendFrame(w io.Writer, op byte, size int) {
	frame := []byte{op, 0x80 | byte(size)}
	switch {
	case size >= 1<<16:
		frame = []byte{op, 0x80 | 127, 0, 0, 0, 0, byte(size >> 24), byte(size >> 16), byte(size >> 8), byte(size)}
	case size > 125:
		frame = []byte{op, 0x80 | 126, byte(size >> 8), byte(size)}
	}
	mask := []byte{1, 2, 3, 4}
	frame = append(frame, mask...)
	for i := 0; i < size; i++ {
		frame = append(frame, byte('a'+i%26)^mask[i%4])
	}
	_, err := w.Write(frame)
	must(err)
}

func printFrame(r *bufio.Reader) {
	head := make([]byte, 2)
	_, err := io.ReadFull(r, head)
	must(err)
	more := map[byte]int{126: 2, 127: 8}[head[1]]
	length := uint64(head[1])
	if more > 0 {
		length = 0
		for i := 0; i < more; i++ {
			b, err := r.ReadByte()
			must(err)
			length = length<<8 | uint64(b)
		}
	}
	payload := make([]byte, length)
	_, err = io.ReadFull(r, payload)
	fmt.Printf("frame %#x %s %v\n", head[0], summary(payload), err)
}

func talkUDP(address string) {
	c, err := net.Dial("udp", address)
	must(err)
	for _, size := range []int{0, 5, 1400, 9000} {
		buffer := make([]byte, 64<<10)
		c.SetDeadline(time.Now().Add(patience))
		_, err = c.Write(bytes.Repeat([]byte("mazboot "), size/8+1)[:size])
		must(err)
		n, err := c.Read(buffer)
		fmt.Println(summary(buffer[:n]), err)
	}
}

func talkKV(address string) {
	client := &http.Client{Timeout: patience}
	base := "http://" + address + "/"
	ask(client, "GET", base, "")
	ask(client, "PUT", base+"color", "green")
	ask(client, "PUT", base+"a/long", strings.Repeat("0123456789", 20000))
	ask(client, "PUT", base+"gone", "soon")
	ask(client, "PUT", base+"color", "blue")
	ask(client, "DELETE", base+"gone", "")
	ask(client, "PATCH", base+"color", "")
	talkKVAgain(address)
}

func talkKVAgain(address string) {
	client := &http.Client{Timeout: patience}
	base := "http://" + address + "/"
	ask(client, "GET", base, "")
	ask(client, "GET", base+"color", "")
	ask(client, "GET", base+"a/long", "")
	ask(client, "GET", base+"gone", "")
}
