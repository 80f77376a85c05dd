// SPDX-License-Identifier: Apache-2.0

package main

import "encoding/binary"

const (
	headerBytes  = 10 // virtio's, as taps and packet sockets have it: flags, kind, then four numbers of 16 bits
	kindTCP4     = 1
	ethernet     = 14
	flagsFinPush = 1 | 8
)

// large is a frame that is to become several TCP segments over IPv4.
type large struct {
	frame    []byte // with virtio's header
	tcp      int    // where the TCP header begins in it
	data     int    // and what is behind that
	size     int    // of a segment
	segments int
}

// largeIn is nil if the frame is none.
func largeIn(frame []byte) *large {
	const ip = headerBytes + ethernet
	if len(frame) < ip+40 || frame[1]&0x7f != kindTCP4 || frame[ip]>>4 != 4 {
		return nil
	}
	l := &large{frame: frame, tcp: ip + int(frame[ip]&15)*4, size: int(binary.LittleEndian.Uint16(frame[4:]))}
	if l.tcp+20 > len(frame) || l.size == 0 {
		return nil
	}
	l.data = l.tcp + int(frame[l.tcp+12]>>4)*4
	if l.segments = (len(frame) - l.data + l.size - 1) / l.size; l.segments < 2 {
		return nil
	}
	return l
}

// cut makes two frames of it, the first with so many segments.
func (l *large) cut(segments int) [2][]byte {
	at := segments * l.size
	return [2][]byte{l.part(0, l.data+at), l.part(at, len(l.frame))}
}

func sum16(sum uint32, data []byte) uint32 {
	for i := 0; i+1 < len(data); i += 2 {
		sum += uint32(data[i])<<8 | uint32(data[i+1])
	}
	return sum
}

func fold(sum uint32) uint16 {
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return uint16(sum)
}

// part is what begins so many bytes into the data, up to that end of the frame; its checksum is still to be made.
func (l *large) part(skip, end int) []byte {
	f := append(append([]byte(nil), l.frame[:l.data]...), l.frame[l.data+skip:end]...)
	ip, tcp := f[headerBytes+ethernet:l.tcp], f[l.tcp:]
	if len(f)-l.data <= l.size {
		f[1] = 0
		binary.LittleEndian.PutUint16(f[4:], 0)
	}
	binary.BigEndian.PutUint16(ip[2:], uint16(len(ip)+len(tcp)))
	binary.BigEndian.PutUint16(ip[4:], binary.BigEndian.Uint16(ip[4:])+uint16(skip/l.size))
	binary.BigEndian.PutUint16(ip[10:], 0)
	binary.BigEndian.PutUint16(ip[10:], ^fold(sum16(0, ip)))
	binary.BigEndian.PutUint32(tcp[4:], binary.BigEndian.Uint32(tcp[4:])+uint32(skip))
	if end < len(l.frame) {
		tcp[13] &^= flagsFinPush
	}
	binary.BigEndian.PutUint16(tcp[16:], fold(sum16(uint32(6+len(tcp)), ip[12:20])))
	return f
}
