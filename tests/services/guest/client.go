// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sort"
	"strings"
	"syscall"
	"time"
)

// client does one thing and prints what came of it.
func client(what string, args []string) {
	switch what {
	case "dial": // ADDRESS: says something to an echo
		dial(args[0])
	case "refused": // ADDRESS: where nobody listens
		_, err := net.DialTimeout("tcp", args[0], 20*time.Second)
		fmt.Println("refused:", errors.Is(err, syscall.ECONNREFUSED))
	case "resolve": // NAME...: what names mean
		resolve(args)
	case "interfaces": // the machine's networks
		interfaces()
	case "datagram": // ADDRESS: the same over UDP
		datagram(args[0])
	case "hostname":
		name, err := os.Hostname()
		fmt.Println(name, err)
	default:
		check(fmt.Errorf("there is no %s", what))
	}
}

func dial(address string) {
	c, err := net.DialTimeout("tcp", address, 20*time.Second)
	check(err)
	io.WriteString(c, "over the net\n")
	check(c.(*net.TCPConn).CloseWrite())
	text, err := io.ReadAll(c)
	fmt.Printf("%q %v\n", text, err)
}

func datagram(address string) {
	c, err := net.Dial("udp", address)
	check(err)
	buffer := make([]byte, 2048)
	for try := 0; try < 10; try++ {
		io.WriteString(c, "over the net")
		c.SetReadDeadline(time.Now().Add(2 * time.Second))
		n, err := c.Read(buffer)
		if err == nil {
			fmt.Printf("%q\n", buffer[:n])
			return
		}
	}
	fmt.Println("no answer")
}

func resolve(names []string) {
	for _, name := range names {
		found, err := net.DefaultResolver.LookupHost(context.Background(), name)
		sort.Strings(found)
		fmt.Println(name, strings.Join(found, " "), err)
	}
}

func interfaces() {
	list, err := net.Interfaces()
	check(err)
	for _, i := range list {
		addresses, err := i.Addrs()
		check(err)
		var words []string
		for _, a := range addresses {
			if ip := a.(*net.IPNet).IP; !ip.IsLinkLocalUnicast() {
				words = append(words, a.String())
			}
		}
		fmt.Println(i.Name, i.HardwareAddr, i.Flags&net.FlagUp != 0, i.Flags&net.FlagLoopback != 0, strings.Join(words, " "))
	}
}
