// SPDX-License-Identifier: Apache-2.0

// Package linuxinit makes a Linux whose first program this is ready for the network: what a distribution's init would do. On
// Mazboot, where the launcher says it all, it does nothing.
package linuxinit

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
	"unsafe"
)

const sysFinitModule = 273 // arm64

// ifreq is struct ifreq of netdevice(7): a name, and here flags or an IPv4 socket address.
type ifreq struct {
	name [16]byte
	data [24]byte
}

func request(socket int, call uintptr, name string, data ...byte) error {
	var r ifreq
	copy(r.name[:15], name)
	copy(r.data[:], data)
	if _, _, e := syscall.Syscall(syscall.SYS_IOCTL, uintptr(socket), call, uintptr(unsafe.Pointer(&r))); e != 0 {
		return fmt.Errorf("%s: %w", name, e)
	}
	return nil
}

func address(ip [4]byte) []byte {
	return []byte{syscall.AF_INET, 0, 0, 0, ip[0], ip[1], ip[2], ip[3]}
}

func loadModules() {
	files, _ := filepath.Glob("/modules/*.ko")
	for _, name := range files {
		f, err := os.Open(name)
		check(err)
		var none byte
		if _, _, e := syscall.Syscall(sysFinitModule, f.Fd(), uintptr(unsafe.Pointer(&none)), 0); e != 0 {
			check(fmt.Errorf("%s: %w", name, e))
		}
		f.Close()
	}
}

// awaitCard waits for eth0, which a module's probe makes.
func awaitCard(socket int) bool {
	for i := 0; i < 100; i++ {
		if request(socket, syscall.SIOCGIFFLAGS, "eth0") == nil {
			return true
		}
		time.Sleep(time.Millisecond)
	}
	return false
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// Up mounts what Go looks at, and brings up lo, and eth0 where there is one with the address that QEMU's user network expects.
func Up() {
	if os.Getenv("LINUX") == "" {
		return
	}
	os.Mkdir("/dev", 0o755)
	os.Mkdir("/proc", 0o755)
	syscall.Mount("devtmpfs", "/dev", "devtmpfs", 0, "")
	syscall.Mount("proc", "/proc", "proc", 0, "")
	loadModules()
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0)
	check(err)
	defer syscall.Close(socket)
	up := []byte{syscall.IFF_UP, 0}
	check(request(socket, syscall.SIOCSIFFLAGS, "lo", up...))
	if os.Getenv("CARD") == "" {
		return
	}
	if !awaitCard(socket) {
		panic("there is no eth0")
	}
	check(request(socket, syscall.SIOCSIFADDR, "eth0", address([4]byte{10, 0, 2, 15})...))
	check(request(socket, syscall.SIOCSIFNETMASK, "eth0", address([4]byte{255, 255, 255, 0})...))
	check(request(socket, syscall.SIOCSIFFLAGS, "eth0", up...))
}
