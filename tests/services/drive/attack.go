// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"time"
)

// phantom is a station on the guest's network that no kernel stands behind: it answers ARP, and says on TCP what it's told to.
type phantom struct {
	socket   int
	index    int
	mac      [6]byte
	ip       [4]byte // what it calls itself; all of flood's are answered for as well
	guest    [4]byte
	guestMAC [6]byte
}

const (
	fin = 1
	syn = 2
	rst = 4
	psh = 8
	ack = 16

	etherIP  = 0x0800
	etherIP6 = 0x86dd
	etherARP = 0x0806

	untilItWaits = 300 * time.Millisecond // the guest's program has nothing to do but to wait for the connection
	queueHolds   = 4097                   // connections that nobody has accepted: net.core.somaxconn and one
	againAfter   = 2 * time.Second        // an answer is repeated after three
	noneFor      = 10 * time.Second       // half of what a SYN may remain unanswered
)

// segment is what matters of a TCP segment.
type segment struct {
	from, to uint16
	seq, ack uint32
	flags    byte
	data     []byte
}

func swap(n uint16) uint16 { return n<<8 | n>>8 }

func newPhantom(name, own, guest string) (*phantom, error) {
	card, err := net.InterfaceByName(name)
	if err != nil {
		return nil, err
	}
	p := &phantom{index: card.Index, mac: [6]byte{2, 0xfa, 0, 0, 0, 1}}
	copy(p.ip[:], net.ParseIP(own).To4())
	copy(p.guest[:], net.ParseIP(guest).To4())
	p.socket, err = syscall.Socket(syscall.AF_PACKET, syscall.SOCK_RAW, int(swap(syscall.ETH_P_ALL)))
	if err != nil {
		return nil, err
	}
	if err := syscall.Bind(p.socket, &syscall.SockaddrLinklayer{Protocol: swap(syscall.ETH_P_ALL), Ifindex: p.index}); err != nil {
		return nil, err
	}
	wait := syscall.NsecToTimeval(int64(50 * time.Millisecond))
	syscall.SetsockoptTimeval(p.socket, syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, &wait)
	return p, p.findGuest()
}

func (p *phantom) send(to [6]byte, kind uint16, payload []byte) {
	frame := append(append(to[:], p.mac[:]...), byte(kind>>8), byte(kind))
	frame = append(frame, payload...)
	for len(frame) < 60 {
		frame = append(frame, 0)
	}
	syscall.Sendto(p.socket, frame, 0, &syscall.SockaddrLinklayer{Ifindex: p.index, Halen: 6})
}

func (p *phantom) arp(op byte, to [6]byte, ip, asked [4]byte) {
	packet := []byte{0, 1, 8, 0, 6, 4, 0, op}
	packet = append(append(packet, p.mac[:]...), ip[:]...)
	packet = append(append(packet, to[:]...), asked[:]...)
	p.send(to, etherARP, packet)
}

func (p *phantom) findGuest() error {
	all := [6]byte{255, 255, 255, 255, 255, 255}
	for try := 0; try < 40; try++ {
		p.arp(1, all, p.ip, p.guest)
		for end := time.Now().Add(200 * time.Millisecond); time.Now().Before(end); {
			if f := p.frame(); len(f) >= 42 && f[13] == 6 && f[12] == 8 && f[21] == 2 && toFour(f[28:]) == p.guest {
				copy(p.guestMAC[:], f[22:28])
				return nil
			}
		}
	}
	return fmt.Errorf("%v answers no ARP", net.IP(p.guest[:]))
}

func toFour(b []byte) (a [4]byte) {
	copy(a[:], b)
	return a
}

// frame is the next from the guest, or nil after a while. Who asks for an address of ours gets an answer.
func (p *phantom) frame() []byte {
	buffer := make([]byte, 2048)
	n, from, err := syscall.Recvfrom(p.socket, buffer, 0)
	if err != nil {
		return nil
	}
	if l, ok := from.(*syscall.SockaddrLinklayer); ok && l.Pkttype == syscall.PACKET_OUTGOING {
		return nil
	}
	f := buffer[:n]
	if n >= 42 && f[12] == 8 && f[13] == 6 && f[21] == 1 && f[38] == p.ip[0] && f[39] == p.ip[1] && f[40] == p.ip[2] && f[41] >= 200 {
		p.arp(2, [6]byte{f[22], f[23], f[24], f[25], f[26], f[27]}, toFour(f[38:]), p.guest)
	}
	return f
}

func sum16(sum uint32, data []byte) uint32 {
	for i := 0; i+1 < len(data); i += 2 {
		sum += uint32(data[i])<<8 | uint32(data[i+1])
	}
	if len(data)%2 == 1 {
		sum += uint32(data[len(data)-1]) << 8
	}
	return sum
}

func fold(sum uint32) uint16 {
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}

// say sends a segment from that address.
func (p *phantom) say(ip [4]byte, s segment) {
	tcp := make([]byte, 20, 20+len(s.data))
	binary.BigEndian.PutUint16(tcp, s.from)
	binary.BigEndian.PutUint16(tcp[2:], s.to)
	binary.BigEndian.PutUint32(tcp[4:], s.seq)
	binary.BigEndian.PutUint32(tcp[8:], s.ack)
	tcp[12], tcp[13] = 5<<4, s.flags
	binary.BigEndian.PutUint16(tcp[14:], 8192)
	tcp = append(tcp, s.data...)
	pseudo := append(append(ip[:], p.guest[:]...), 0, 6, byte(len(tcp)>>8), byte(len(tcp)))
	binary.BigEndian.PutUint16(tcp[16:], fold(sum16(sum16(0, pseudo), tcp)))
	head := []byte{0x45, 0, byte((20 + len(tcp)) >> 8), byte(20 + len(tcp)), 0, 1, 0x40, 0, 64, 6, 0, 0}
	head = append(append(head, ip[:]...), p.guest[:]...)
	binary.BigEndian.PutUint16(head[10:], fold(sum16(0, head)))
	p.send(p.guestMAC, etherIP, append(head, tcp...))
}

// segmentIn is the TCP segment in a frame, and to whom it goes.
func segmentIn(f []byte) (s segment, to [4]byte, ok bool) {
	if len(f) < 54 || f[12] != 8 || f[13] != 0 || f[23] != 6 {
		return s, to, false
	}
	ip := f[14:]
	total, head := int(binary.BigEndian.Uint16(ip[2:])), int(ip[0]&15)*4
	if total > len(ip) || head+20 > total {
		return s, to, false
	}
	tcp := ip[head:total]
	return segment{binary.BigEndian.Uint16(tcp), binary.BigEndian.Uint16(tcp[2:]), binary.BigEndian.Uint32(tcp[4:]),
		binary.BigEndian.Uint32(tcp[8:]), tcp[13], tcp[int(tcp[12]>>4)*4:]}, toFour(ip[16:]), true
}

// hear waits for the guest's next segment to that port of ours that has these flags.
func (p *phantom) hear(port uint16, flags byte, patience time.Duration) (s segment, ok bool) {
	for end := time.Now().Add(patience); time.Now().Before(end); {
		s, _, ok = segmentIn(p.frame())
		if ok && s.to == port && s.flags&flags == flags {
			return s, true
		}
	}
	return s, false
}

// talkTo is one connection of the phantom's, by hand.
type talkTo struct {
	p          *phantom
	port       uint16
	to         uint16
	next, seen uint32 // our next sequence number; what we have of theirs
}

func (t *talkTo) say(flags byte, data string) {
	t.p.say(t.p.ip, segment{t.port, t.to, t.next, t.seen, flags, []byte(data)})
	t.next += uint32(len(data))
	if flags&(syn|fin) != 0 {
		t.next++
	}
}

func (t *talkTo) hear(flags byte) error {
	s, ok := t.p.hear(t.port, flags, 10*time.Second)
	if !ok {
		return fmt.Errorf("port %d: nothing with flags %#x came", t.port, flags)
	}
	t.seen = s.seq + uint32(len(s.data))
	if s.flags&(syn|fin) != 0 {
		t.seen++
	}
	return nil
}

var nextPort uint16 = 20000

func (p *phantom) open(to uint16) (*talkTo, error) {
	nextPort++
	t := &talkTo{p: p, port: nextPort, to: to, next: uint32(nextPort) << 12}
	t.say(syn, "")
	if err := t.hear(syn | ack); err != nil {
		return nil, err
	}
	t.say(ack, "")
	return t, nil
}

// steps makes a connection to a service, goes through the steps, and resets it. "say" is what we send, "hear" what must come.
func (p *phantom) steps(to uint16, list ...interface{}) error {
	t, err := p.open(to)
	if err != nil {
		return err
	}
	for i := 0; i < len(list); i += 2 {
		flags := byte(list[i].(int))
		if text, sends := list[i+1].(string); sends {
			t.say(flags, text)
		} else if err := t.hear(flags); err != nil {
			return fmt.Errorf("step %d: %w", i/2, err)
		}
	}
	time.Sleep(untilItWaits)
	t.say(rst|ack, "")
	return nil
}

// listed is nil if the guest's /proc/net/tcp or tcp6 has a connection from this port in this state, as the kernel numbers them.
func (p *phantom) listed(port uint16, state string) error {
	c, err := dial(net.IP(p.guest[:]).String() + ":7007")
	if err != nil {
		return err
	}
	defer c.Close()
	table, err := io.ReadAll(c)
	if err == nil && !strings.Contains(string(table), fmt.Sprintf(":%04X %s ", port, state)) {
		err = fmt.Errorf("port %d isn't listed in state %s:\n%s", port, state, table)
	}
	return err
}

// hears stands in a list of steps for what must come.
const hears = 0

// halfOpen resets what hasn't been made yet.
func (p *phantom) halfOpen() error {
	t := &talkTo{p: p, port: 19000, to: 7000, next: 1000}
	t.say(syn, "")
	if err := t.hear(syn | ack); err != nil {
		return err
	}
	err := p.listed(t.port, "03")
	t.say(rst, "")
	return err
}

// outside sends a reset that's out of the window, which must not end the connection (RFC 5961, 3.2).
func (p *phantom) outside() error {
	t, err := p.open(7000)
	if err != nil {
		return err
	}
	right := t.next
	t.next += 1 << 30
	t.say(rst, "")
	t.next = right
	t.say(psh|ack, "still here")
	if err := t.hear(psh); err != nil {
		return err
	}
	t.say(rst|ack, "")
	return nil
}

// ended has a connection that the guest has ended first, and waits in TIME_WAIT now.
func (p *phantom) ended() (*talkTo, error) {
	t, err := p.open(7005)
	if err == nil {
		err = t.hear(fin)
	}
	if err != nil {
		return nil, err
	}
	t.say(fin|ack, "")
	if err := t.hear(ack); err != nil {
		return nil, err
	}
	return t, p.listed(t.port, "06")
}

// anew makes a connection from the port of one that's in TIME_WAIT (RFC 9293, 3.10.7.4).
func (p *phantom) anew() error {
	t, err := p.ended()
	if err != nil {
		return err
	}
	last := t.seen
	t.next += 100000
	t.say(syn, "")
	if err := t.hear(syn | ack); err != nil {
		return err
	}
	if int32(t.seen-last) <= 0 {
		return fmt.Errorf("sequence numbers went back from %d to %d", last, t.seen)
	}
	t.say(ack, "")
	err = t.hear(fin)
	t.say(rst|ack, "")
	return err
}

// before sends the SYN of a connection that's over, which must not make another, and a reset, which ends the waiting.
func (p *phantom) before() error {
	t, err := p.ended()
	if err != nil {
		return err
	}
	right := t.next
	t.next = right - 100000
	t.say(syn, "")
	s, ok := p.hear(t.port, ack, 10*time.Second)
	if !ok || s.flags&syn != 0 {
		return fmt.Errorf("an old SYN is answered with flags %#x", s.flags)
	}
	t.next = right
	t.say(rst, "")
	t.next = right - 100000
	t.say(syn, "")
	err = t.hear(syn | ack)
	t.say(rst, "")
	return err
}

// second sends another SYN in the middle of a connection, which must not end it (RFC 5961, 4.2).
func (p *phantom) second() error {
	t, err := p.open(7000)
	if err != nil {
		return err
	}
	t.say(syn, "")
	t.next--
	err = t.hear(ack)
	t.say(rst|ack, "")
	return err
}

// flood sends SYNs from addresses that never answer. When the guest's queue is full of them it must let go of some long before they time out, or
// nobody else gets in: it goes on answering others, until there are more of them than the queue holds.
func (p *phantom) flood() error {
	answered, last := 0, time.Now()
	sent := map[[6]byte]time.Time{} // what has no answer yet, and when it was sent
	for i := 0; answered < queueHolds+100; i++ {
		ip := p.ip
		ip[3] = byte(200 + i%50)
		port := uint16(1024 + i)
		p.say(ip, segment{from: port, to: 7000, seq: uint32(i) * 7919, flags: syn})
		sent[[6]byte{ip[0], ip[1], ip[2], ip[3], byte(port >> 8), byte(port)}] = time.Now()
		for f, n := []byte{0}, 0; i%64 == 63 && f != nil && n < 128; n++ { // what is said again never ends
			f = p.frame()
			s, to, ok := segmentIn(f)
			from := [6]byte{to[0], to[1], to[2], to[3], byte(s.to >> 8), byte(s.to)}
			if ok && s.flags == syn|ack {
				if time.Since(sent[from]) < againAfter {
					answered, last = answered+1, time.Now()
				}
				delete(sent, from)
			}
		}
		if time.Since(last) > noneFor {
			return fmt.Errorf("%d SYNs were answered, and then none for %v", answered, noneFor)
		}
	}
	return nil
}

// nonsense sends segments with every combination of flags to a port that listens, and to one that doesn't.
func (p *phantom) nonsense() error {
	for flags := 0; flags < 256; flags++ {
		for _, to := range []uint16{7000, 7009} {
			p.say(p.ip, segment{from: uint16(30000 + flags), to: to, seq: 1, ack: 1, flags: byte(flags), data: []byte("nonsense")})
		}
	}
	return nil
}

// claim says to everybody that this address is ours, as one that looks for duplicates would be told (RFC 4861, 4.4).
func (p *phantom) claim(address string) error {
	mine, all := []byte{0xfe, 0x80, 15: 0xfa}, []byte{0xff, 2, 15: 1}
	said := append([]byte{136, 0, 0, 0, 0x20, 0, 0, 0}, net.ParseIP(address).To16()...)
	said = append(append(said, 2, 1), p.mac[:]...)
	pseudo := append(append(append([]byte{}, mine...), all...), 0, 0, 0, byte(len(said)), 0, 0, 0, 58)
	binary.BigEndian.PutUint16(said[2:], fold(sum16(sum16(0, pseudo), said)))
	packet := append([]byte{0x60, 0, 0, 0, 0, byte(len(said)), 58, 255}, mine...)
	p.send([6]byte{0x33, 0x33, 0, 0, 0, 1}, etherIP6, append(append(packet, all...), said...))
	return echoOnce("["+address+"]:7000", "still ours")
}

// runAttacks does them all; after each the service must answer, and at the end nothing may be left of them.
func runAttacks(name, own, guest, guest6 string) int {
	p, err := newPhantom(name, own, guest)
	if err != nil {
		return report("attack", err)
	}
	echo, stateAt := guest+":7000", guest+":7004"
	before, err := state(stateAt)
	failed := report("the guest serves", err)
	for _, a := range []struct {
		name string
		run  func() error
	}{
		{"reset before it's made", p.halfOpen},
		{"reset of what's made", func() error { return p.steps(7000) }},
		{"reset with data on its way", func() error { return p.steps(7000, psh|ack, "hello", psh, hears) }},
		{"reset behind our end", func() error { return p.steps(7000, psh|ack, "hello", psh, hears, fin|ack, "", fin, hears) }},
		{"reset behind their end", func() error { return p.steps(7005, fin, hears) }},
		{"reset behind their end, acknowledged", func() error { return p.steps(7005, fin, hears, ack, "") }},
		{"reset behind both ends", func() error { return p.steps(7005, fin, hears, fin|ack, "", ack, hears) }},
		{"ends that cross", func() error { return p.steps(7005, fin|ack, "", fin, hears) }},
		{"a SYN behind the end", p.anew},
		{"a SYN before the end", p.before},
		{"a second SYN", p.second},
		{"reset out of the window", p.outside},
		{"segments without sense", p.nonsense},
		{"a neighbour with the same address", func() error { return p.claim(guest6) }},
		{"SYNs of nobody", p.flood},
	} {
		err := a.run()
		if err == nil {
			err = echoOnce(echo, "still here")
		}
		failed += report(a.name, err)
	}
	failed += report("no goroutine and no connection is left", settled(stateAt, before))
	failed += report("no memory is left", memoryBack(stateAt, before))
	if failed > 0 {
		return 1
	}
	return 0
}

// memoryBack waits until the guest has what it had, but for 4 MiB of the heap's own.
func memoryBack(address string, before account) error {
	var now account
	var err error
	for i := 0; i < 100; i++ {
		if now, err = state(address); err == nil && now.freeKiB > before.freeKiB-4096 {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return fmt.Errorf("%d KiB were free, %d KiB are now (%v)", before.freeKiB, now.freeKiB, err)
}
