// SPDX-License-Identifier: Apache-2.0

// Sockets prints what rarer kinds of internet sockets do within one machine. The lines have to be the same here and on Linux.
//
//	sockets ADDRESS...  asks each address for an echo, and prints "ok" or "not ok" lines
package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"time"
)

const reusePort = 15 // SO_REUSEPORT

var loopback4 = &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}
var loopback6 = &syscall.SockaddrInet6{Addr: [16]byte{15: 1}}

func socket(family, kind, protocol int) int {
	s, err := syscall.Socket(family, kind, protocol)
	if err != nil {
		fmt.Println("socket", family, kind, protocol, err)
		return -1
	}
	syscall.SetsockoptTimeval(s, syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, &syscall.Timeval{Sec: 2})
	return s
}

func checksum(b []byte) uint16 {
	sum := uint32(0)
	for i := 0; i+1 < len(b); i += 2 {
		sum += uint32(b[i])<<8 | uint32(b[i+1])
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}

func request(kind byte) []byte {
	b := append([]byte{kind, 0, 0, 0, 0x12, 0x34, 0, 7}, "payload!"...)
	binary.BigEndian.PutUint16(b[2:], checksum(b))
	return b
}

func port(s int) int {
	switch a, _ := syscall.Getsockname(s); a := a.(type) {
	case *syscall.SockaddrInet4:
		return a.Port
	case *syscall.SockaddrInet6:
		return a.Port
	}
	return -1
}

func echo(name string, family, protocol int, to syscall.Sockaddr, ask, answer byte) {
	s := socket(family, syscall.SOCK_DGRAM, protocol)
	other := socket(family, syscall.SOCK_DGRAM, protocol)
	fmt.Println(name, "short", syscall.Sendto(s, []byte{ask}, 0, to))
	fmt.Println(name, "no request", syscall.Sendto(s, request(answer), 0, to))
	fmt.Println(name, "request", syscall.Sendto(s, request(ask), 0, to))
	b := make([]byte, 100)
	n, from, err := syscall.Recvfrom(s, b, 0)
	fmt.Println(name, n, err, b[0] == answer, int(b[4])<<8|int(b[5]) == port(s) && port(s) != 0, b[7], string(b[8:16]), from)
	fmt.Println(name, "same identifier", syscall.Bind(other, bound(family, port(s))))
	fmt.Println(name, "another's", receive(other, b))
	third := socket(family, syscall.SOCK_DGRAM, protocol)
	fmt.Println(name, "bind", syscall.Bind(third, bound(family, 4242)), port(third))
	fmt.Println(name, "connect", syscall.Connect(third, to))
	_, err = syscall.Write(third, request(ask))
	fmt.Println(name, "write", err, receive(third, b), int(b[4])<<8|int(b[5]))
}

func bound(family, port int) syscall.Sockaddr {
	if family == syscall.AF_INET {
		return &syscall.SockaddrInet4{Port: port}
	}
	return &syscall.SockaddrInet6{Port: port}
}

func receive(s int, b []byte) string {
	n, _, err := syscall.Recvfrom(s, b, syscall.MSG_DONTWAIT)
	if err != nil {
		time.Sleep(20 * time.Millisecond)
		n, _, err = syscall.Recvfrom(s, b, syscall.MSG_DONTWAIT)
	}
	return fmt.Sprint(n, err)
}

// raw is what ping does as root: it sees the request, too.
func raw() {
	s := socket(syscall.AF_INET, syscall.SOCK_RAW, syscall.IPPROTO_ICMP)
	fmt.Println("raw send", syscall.Sendto(s, request(8), 0, loopback4))
	for i := 0; i < 2; i++ {
		b := make([]byte, 100)
		n, from, err := syscall.Recvfrom(s, b, 0)
		fmt.Println("raw", n, err, b[0], b[20], b[24:36], from)
	}
}

func headers() {
	udp := socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0)
	syscall.Bind(udp, loopback4)
	s := socket(syscall.AF_INET, syscall.SOCK_RAW, syscall.IPPROTO_RAW)
	on, err := syscall.GetsockoptInt(s, syscall.IPPROTO_IP, syscall.IP_HDRINCL)
	fmt.Println("IP_HDRINCL", on, err, syscall.SetsockoptInt(udp, syscall.IPPROTO_IP, syscall.IP_HDRINCL, 1))
	p := append([]byte{0x45, 0, 9, 9, 0, 0, 0, 0, 33, 17, 1, 1, 127, 0, 0, 5, 127, 0, 0, 1, 4, 87, 0, 0, 0, 12, 0, 0}, "data"...)
	binary.BigEndian.PutUint16(p[22:], uint16(port(udp)))
	fmt.Println("own header", syscall.Sendto(s, p, 0, loopback4))
	b := make([]byte, 100)
	n, from, err := syscall.Recvfrom(udp, b, 0)
	fmt.Println("own header", n, err, string(b[:4]), from)
	fmt.Println("no header", syscall.Sendto(s, p[:19], 0, loopback4))
	p[0] = 0x44
	fmt.Println("short header", syscall.Sendto(s, p, 0, loopback4))
}

// groups: sockets that share a port get all of the peers between them, and each peer is always the same one's.
func groups(kind int) {
	const members, peers = 4, 200
	var group []int
	at := &syscall.SockaddrInet4{Addr: loopback4.Addr}
	for i := 0; i < members; i++ {
		s := socket(syscall.AF_INET, kind, 0)
		fmt.Println("share", syscall.SetsockoptInt(s, syscall.SOL_SOCKET, reusePort, 1), syscall.Bind(s, at))
		at.Port = port(s)
		if kind == syscall.SOCK_STREAM {
			syscall.Listen(s, peers)
		}
		group = append(group, s)
	}
	alone := socket(syscall.AF_INET, kind, 0)
	fmt.Println("alone", syscall.Bind(alone, at))
	for i := 0; i < peers; i++ {
		s := socket(syscall.AF_INET, kind, 0)
		syscall.Connect(s, at)
		syscall.Write(s, []byte("one"))
		syscall.Write(s, []byte("two"))
	}
	total, fair, pairs := 0, true, true
	for _, s := range group {
		n := taken(s, kind, &pairs)
		total += n
		fair = fair && n > peers/members/3
	}
	fmt.Println("group", total, fair, pairs)
}

// taken counts the peers of one member; pairs: both datagrams of each came here.
func taken(s, kind int, pairs *bool) int {
	syscall.SetNonblock(s, true)
	count, datagrams := 0, map[int]int{}
	for {
		if kind == syscall.SOCK_STREAM {
			if _, _, err := syscall.Accept4(s, 0); err != nil {
				return count
			}
			count++
			continue
		}
		_, from, err := syscall.Recvfrom(s, make([]byte, 10), 0)
		if err != nil {
			break
		}
		datagrams[from.(*syscall.SockaddrInet4).Port]++
	}
	for _, n := range datagrams {
		*pairs = *pairs && n == 2
	}
	return len(datagrams)
}

// snmp is a figure of /proc/net/snmp.
func snmp(protocol, name string) (value int) {
	b, _ := os.ReadFile("/proc/net/snmp")
	var names []string
	for _, line := range strings.Split(string(b), "\n") {
		f := strings.Fields(line)
		if len(f) == 0 || f[0] != protocol+":" {
			continue
		}
		if names == nil {
			names = f
			continue
		}
		for i := range f {
			if names[i] == name {
				fmt.Sscan(f[i], &value)
			}
		}
	}
	return value
}

func files() {
	for _, name := range strings.Fields("arp dev if_inet6 igmp igmp6 raw raw6 route snmp sockstat sockstat6 tcp tcp6 udp udp6 unix") {
		f, err := os.Open("/proc/net/" + name)
		fmt.Println("file", name, err)
		if err == nil {
			b, err := io.ReadAll(f)
			first := bytes.Join(bytes.Fields(bytes.SplitN(b, []byte("\n"), 2)[0]), []byte(" "))
			if strings.Contains("arp dev route tcp udp unix igmp snmp", name) {
				fmt.Printf("%s %v\n", bytes.TrimSuffix(first, []byte(" OutTransmits")), err) // which newer kernels have
			}
		}
	}
	sent, received, none := snmp("Udp", "OutDatagrams"), snmp("Udp", "InDatagrams"), snmp("Udp", "NoPorts")
	c, _ := net.ListenPacket("udp4", "127.0.0.1:0")
	for i := 0; i < 3; i++ {
		c.WriteTo([]byte("x"), c.LocalAddr())
		c.ReadFrom(make([]byte, 1))
	}
	c.WriteTo([]byte("x"), &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 9})
	fmt.Println("counts of UDP", snmp("Udp", "OutDatagrams")-sent, snmp("Udp", "InDatagrams")-received, snmp("Udp", "NoPorts")-none)
	active := snmp("Tcp", "ActiveOpens")
	_, err := net.Dial("tcp4", "127.0.0.1:9")
	fmt.Println("counts of TCP", snmp("Tcp", "ActiveOpens")-active, errors.Is(err, syscall.ECONNREFUSED))
}

// ping asks address for an echo, as a program without rights does.
func ping(address string) error {
	ip, b := net.ParseIP(address), make([]byte, 100)
	s, ask, answer := -1, byte(8), byte(0)
	var to syscall.Sockaddr
	if v4 := ip.To4(); v4 != nil {
		s = socket(syscall.AF_INET, syscall.SOCK_DGRAM, syscall.IPPROTO_ICMP)
		a := &syscall.SockaddrInet4{}
		copy(a.Addr[:], v4)
		to = a
	} else {
		s, ask, answer = socket(syscall.AF_INET6, syscall.SOCK_DGRAM, syscall.IPPROTO_ICMPV6), 128, 129
		a := &syscall.SockaddrInet6{}
		copy(a.Addr[:], ip)
		to = a
	}
	for try := 0; try < 10; try++ {
		if err := syscall.Sendto(s, request(ask), 0, to); err != nil {
			return err
		}
		if n, _, err := syscall.Recvfrom(s, b, 0); err == nil && n == 16 && b[0] == answer && string(b[8:16]) == "payload!" {
			return nil
		}
	}
	return errors.New("no answer to ten requests")
}

func main() {
	for _, address := range os.Args[1:] {
		if err := ping(address); err != nil {
			fmt.Println("not ok ping", address, err)
		} else {
			fmt.Println("ok ping", address)
		}
	}
	if len(os.Args) > 1 {
		return
	}
	echo("echo 4", syscall.AF_INET, syscall.IPPROTO_ICMP, loopback4, 8, 0)
	echo("echo 6", syscall.AF_INET6, syscall.IPPROTO_ICMPV6, loopback6, 128, 129)
	socket(syscall.AF_INET, syscall.SOCK_DGRAM, syscall.IPPROTO_ICMPV6)
	socket(syscall.AF_INET, syscall.SOCK_RAW, 0)
	raw()
	headers()
	groups(syscall.SOCK_STREAM)
	groups(syscall.SOCK_DGRAM)
	files()
}
