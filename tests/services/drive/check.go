// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

func checksum(data []byte) []byte {
	sum := sha256.Sum256(data)
	return sum[:8]
}

// sequence is the guest's: xorshift.
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

func newSequence(n int64) io.Reader {
	s := sequence(88172645463325252)
	return io.LimitReader(&s, n)
}

// echoOnce says something, and how it ends.
func echoOnce(address, text string) error {
	c, err := dial(address)
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := io.WriteString(c, text); err != nil {
		return err
	}
	if err := c.CloseWrite(); err != nil {
		return err
	}
	got, err := io.ReadAll(c)
	if err == nil && string(got) != text {
		err = fmt.Errorf("%d bytes went, %d came back", len(text), len(got))
	}
	return err
}

func upload(address string, size int64) error {
	c, err := dial(address)
	if err != nil {
		return err
	}
	defer c.Close()
	sum := sha256.New()
	if _, err := io.Copy(c, io.TeeReader(newSequence(size), sum)); err != nil {
		return err
	}
	if err := c.CloseWrite(); err != nil {
		return err
	}
	got, err := bufio.NewReader(c).ReadString('\n')
	if err == nil && strings.TrimSpace(got) != fmt.Sprintf("%x", sum.Sum(nil)) {
		err = errors.New("other bytes arrived")
	}
	return err
}

// download takes pauses of that length between reads.
func download(address string, size int64, pause time.Duration) error {
	c, err := dial(address)
	if err != nil {
		return err
	}
	defer c.Close()
	fmt.Fprintf(c, "%d\n", size)
	want, got := sha256.New(), sha256.New()
	io.Copy(want, newSequence(size))
	part := make([]byte, 64<<10)
	for total := int64(0); ; {
		n, err := c.Read(part)
		got.Write(part[:n])
		total += int64(n)
		if err == io.EOF && total == size {
			break
		}
		if err != nil {
			return fmt.Errorf("after %d of %d bytes: %w", total, size, err)
		}
		time.Sleep(pause)
	}
	if !bytes.Equal(want.Sum(nil), got.Sum(nil)) {
		return errors.New("other bytes arrived")
	}
	return nil
}

// halfClosed sends nothing, only its end, and must get the other's.
func halfClosed(address string) error { return echoOnce(address, "") }

// hangsUp waits for the end that the other makes at once.
func hangsUp(address string) error {
	c, err := dial(address)
	if err != nil {
		return err
	}
	defer c.Close()
	n, err := c.Read(make([]byte, 1))
	if n != 0 || err != io.EOF {
		return fmt.Errorf("%d bytes, %v", n, err)
	}
	return nil
}

// refused is a port where nobody listens; behind a forward the connection is made, and ends at once.
func refused(address string) error {
	c, err := dial(address)
	if errors.Is(err, syscall.ECONNREFUSED) {
		return nil
	}
	if err != nil {
		return err
	}
	defer c.Close()
	n, err := c.Read(make([]byte, 1))
	if n != 0 || err == nil || os.IsTimeout(err) {
		return fmt.Errorf("%d bytes, %v", n, err)
	}
	return nil
}

func datagrams(address string) error {
	c, err := net.Dial("udp", address)
	if err != nil {
		return err
	}
	defer c.Close()
	for _, size := range []int{1, 100, 1400, 9000} {
		data, got := make([]byte, size), make([]byte, 64<<10)
		io.ReadFull(newSequence(int64(size)), data)
		n := 0
		for try := 0; try < 10 && !bytes.Equal(data, got[:n]); try++ { // any may be lost
			c.Write(data)
			c.SetReadDeadline(time.Now().Add(3 * time.Second))
			n, err = c.Read(got)
		}
		if !bytes.Equal(data, got[:n]) {
			return fmt.Errorf("%d bytes: no answer, or another (%v)", size, err)
		}
	}
	return nil
}

// hold has n connections open at once, each of which must work, and does something while they are.
func hold(address string, n int, meanwhile func() error) error {
	conns := make([]*link, 0, n)
	defer func() {
		for _, c := range conns {
			c.Close()
		}
	}()
	for len(conns) < n {
		c, err := dial(address)
		if err != nil {
			return fmt.Errorf("connection %d: %w", len(conns), err)
		}
		conns = append(conns, c)
	}
	for i, c := range conns {
		c.SetDeadline(time.Now().Add(patience))
		fmt.Fprintf(c, "%d\n", i)
	}
	for i, c := range conns { // a machine that emulates takes its time for thousands
		c.SetDeadline(time.Now().Add(5 * patience))
		line, err := bufio.NewReader(c).ReadString('\n')
		if err != nil || line != fmt.Sprintf("%d\n", i) {
			return fmt.Errorf("connection %d: %q, %v", i, line, err)
		}
	}
	return meanwhile()
}

func nothing() error { return nil }

// abandon makes n connections and resets them at different times of their life.
func abandon(address string, n int) error {
	for i := 0; i < n; i++ {
		c, err := dial(address)
		if err != nil {
			return err
		}
		c.SetLinger(0)
		if i%3 > 0 {
			c.Write(make([]byte, 100*i))
		}
		if i%3 == 2 {
			c.CloseWrite()
		}
		c.Close()
	}
	return nil
}

// atOnce runs n of them together.
func atOnce(n int, work func() error) error {
	errs := make(chan error, n)
	for i := 0; i < n; i++ {
		go func() { errs <- work() }()
	}
	var first error
	for i := 0; i < n; i++ {
		if err := <-errs; err != nil && first == nil {
			first = err
		}
	}
	return first
}

// slowLoris holds n half-told requests, and asks properly meanwhile. The server gives up on the slow after its time.
func slowLoris(address string, n int) error {
	conns := make([]*link, n)
	for i := range conns {
		c, err := dial(address)
		if err != nil {
			return err
		}
		defer c.Close()
		io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
		conns[i] = c
	}
	if err := web(address); err != nil {
		return err
	}
	for i, c := range conns {
		c.SetDeadline(time.Now().Add(patience))
		if _, err := io.ReadAll(c); os.IsTimeout(err) {
			return fmt.Errorf("request %d is still held", i)
		}
	}
	return nil
}

func web(address string) error {
	client := &http.Client{Timeout: patienceOf, Transport: &http.Transport{DisableKeepAlives: true}}
	reply, err := client.Get("http://" + address + "/")
	if err != nil {
		return err
	}
	defer reply.Body.Close()
	text, err := io.ReadAll(reply.Body)
	if err == nil && string(text) != "hello\n" {
		err = fmt.Errorf("answered %q", text)
	}
	return err
}

// account is what the guest says it has.
type account struct{ goroutines, freeKiB, sockets, orphans int }

func state(address string) (a account, err error) {
	c, err := dial(address)
	if err != nil {
		return a, err
	}
	defer c.Close()
	_, err = fmt.Fscan(c, &a.goroutines, &a.freeKiB, &a.sockets, &a.orphans)
	return a, err
}

// settled waits until the guest has no more goroutines and connections than before, but for that of the question and of the one before.
func settled(address string, before account) error {
	var now account
	var err error
	for i := 0; i < 300; i++ {
		now, err = state(address)
		if err == nil && now.goroutines <= before.goroutines+1 && now.sockets <= before.sockets+1 && now.orphans <= before.orphans+1 {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return fmt.Errorf("before: %+v, now: %+v (%v)", before, now, err)
}

type named struct {
	name, service string
	run           func(address string) error
}

var checks = []named{
	{"echo", "echo", func(a string) error { return echoOnce(a, "hello") }},
	{"nothing but an end", "echo", halfClosed},
	{"the other's end", "close", hangsUp},
	{"refused", "nobody", refused},
	{"much to the guest", "sink", func(a string) error { return upload(a, megabytes()<<20) }},
	{"much from the guest", "source", func(a string) error { return download(a, megabytes()<<20, 0) }},
	{"both ways at once", "echo", func(a string) error {
		return atOnce(4, func() error { return bothWays(a, megabytes()<<16) })
	}},
	{"slow reader", "source", func(a string) error { return download(a, 1<<20, 20*time.Millisecond) }},
	{"datagrams", "datagrams", datagrams},
	{"250 connections", "echo", func(a string) error { return hold(a, 250, nothing) }},
	{"500 short ones, 5 at once", "echo", func(a string) error {
		return atOnce(5, func() error { return repeated(100, func() error { return hold(a, 1, nothing) }) })
	}},
	{"reset", "echo", func(a string) error { return abandon(a, 60) }},
	{"slow requests", "web", func(a string) error { return slowLoris(a, 50) }},
	{"echo after all that", "echo", func(a string) error { return echoOnce(a, "hello") }},
}

// megabytes is how much is much: MEGABYTES, or 16.
func megabytes() int64 {
	if n, err := strconv.ParseInt(os.Getenv("MEGABYTES"), 10, 64); err == nil {
		return n
	}
	return 16
}

func repeated(n int, work func() error) error {
	for i := 0; i < n; i++ {
		if err := work(); err != nil {
			return err
		}
	}
	return nil
}

// bothWays sends and reads at the same time.
func bothWays(address string, size int64) error {
	c, err := dial(address)
	if err != nil {
		return err
	}
	defer c.Close()
	var group sync.WaitGroup
	group.Add(1)
	go func() {
		defer group.Done()
		io.Copy(c, newSequence(size))
		c.CloseWrite()
	}()
	want, got := sha256.New(), sha256.New()
	io.Copy(want, newSequence(size))
	_, err = io.Copy(got, c)
	group.Wait()
	if err == nil && !bytes.Equal(want.Sum(nil), got.Sum(nil)) {
		err = errors.New("other bytes came back")
	}
	return err
}

func report(name string, err error) int {
	if err != nil {
		fmt.Printf("not ok %s: %v\n", name, err)
		return 1
	}
	fmt.Println("ok", name)
	return 0
}

// runChecks does those whose service there is, unless ONLY names others.
func runChecks(addresses map[string]string) int {
	only, failed := os.Getenv("ONLY"), 0
	before, err := state(addresses["state"])
	failed += report("the guest serves", err)
	for _, c := range checks {
		if address := addresses[c.service]; address != "" && (only == "" || only == c.name) {
			failed += report(c.name, c.run(address))
		}
	}
	failed += report("nothing is left", settled(addresses["state"], before))
	if failed > 0 {
		return 1
	}
	return 0
}
