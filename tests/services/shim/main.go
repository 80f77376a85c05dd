// SPDX-License-Identifier: Apache-2.0

// Shim is a bad cable: it loses frames, doubles them, lets others overtake them, flips a bit here and there, and cuts large ones in two,
// each with a fate of its own. One end is a tap interface. The other is QEMU's dgram backend on loopback (ports), which has plain frames; or another
// tap interface, which QEMU has: then frames have virtio's header, and large ones, whose checksums nobody has made yet, go by in one piece both ways.
//
//	shim TAP OWN_PORT:QEMU_PORT|TAP SEED LOST DOUBLED OVERTAKEN FLIPPED CUT     the last five in per mille
//
// It says what it has done when it's terminated.
package main

import (
	"fmt"
	"io"
	"math/rand"
	"net"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
	"unsafe"
)

const (
	tunSetIff     = 0x400454ca
	tunSetOffload = 0x400454d0
	tunAll        = 1 | 2 | 4 // checksums, large segments over IPv4 and IPv6
	iffTap        = 0x0002
	iffNoPI       = 0x1000
	iffHeaders    = 0x4000
	packetHeaders = 15 // option of a packet socket: virtio's header is before each frame
	frameBytes    = 65536 + 1024
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

func ioctl(fd int, request, argument uintptr) {
	if _, _, e := syscall.Syscall(syscall.SYS_IOCTL, uintptr(fd), request, argument); e != 0 {
		must(e)
	}
}

func openTap(name string, headers bool) *os.File {
	fd, err := syscall.Open("/dev/net/tun", syscall.O_RDWR|syscall.O_CLOEXEC|syscall.O_NONBLOCK, 0)
	must(err)
	var request struct {
		name  [16]byte
		flags uint16
		_     [22]byte
	}
	copy(request.name[:15], name)
	request.flags = iffTap | iffNoPI
	if headers {
		request.flags |= iffHeaders
	}
	ioctl(fd, tunSetIff, uintptr(unsafe.Pointer(&request)))
	if headers {
		ioctl(fd, tunSetOffload, tunAll)
	}
	return os.NewFile(uintptr(fd), "tap")
}

// wire is a station on an interface of the host's, which sees what comes from the tap behind it.
type wire struct{ fd, index int }

func swap(n uint16) uint16 { return n<<8 | n>>8 }

func openWire(name string) *wire {
	card, err := net.InterfaceByName(name)
	must(err)
	fd, err := syscall.Socket(syscall.AF_PACKET, syscall.SOCK_RAW, int(swap(syscall.ETH_P_ALL)))
	must(err)
	must(syscall.SetsockoptInt(fd, syscall.SOL_PACKET, packetHeaders, 1))
	must(syscall.Bind(fd, &syscall.SockaddrLinklayer{Protocol: swap(syscall.ETH_P_ALL), Ifindex: card.Index}))
	return &wire{fd, card.Index}
}

func (w *wire) Read(p []byte) (int, error) {
	for {
		n, from, err := syscall.Recvfrom(w.fd, p, 0)
		if l, ok := from.(*syscall.SockaddrLinklayer); err != nil || !ok || l.Pkttype != syscall.PACKET_OUTGOING {
			return n, err
		}
	}
}

func (w *wire) Write(p []byte) (int, error) {
	return len(p), syscall.Sendto(w.fd, p, 0, &syscall.SockaddrLinklayer{Ifindex: w.index, Halen: 6})
}

// peer is QEMU's dgram backend.
type peer struct {
	*net.UDPConn
	far *net.UDPAddr
}

func (p *peer) Read(b []byte) (int, error) {
	n, _, err := p.ReadFromUDP(b)
	if err != nil { // nobody is there yet
		return 0, nil
	}
	return n, nil
}

func (p *peer) Write(b []byte) (int, error) { return p.WriteToUDP(b, p.far) }

func openPeer(own, far string) *peer {
	socket, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: number(own)})
	must(err)
	return &peer{socket, &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: number(far)}}
}

// cable is one direction.
type cable struct {
	name                                   string
	mu                                     sync.Mutex
	random                                 *rand.Rand
	headers                                bool
	lost, doubled, overtaken, flipped, cut int // per mille
	out                                    io.Writer
	frames, large                          int
	did                                    map[string]int
}

func (c *cable) happens(what string, perMille int) bool {
	happens := c.random.Intn(1000) < perMille
	if happens {
		c.did[what]++
	}
	return happens
}

func (c *cable) carry(frame []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.frames++
	var big *large
	if c.headers {
		big = largeIn(frame)
	}
	if big != nil {
		c.large++
	}
	if big == nil || !c.happens("cut", c.cut) {
		c.fate(frame)
		return
	}
	for _, part := range big.cut(1 + c.random.Intn(big.segments-1)) {
		c.fate(part)
	}
}

// fate is what happens to a frame.
func (c *cable) fate(frame []byte) {
	if c.happens("lost", c.lost) {
		return
	}
	if len(frame) > 14 && c.happens("flipped", c.flipped) {
		frame[14+c.random.Intn(len(frame)-14)] ^= 1 << c.random.Intn(8)
	}
	if c.happens("overtaken", c.overtaken) {
		late := append([]byte(nil), frame...)
		time.AfterFunc(time.Duration(1+c.random.Intn(20))*time.Millisecond, func() { c.out.Write(late) })
		return
	}
	c.out.Write(frame)
	if c.happens("doubled", c.doubled) {
		c.out.Write(frame)
	}
}

func (c *cable) run(from io.Reader) {
	for frame := make([]byte, frameBytes); ; {
		n, err := from.Read(frame)
		must(err)
		if n > 0 {
			c.carry(frame[:n])
		}
	}
}

func (c *cable) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return fmt.Sprintf("%s: frames %d large %d %v", c.name, c.frames, c.large, c.did)
}

func main() {
	var far io.ReadWriter
	own, qemu, ports := strings.Cut(os.Args[2], ":")
	tap := openTap(os.Args[1], !ports)
	if ports {
		far = openPeer(own, qemu)
	} else {
		far = openWire(os.Args[2])
	}
	n := []int{}
	for _, word := range os.Args[3:] {
		n = append(n, number(word))
	}
	lay := func(name string, seed int, out io.Writer) *cable {
		return &cable{name: name, random: rand.New(rand.NewSource(int64(seed))), headers: !ports, lost: n[1], doubled: n[2], overtaken: n[3], flipped: n[4],
			cut: n[5], out: out, did: map[string]int{}}
	}
	in, out := lay("from the guest", n[0], tap), lay("to the guest", n[0]+1, far)
	ends := make(chan os.Signal, 1)
	signal.Notify(ends, syscall.SIGTERM)
	fmt.Println("serving")
	go in.run(far)
	go out.run(tap)
	<-ends
	fmt.Println(in)
	fmt.Println(out)
}
