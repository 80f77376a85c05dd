// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	stillFor  = 30 * time.Second // what makes no progress for so long is looked into
	neverFor  = 10 * time.Minute // and what makes none for so long is stuck, however busy the machine is
	others    = 2000             // steps of the others meanwhile that tell that the machine isn't just slow
	lullEach  = 30 * time.Second // of full load; then
	lullLasts = 3 * time.Second  // of one connection alone
	lateAfter = 150 * time.Millisecond
)

// A soak keeps every service busy and looks for wake-ups that were lost. A connection that makes no progress while the guest should do
// something is one if the others went on meanwhile, or if the machine slept: it neither ran nor waited for one of the host's CPUs. A slow machine
// does neither. Every now and then all others pause, so that nothing hides a lost interrupt of one connection: TCP would repeat itself after
// 200 ms, and an answer that comes so late from a machine that slept is counted as late.
type soak struct {
	address map[string]string
	machine int // its launcher's process
	end     time.Time
	load    sync.RWMutex // held for reading by what is part of the load
	mu      sync.Mutex   // over the rest
	done    map[string]int
	failed  error
	pings   []time.Duration
	late    int
	samples []sample
}

// sample is how far everything was at a time.
type sample struct {
	at    time.Time
	moved int64
	busy  time.Duration
}

// busy is how long a process and its children have run or waited for a CPU, their threads' times added up.
func busy(pid int) (total time.Duration) {
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", pid))
	for _, task := range tasks {
		var ran, waited time.Duration
		text, _ := os.ReadFile(task + "/schedstat")
		fmt.Sscan(string(text), &ran, &waited)
		total += ran + waited
		children, _ := os.ReadFile(task + "/children")
		for _, child := range strings.Fields(string(children)) {
			total += busy(number(child))
		}
	}
	return total
}

// keepAlive is a client that keeps its connections, and knows that one may be gone.
var keepAlive = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}

func keptWeb(address string) error {
	w := newWait("request to " + address)
	defer w.drop()
	w.begin()
	defer w.end()
	reply, err := keepAlive.Get("http://" + address + "/")
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

// kept is a connection to the echo that lasts.
type kept struct{ l *link }

func (k *kept) ping(address string, size int) (err error) {
	if k.l == nil {
		if k.l, err = dial(address); err != nil {
			return err
		}
		k.l.SetDeadline(time.Time{})
	}
	data, got := make([]byte, size), make([]byte, size)
	rand.Read(data)
	if _, err = k.l.Write(data); err == nil {
		_, err = io.ReadFull(k.l, got)
	}
	if err == nil && !bytes.Equal(data, got) {
		err = errors.New("other bytes came back")
	}
	return err
}

func (k *kept) close() {
	if k.l != nil {
		k.l.Close()
	}
}

// datagram goes and comes back; it may be lost a few times.
func datagram(address string, size int) error {
	c, err := net.Dial("udp", address)
	if err != nil {
		return err
	}
	defer c.Close()
	w := newWait("datagram to " + address)
	defer w.drop()
	w.begin()
	defer w.end()
	data, got := make([]byte, size), make([]byte, 64<<10)
	rand.Read(data)
	for end := time.Now().Add(neverFor); time.Now().Before(end); {
		c.Write(data)
		c.SetReadDeadline(time.Now().Add(time.Second))
		if n, err := c.Read(got); err == nil && bytes.Equal(data, got[:n]) {
			return nil
		}
	}
	return errors.New("no datagram comes back")
}

func (s *soak) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failed == nil && err != nil {
		s.failed = err
	}
}

func (s *soak) over() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failed != nil || time.Now().After(s.end)
}

// work is one of those that make the load.
func (s *soak) work(name string, run func() error) {
	for !s.over() {
		s.load.RLock()
		err := run()
		s.load.RUnlock()
		if err != nil {
			s.fail(fmt.Errorf("%s: %w", name, err))
		}
		s.mu.Lock()
		s.done[name]++
		s.mu.Unlock()
	}
}

// lull lets one connection talk alone.
func (s *soak) lull() {
	var k kept
	for end := time.Now().Add(lullLasts); time.Now().Before(end) && !s.over(); {
		before, own, from := busy(s.machine), busy(os.Getpid()), time.Now()
		if err := k.ping(s.address["echo"], 1+rand.Intn(1000)); err != nil {
			s.fail(fmt.Errorf("lull: %w", err))
		}
		took := time.Since(from)
		slept := took - (busy(s.machine) - before) - (busy(os.Getpid()) - own)
		s.mu.Lock()
		s.pings = append(s.pings, took)
		if slept > lateAfter {
			s.late++
			fmt.Printf("# an answer took %v, for %v of which the machine slept\n", took, slept)
		}
		s.mu.Unlock()
	}
	k.close()
}

// at is the sample of that time.
func (s *soak) at(t time.Time) sample {
	i := sort.Search(len(s.samples), func(i int) bool { return s.samples[i].at.After(t) })
	if i == 0 {
		return s.samples[0]
	}
	return s.samples[i-1]
}

// judge says what it means that the guest lets somebody wait.
func (s *soak) judge() error {
	now := sample{time.Now(), atomic.LoadInt64(&moved), busy(s.machine)}
	paused := len(s.samples) > 0 && now.at.Sub(s.samples[len(s.samples)-1].at) > 5*time.Second
	if paused { // it's we who didn't run: nothing that was before tells anything
		s.samples = nil
	}
	s.samples = append(s.samples, now)
	list, first := overdue(now.at.Add(-stillFor))
	if len(list) == 0 || s.samples[0].at.After(first) {
		return nil
	}
	then, still := s.at(first), now.at.Sub(first).Round(time.Second)
	steps, ran := now.moved-then.moved, now.busy-then.busy
	what := fmt.Sprintf("no progress for %v: %s; %d steps of others, the machine was busy for %v", still, strings.Join(list, "; "), steps, ran)
	switch {
	case steps > others, ran < still/10:
		return errors.New("lost wake-up: " + what)
	case still > neverFor:
		return errors.New("stuck: " + what)
	case int(still.Seconds())%60 == 0:
		fmt.Println("# slow:", what)
	}
	return nil
}

func (s *soak) watch() {
	for i := 1; !s.over(); i++ {
		time.Sleep(time.Second)
		if err := s.judge(); err != nil {
			s.fail(err)
			s.examine()
		}
		if i%60 == 0 {
			fmt.Println("#", s)
		}
	}
}

// examine tells whether a new connection is served, and what both sides have of the old ones.
func (s *soak) examine() {
	done := make(chan error, 1)
	go func() {
		c, err := dial(s.address["table"])
		if err == nil {
			_, err = io.Copy(os.Stdout, c)
		}
		done <- err
	}()
	fmt.Println("# the guest's connections:")
	select {
	case err := <-done:
		fmt.Println("# a new connection meanwhile:", err)
	case <-time.After(10 * time.Second):
		fmt.Println("# a new connection meanwhile: no answer in 10 seconds")
	}
	table, _ := os.ReadFile("/proc/net/tcp")
	fmt.Printf("# this side's connections:\n%s", table)
}

// timeouts is how often TCP on this side has repeated itself for want of an answer.
func timeouts() (n int) {
	text, _ := os.ReadFile("/proc/net/netstat")
	lines := strings.Split(string(text), "\n")
	for i := 0; i+1 < len(lines); i += 2 {
		names, values := strings.Fields(lines[i]), strings.Fields(lines[i+1])
		for k := range names {
			if names[0] == "TcpExt:" && names[k] == "TCPTimeouts" {
				n = number(values[k])
			}
		}
	}
	return n
}

func (s *soak) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	words := []string{}
	for name, n := range s.done {
		words = append(words, fmt.Sprintf("%s %d", name, n))
	}
	sort.Strings(words)
	sort.Slice(s.pings, func(i, k int) bool { return s.pings[i] < s.pings[k] })
	if n := len(s.pings); n > 0 {
		words = append(words, fmt.Sprintf("alone %d (half within %v, all within %v, late %d)", n, s.pings[n/2].Round(time.Microsecond),
			s.pings[n-1].Round(time.Microsecond), s.late))
	}
	return strings.Join(words, ", ")
}

// run makes the load, with a lull in it every now and then, until the time is over.
func (s *soak) run() {
	const each = 4
	lasting := [each]kept{}
	for i := range lasting {
		k := &lasting[i]
		for name, run := range map[string]func() error{
			"kept":      func() error { return k.ping(s.address["echo"], 1+rand.Intn(64<<10)) },
			"echo":      func() error { return bothWays(s.address["echo"], 64<<10) },
			"web":       func() error { return web(s.address["patient"]) },
			"kept web":  func() error { return keptWeb(s.address["patient"]) },
			"datagrams": func() error { return datagram(s.address["datagrams"], 1+rand.Intn(9000)) },
			"sink":      func() error { return upload(s.address["sink"], 1<<20) },
			"source":    func() error { return download(s.address["source"], 1<<20, 0) },
		} {
			go s.work(name, run)
		}
	}
	go s.watch()
	for next := time.Now().Add(lullEach); !s.over(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(next) {
			s.load.Lock()
			s.lull()
			s.load.Unlock()
			next = time.Now().Add(lullEach)
		}
	}
	if s.failed != nil {
		return
	}
	s.load.Lock() // whoever still works is waited for
	keepAlive.CloseIdleConnections()
	for i := range lasting {
		lasting[i].close()
	}
}

func runSoak(machine, seconds int, addresses map[string]string) int {
	patienceOf = 2 * neverFor
	begun, err := state(addresses["state"])
	if err != nil {
		return report("the guest serves", err)
	}
	s := &soak{address: addresses, machine: machine, done: map[string]int{}, end: time.Now().Add(time.Duration(seconds) * time.Second)}
	before := timeouts()
	s.run()
	failed := report(fmt.Sprintf("soak of %d s: %v, TCP timeouts %d", seconds, s, timeouts()-before), s.failed)
	if s.failed == nil {
		failed += report("no goroutine and no connection is left", settled(addresses["state"], begun))
		failed += report("no memory is left", memoryBack(addresses["state"], begun))
	}
	if failed > 0 {
		return 1
	}
	return 0
}
