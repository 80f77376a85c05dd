// SPDX-License-Identifier: Apache-2.0

package main

import (
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// wait is something that the guest has to do; others can see for how long it hasn't.
type wait struct {
	what  string
	since int64 // in ns of the clock; 0: it needn't do anything
}

var (
	waitsMu sync.Mutex
	waits   = map[*wait]bool{}
	moved   int64 // answers and pieces of data that have come or been taken, of all
)

func newWait(what string) *wait {
	w := &wait{what: what}
	waitsMu.Lock()
	waits[w] = true
	waitsMu.Unlock()
	return w
}

func (w *wait) begin() { atomic.StoreInt64(&w.since, time.Now().UnixNano()) }

func (w *wait) end() {
	atomic.StoreInt64(&w.since, 0)
	atomic.AddInt64(&moved, 1)
}

func (w *wait) drop() {
	waitsMu.Lock()
	delete(waits, w)
	waitsMu.Unlock()
}

// overdue are those that the guest has let wait since before that time, and the time of the first.
func overdue(before time.Time) (list []string, first time.Time) {
	waitsMu.Lock()
	defer waitsMu.Unlock()
	for w := range waits {
		since := atomic.LoadInt64(&w.since)
		if since == 0 || since > before.UnixNano() {
			continue
		}
		list = append(list, w.what)
		if first.IsZero() || since < first.UnixNano() {
			first = time.Unix(0, since)
		}
	}
	return list, first
}

// link is a TCP connection whose waiting can be seen.
type link struct {
	net.Conn
	tcp              *net.TCPConn
	reading, writing *wait
}

// patienceOf is how long a connection lasts at most.
var patienceOf = patience

// dial is a connection that waits for nothing for ever.
func dial(address string) (*link, error) {
	making := newWait("connect to " + address)
	making.begin()
	c, err := net.DialTimeout("tcp", address, patienceOf)
	making.end()
	making.drop()
	if err != nil {
		return nil, err
	}
	c.SetDeadline(time.Now().Add(patienceOf))
	ends := c.LocalAddr().String() + " - " + address
	return &link{c, c.(*net.TCPConn), newWait("read, " + ends), newWait("write, " + ends)}, nil
}

func (l *link) Read(p []byte) (int, error) {
	l.reading.begin()
	defer l.reading.end()
	return l.Conn.Read(p)
}

func (l *link) Write(p []byte) (int, error) {
	l.writing.begin()
	defer l.writing.end()
	return l.Conn.Write(p)
}

func (l *link) Close() error {
	l.reading.drop()
	l.writing.drop()
	return l.Conn.Close()
}

func (l *link) CloseWrite() error { return l.tcp.CloseWrite() }

func (l *link) SetLinger(seconds int) error { return l.tcp.SetLinger(seconds) }
