// SPDX-License-Identifier: Apache-2.0

// Load is bench/net's end on the host.
//
//	load first PORT COMMAND...   starts the command; prints milliseconds until its server answered, and ends it
//	load get PORT PATH           prints what the server answers
//	load send|receive PORT SIZE  moves bytes to the sink, from the source; prints MB/s
//
// Servers are on 127.0.0.1; where PORT stands, ADDRESS:PORT may.
package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func address(port string) string {
	if strings.Contains(port, ":") {
		return port
	}
	return "127.0.0.1:" + port
}

func get(port, path string) (string, error) {
	client := http.Client{Timeout: 20 * time.Second}
	reply, err := client.Get("http://" + address(port) + path)
	if err != nil {
		return "", err
	}
	defer reply.Body.Close()
	body, err := io.ReadAll(reply.Body)
	if err == nil && reply.StatusCode != http.StatusOK {
		err = fmt.Errorf("status %s", reply.Status)
	}
	return string(body), err
}

// awaitReady reads to the line of the server that says it listens.
func awaitReady(out io.Reader) error {
	var seen []byte
	part := make([]byte, 4096)
	for !bytes.Contains(seen, []byte("ready")) {
		n, err := out.Read(part)
		seen = append(seen, part[:n]...)
		if err != nil {
			return fmt.Errorf("the guest ended early: %s", seen)
		}
	}
	go io.Copy(io.Discard, out)
	return nil
}

func first(port string, words []string) {
	command := exec.Command(words[0], words[1:]...)
	out, err := command.StdoutPipe()
	check(err)
	start := time.Now()
	check(command.Start())
	err = awaitReady(out)
	if err == nil {
		_, err = get(port, "/")
	}
	took := time.Since(start)
	get(port, "/quit")
	command.Wait()
	check(err)
	fmt.Printf("%.1f\n", float64(took.Microseconds())/1000)
}

func connect(port string) *net.TCPConn {
	c, err := net.Dial("tcp", address(port))
	check(err)
	return c.(*net.TCPConn)
}

func send(port string, size int64) {
	c := connect(port)
	buffer := make([]byte, 256<<10)
	for left := size; left > 0; left -= int64(len(buffer)) {
		if left < int64(len(buffer)) {
			buffer = buffer[:left]
		}
		_, err := c.Write(buffer)
		check(err)
	}
	check(c.CloseWrite())
	var got int64
	check(binary.Read(c, binary.BigEndian, &got))
	if got != size {
		check(fmt.Errorf("%d of %d bytes arrived", got, size))
	}
}

func receive(port string, size int64) {
	c := connect(port)
	check(binary.Write(c, binary.BigEndian, size))
	got, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{c}, make([]byte, 256<<10))
	check(err)
	if got != size {
		check(fmt.Errorf("%d of %d bytes arrived", got, size))
	}
}

func timed(move func(port string, size int64), port, size string) {
	n, err := strconv.ParseInt(size, 10, 64)
	check(err)
	start := time.Now()
	move(port, n)
	fmt.Printf("%.1f\n", float64(n)/1e6/time.Since(start).Seconds())
}

func main() {
	switch os.Args[1] {
	case "first":
		first(os.Args[2], os.Args[3:])
	case "get":
		body, err := get(os.Args[2], os.Args[3])
		check(err)
		fmt.Println(body)
	case "send":
		timed(send, os.Args[2], os.Args[3])
	case "receive":
		timed(receive, os.Args[2], os.Args[3])
	default:
		check(fmt.Errorf("there is no %s", os.Args[1]))
	}
}
