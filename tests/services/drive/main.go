// SPDX-License-Identifier: Apache-2.0

// Drive is the host's end of the network's tests. What it expects is what a Linux does: the same checks are run against the guest's
// program on the host's own Linux.
//
//	drive ports N                  prints N ports of 127.0.0.1 that are free
//	drive free NAME=ADDRESS...     fails when somebody listens at one of these addresses
//	drive serve PORT               is an echo for the guest's clients, over TCP and UDP, until it's killed
//	drive talk NAME ADDRESS        a conversation with an example, printed
//	drive check NAME=ADDRESS...    the checks of check.go, for the services of tests/services/guest at these addresses: ok and not ok lines
//	drive crowd N ECHO STATE       N connections to these services' addresses at once
//	drive attack INTERFACE OWN GUEST GUEST6  those of attack.go, for the guest at these addresses, from an IPv4 address that nobody has
//	drive soak PID SECONDS NAME=ADDRESS...  full load on the machine of that launcher; fails when a wake-up is lost
package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "drive:", err)
		os.Exit(2)
	}
}

// ports holds all of them before it gives any away, so that they differ.
func ports(n int) {
	for i := 0; i < n; i++ {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		must(err)
		defer l.Close()
		fmt.Println(l.Addr().(*net.TCPAddr).Port)
	}
}

// free tries to have each of them, as the launcher does.
func free(addresses map[string]string) int {
	for _, address := range addresses {
		l, err := net.Listen("tcp", address)
		if err != nil {
			return 1
		}
		l.Close()
	}
	return 0
}

func serve(port string) {
	l, err := net.Listen("tcp", "127.0.0.1:"+port)
	must(err)
	packets, err := net.ListenPacket("udp", "127.0.0.1:"+port)
	must(err)
	go func() {
		buffer := make([]byte, 64<<10)
		for {
			n, from, err := packets.ReadFrom(buffer)
			must(err)
			packets.WriteTo(buffer[:n], from)
		}
	}()
	fmt.Println("serving")
	for {
		c, err := l.Accept()
		must(err)
		go func() {
			defer c.Close()
			io.Copy(c, c)
		}()
	}
}

// services reads NAME=ADDRESS words.
func services(words []string) map[string]string {
	m := make(map[string]string)
	for _, word := range words {
		name, address, ok := strings.Cut(word, "=")
		if !ok {
			must(fmt.Errorf("%s isn't NAME=ADDRESS", word))
		}
		m[name] = address
	}
	return m
}

func number(word string) int {
	n, err := strconv.Atoi(word)
	must(err)
	return n
}

func main() {
	args := os.Args[2:]
	switch os.Args[1] {
	case "ports":
		ports(number(args[0]))
	case "free":
		os.Exit(free(services(args)))
	case "serve":
		serve(args[0])
	case "talk":
		talk(args[0], args[1])
	case "check":
		os.Exit(runChecks(services(args)))
	case "crowd":
		os.Exit(runCrowd(number(args[0]), args[1], args[2]))
	case "attack":
		os.Exit(runAttacks(args[0], args[1], args[2], args[3]))
	case "soak":
		os.Exit(runSoak(number(args[0]), number(args[1]), services(args[2:])))
	default:
		must(fmt.Errorf("there is no %s", os.Args[1]))
	}
}
