// SPDX-License-Identifier: Apache-2.0

// Udp is a service over datagrams: each gets an answer of its number from that sender, its length and its text in capitals.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"log"
	"net"
)

func main() {
	address := flag.String("listen", ":5353", "`address` to listen on")
	flag.Parse()
	conn, err := net.ListenPacket("udp", *address)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("serving on", *address)
	seen := make(map[string]int)
	buffer := make([]byte, 64<<10)
	for {
		n, from, err := conn.ReadFrom(buffer)
		if err != nil {
			log.Fatal(err)
		}
		seen[from.String()]++
		answer := fmt.Sprintf("%d: %d bytes: %s", seen[from.String()], n, bytes.ToUpper(buffer[:n]))
		if _, err := conn.WriteTo([]byte(answer), from); err != nil {
			log.Print(err)
		}
	}
}
