// SPDX-License-Identifier: Apache-2.0

// Websocket echoes what clients say over a WebSocket (RFC 6455): the upgrade, masked frames in, plain frames out, ping and close.
package main

import (
	"bufio"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
)

const (
	opContinue = 0
	opText     = 1
	opBinary   = 2
	opClose    = 8
	opPing     = 9
	opPong     = 10

	frameMax = 1 << 20
)

// frame is one frame of section 5.2, unmasked.
type frame struct {
	final   bool
	op      byte
	payload []byte
}

func payloadLength(r io.Reader, short byte) (uint64, error) {
	var long [8]byte
	switch short {
	case 126:
		_, err := io.ReadFull(r, long[6:])
		return binary.BigEndian.Uint64(long[:]), err
	case 127:
		_, err := io.ReadFull(r, long[:])
		return binary.BigEndian.Uint64(long[:]), err
	default:
		return uint64(short), nil
	}
}

func readFrame(r io.Reader) (f frame, err error) {
	var head [2]byte
	var mask [4]byte
	if _, err = io.ReadFull(r, head[:]); err != nil {
		return f, err
	}
	length, err := payloadLength(r, head[1]&0x7f)
	if err != nil {
		return f, err
	}
	if head[1]&0x80 == 0 || length > frameMax {
		return f, errors.New("a frame that is not masked, or too long")
	}
	if _, err = io.ReadFull(r, mask[:]); err != nil {
		return f, err
	}
	f = frame{final: head[0]&0x80 != 0, op: head[0] & 0x0f, payload: make([]byte, length)}
	_, err = io.ReadFull(r, f.payload)
	for i := range f.payload {
		f.payload[i] ^= mask[i%4]
	}
	return f, err
}

func writeFrame(w io.Writer, f frame) error {
	head := []byte{f.op, 0}
	if f.final {
		head[0] |= 0x80
	}
	switch n := len(f.payload); {
	case n < 126:
		head[1] = byte(n)
	case n < 1<<16:
		head[1] = 126
		head = append(head, byte(n>>8), byte(n))
	default:
		head[1] = 127
		head = binary.BigEndian.AppendUint64(head, uint64(n))
	}
	_, err := w.Write(append(head, f.payload...))
	return err
}

// echo answers frame by frame until the client closes or breaks the protocol.
func echo(rw *bufio.ReadWriter) error {
	for {
		f, err := readFrame(rw)
		if err != nil {
			return err
		}
		switch f.op {
		case opContinue, opText, opBinary, opClose:
			err = writeFrame(rw, f)
		case opPing:
			err = writeFrame(rw, frame{final: true, op: opPong, payload: f.payload})
		}
		if err == nil {
			err = rw.Flush()
		}
		if err != nil || f.op == opClose {
			return err
		}
	}
}

func accept(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}

func upgrade(w http.ResponseWriter, r *http.Request) {
	key := r.Header.Get("Sec-WebSocket-Key")
	if !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") || key == "" {
		http.Error(w, "this is for WebSockets", http.StatusUpgradeRequired)
		return
	}
	conn, rw, err := w.(http.Hijacker).Hijack()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	defer conn.Close()
	fmt.Fprintf(rw, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", accept(key))
	if rw.Flush() == nil {
		echo(rw)
	}
}

func main() {
	address := flag.String("listen", ":8080", "`address` to listen on")
	flag.Parse()
	listener, err := net.Listen("tcp", *address)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("serving on", *address)
	log.Fatal(http.Serve(listener, http.HandlerFunc(upgrade)))
}
