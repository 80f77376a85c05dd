// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"
	"unsafe"
)

// operations in the order of printing. The names are those of bench/syscalls/limits.
var operations = []operation{
	{"empty loop", 100000, emptyLoop},
	{"getpid", 10000, raw(syscall.SYS_GETPID, 0, 0, 0)},
	{"getpid through the Go scheduler", 10000, getpidScheduled},
	{"no such system call", 10000, raw(1000, 0, 0, 0)},
	{"time.Now", 10000, timeNow},
	{"first write to a page", 1024, firstWrite},
	{"first read of a page", 1024, firstRead},
	{"mmap + munmap 4 KiB", 1000, mapUnmap},
	{"futex wake, nobody waits", 10000, futexWake},
	{"futex round trip of two threads", 1000, futexRoundTrip},
	{"channel round trip of two threads", 1000, channelRoundTrip(true)},
	{"channel round trip of goroutines", 10000, channelRoundTrip(false)},
	{"pipe round trip of two threads", 1000, pipeRoundTrip},
	{"thread create + exit", 100, threadCreate},
	{"signal to self, signal.Notify", 500, signalSelf},
	{"nil dereference + recover", 1000, nilDereference},
	{"epoll_pwait, nothing ready", 10000, epollEmpty},
	{"open + close /dev/null", 2000, openClose},
	{"write 1 B /dev/null", 10000, writeNull},
	{"read 4 KiB /dev/zero", 2000, readZero},
	{"pread 4 KiB tmpfs", 2000, positioned(syscall.SYS_PREAD64)},
	{"pwrite 4 KiB tmpfs", 2000, positioned(syscall.SYS_PWRITE64)},
	{"os.ReadFile 13 B", 500, readFile},
}

// repeat makes an operation's run of a call that needs no state.
func repeat(call func()) func(int) {
	return func(n int) {
		for i := 0; i < n; i++ {
			call()
		}
	}
}

func emptyLoop() func(int) {
	return func(n int) {
		for i := 0; i < n; i++ {
			runtime.KeepAlive(i)
		}
	}
}

func raw(number, a, b, c uintptr) func() func(int) {
	return func() func(int) {
		return func(n int) {
			for i := 0; i < n; i++ {
				syscall.RawSyscall(number, a, b, c)
			}
		}
	}
}

func getpidScheduled() func(int) {
	return repeat(func() { syscall.Syscall(syscall.SYS_GETPID, 0, 0, 0) })
}

var sink time.Time

func timeNow() func(int) {
	return func(n int) {
		for i := 0; i < n; i++ {
			sink = time.Now()
		}
	}
}

// freshPages gives n untouched pages, small ones whatever the kernel prefers.
func freshPages(n int) []byte {
	const noHugePages = 15 // MADV_NOHUGEPAGE
	pages, err := syscall.Mmap(-1, 0, n*4096, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	check(err)
	syscall.Madvise(pages, noHugePages)
	return pages
}

// touchPages keeps a batch's mapping and unmapping out of the figure by handing each batch pages mapped before.
func touchPages(touch func(*byte)) func(int) {
	const pagesPerBatch, all = 1024, 1024 * (batches + 1)
	pages := freshPages(all)
	return func(n int) {
		for i := 0; i < n; i++ {
			touch(&pages[i*4096])
		}
		pages = pages[pagesPerBatch*4096:]
	}
}

func firstWrite() func(int) { return touchPages(func(p *byte) { *p = 1 }) }

var readSink byte

func firstRead() func(int) { return touchPages(func(p *byte) { readSink += *p }) }

func mapUnmap() func(int) {
	return repeat(func() {
		p, _, _ := syscall.RawSyscall6(syscall.SYS_MMAP, 0, 4096, syscall.PROT_READ|syscall.PROT_WRITE,
			syscall.MAP_PRIVATE|syscall.MAP_ANON, ^uintptr(0), 0)
		syscall.RawSyscall(syscall.SYS_MUNMAP, p, 4096, 0)
	})
}

func signalSelf() func(int) {
	received := make(chan os.Signal, 1)
	signal.Notify(received, syscall.SIGUSR1)
	pid := os.Getpid()
	return repeat(func() {
		syscall.Kill(pid, syscall.SIGUSR1)
		<-received
	})
}

//go:noinline
func load(p *int) int { return *p }

func nilDereference() func(int) {
	return repeat(func() {
		defer func() { recover() }()
		load(nil)
	})
}

func epollEmpty() func(int) {
	epoll, err := syscall.EpollCreate1(0)
	check(err)
	var events [8]syscall.EpollEvent
	return repeat(func() {
		syscall.RawSyscall6(syscall.SYS_EPOLL_PWAIT, uintptr(epoll), uintptr(unsafe.Pointer(&events)), 8, 0, 0, 0)
	})
}

func openClose() func(int) {
	const atCwd = ^uintptr(99) // AT_FDCWD
	path, err := syscall.BytePtrFromString("/dev/null")
	check(err)
	return repeat(func() {
		fd, _, _ := syscall.RawSyscall6(syscall.SYS_OPENAT, atCwd, uintptr(unsafe.Pointer(path)), syscall.O_RDWR, 0, 0, 0)
		syscall.RawSyscall(syscall.SYS_CLOSE, fd, 0, 0)
	})
}

func device(path string, call uintptr, size uintptr) func(int) {
	fd, err := syscall.Open(path, syscall.O_RDWR, 0)
	check(err)
	buffer := make([]byte, size)
	return repeat(func() {
		syscall.RawSyscall(call, uintptr(fd), uintptr(unsafe.Pointer(&buffer[0])), size)
	})
}

func writeNull() func(int) { return device("/dev/null", syscall.SYS_WRITE, 1) }
func readZero() func(int)  { return device("/dev/zero", syscall.SYS_READ, 4096) }

func positioned(call uintptr) func() func(int) {
	return func() func(int) {
		buffer := make([]byte, 4096)
		check(os.WriteFile("/tmp/page", buffer, 0o600))
		fd, err := syscall.Open("/tmp/page", syscall.O_RDWR, 0)
		check(err)
		return repeat(func() {
			syscall.RawSyscall6(call, uintptr(fd), uintptr(unsafe.Pointer(&buffer[0])), 4096, 0, 0, 0)
		})
	}
}

func readFile() func(int) {
	check(os.WriteFile("/tmp/greeting", []byte("hello, world\n"), 0o600))
	return repeat(func() {
		data, err := os.ReadFile("/tmp/greeting")
		if err != nil || len(data) != 13 {
			panic("wrong contents")
		}
	})
}
