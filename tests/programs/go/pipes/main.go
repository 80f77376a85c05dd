// SPDX-License-Identifier: Apache-2.0

// Pipes moves data through pipes: between goroutines, with deadlines, to a closed end, and from blocked threads.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func transfer(size int) (int64, uint32, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return 0, 0, err
	}
	go func() {
		defer w.Close()
		data := make([]byte, size)
		for i := range data {
			data[i] = byte(i * 7)
		}
		w.Write(data)
	}()
	var sum uint32
	n, err := io.Copy(writerFunc(func(p []byte) {
		for _, b := range p {
			sum = sum*31 + uint32(b)
		}
	}), r)
	r.Close()
	return n, sum, err
}

type writerFunc func([]byte)

func (f writerFunc) Write(p []byte) (int, error) {
	f(p)
	return len(p), nil
}

func deadline() bool {
	r, w, _ := os.Pipe()
	defer w.Close()
	r.SetReadDeadline(time.Now().Add(5 * time.Millisecond))
	_, err := r.Read(make([]byte, 1))
	return errors.Is(err, os.ErrDeadlineExceeded)
}

func blocked() string {
	var fds [2]int
	syscall.Pipe2(fds[:], syscall.O_CLOEXEC)
	go func() {
		time.Sleep(5 * time.Millisecond)
		syscall.Write(fds[1], []byte("woken"))
	}()
	buffer := make([]byte, 10)
	n, _ := syscall.Read(fds[0], buffer)
	return string(buffer[:n])
}

func main() {
	for _, size := range []int{0, 1, 4096, 65536, 65537, 1 << 20} {
		fmt.Println(transfer(size))
	}
	fmt.Println("deadline", deadline())
	fmt.Println("blocked", blocked())

	signal.Ignore(syscall.SIGPIPE)
	r, w, _ := os.Pipe()
	r.Close()
	_, err := w.Write([]byte("x"))
	fmt.Println("no reader:", errors.Is(err, syscall.EPIPE))
	_, err = w.Seek(0, io.SeekStart)
	fmt.Println("seek:", errors.Is(err, syscall.ESPIPE))
	w.Close()
	_, err = w.Write([]byte("x"))
	fmt.Println("closed:", errors.Is(err, os.ErrClosed), syscall.Close(12345))
}
