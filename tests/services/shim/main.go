// SPDX-License-Identifier: Apache-2.0

// Shim is a bad cable between a tap interface and QEMU's dgram backend on loopback: it loses frames, doubles them, lets others overtake
// them, and flips a bit here and there.
//
//	shim TAP OWN_PORT QEMU_PORT SEED LOST DOUBLED OVERTAKEN FLIPPED     the last four in per mille
package main

import (
	"fmt"
	"math/rand"
	"net"
	"os"
	"strconv"
	"sync"
	"syscall"
	"time"
	"unsafe"
)

const (
	tunSetIff  = 0x400454ca
	iffTap     = 0x0002
	iffNoPI    = 0x1000
	frameBytes = 65536
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "shim:", err)
		os.Exit(1)
	}
}

func number(word string) int {
	n, err := strconv.Atoi(word)
	must(err)
	return n
}

func openTap(name string) *os.File {
	fd, err := syscall.Open("/dev/net/tun", syscall.O_RDWR|syscall.O_CLOEXEC|syscall.O_NONBLOCK, 0)
	must(err)
	var request struct {
		name  [16]byte
		flags uint16
		_     [22]byte
	}
	copy(request.name[:15], name)
	request.flags = iffTap | iffNoPI
	if _, _, e := syscall.Syscall(syscall.SYS_IOCTL, uintptr(fd), tunSetIff, uintptr(unsafe.Pointer(&request))); e != 0 {
		must(e)
	}
	return os.NewFile(uintptr(fd), "tap")
}

// cable is one direction.
type cable struct {
	mu                                sync.Mutex
	random                            *rand.Rand
	lost, doubled, overtaken, flipped int
	out                               func(frame []byte)
}

func (c *cable) happens(perMille int) bool { return c.random.Intn(1000) < perMille }

func (c *cable) carry(frame []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.happens(c.lost) {
		return
	}
	if c.happens(c.flipped) && len(frame) > 14 {
		frame[14+c.random.Intn(len(frame)-14)] ^= 1 << c.random.Intn(8)
	}
	if c.happens(c.overtaken) {
		late := append([]byte(nil), frame...)
		time.AfterFunc(time.Duration(1+c.random.Intn(20))*time.Millisecond, func() { c.out(late) })
		return
	}
	c.out(frame)
	if c.happens(c.doubled) {
		c.out(frame)
	}
}

func main() {
	own, qemu, seed := number(os.Args[2]), number(os.Args[3]), int64(number(os.Args[4]))
	tap := openTap(os.Args[1])
	socket, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: own})
	must(err)
	far := &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: qemu}
	cut := func(seed int64, out func([]byte)) *cable {
		return &cable{random: rand.New(rand.NewSource(seed)), lost: number(os.Args[5]), doubled: number(os.Args[6]),
			overtaken: number(os.Args[7]), flipped: number(os.Args[8]), out: out}
	}
	in := cut(seed, func(frame []byte) { tap.Write(frame) })
	out := cut(seed+1, func(frame []byte) { socket.WriteToUDP(frame, far) })
	fmt.Println("serving")
	go func() {
		frame := make([]byte, frameBytes)
		for {
			n, _, err := socket.ReadFromUDP(frame)
			if err == nil {
				in.carry(frame[:n])
			}
		}
	}()
	frame := make([]byte, frameBytes)
	for {
		n, err := tap.Read(frame)
		must(err)
		out.carry(frame[:n])
	}
}
