// SPDX-License-Identifier: Apache-2.0

// Memory maps, protects, drops and unmaps pages and checks what is left in them.
package main

import (
	"fmt"
	"os"
	"syscall"
	"unsafe"
)

const rw = syscall.PROT_READ | syscall.PROT_WRITE

func call(number, a, b, c, d, e, f uintptr) (uintptr, error) {
	r, _, errno := syscall.RawSyscall6(number, a, b, c, d, e, f)
	if errno != 0 {
		return 0, errno
	}
	return r, nil
}

func mmap(addr, length uintptr, prot, flags int) (uintptr, error) {
	return call(syscall.SYS_MMAP, addr, length, uintptr(prot), uintptr(flags|syscall.MAP_PRIVATE|syscall.MAP_ANON), ^uintptr(0), 0)
}

// at gives the byte at a mapped address; the detour by a pointer keeps vet from worrying about made-up pointers.
func at(addr uintptr) *byte { return *(**byte)(unsafe.Pointer(&addr)) }

func fill(addr, length uintptr) {
	for p := addr; p < addr+length; p += 512 {
		*at(p) = 0x55
	}
}

func dirty(addr, length uintptr) (n int) {
	for p := addr; p < addr+length; p += 512 {
		if *at(p) != 0 {
			n++
		}
	}
	return n
}

func main() {
	page := uintptr(os.Getpagesize())
	length := 64 * page

	area, err := mmap(0, length, rw, 0)
	fmt.Println("mapped", err, area%page, dirty(area, length))
	fill(area, length)
	fmt.Println("filled", dirty(area, length))

	_, err = call(syscall.SYS_MADVISE, area+8*page, 16*page, syscall.MADV_DONTNEED, 0, 0, 0)
	fmt.Println("dropped a part", err, dirty(area, length), dirty(area+8*page, 16*page))

	again, err := mmap(area+40*page, 8*page, rw, syscall.MAP_FIXED)
	fmt.Println("replaced a part", err, again == area+40*page, dirty(again, 8*page), dirty(area, length))

	_, err = call(syscall.SYS_MPROTECT, area+page, page, syscall.PROT_NONE, 0, 0, 0)
	fmt.Println("protected", err)
	_, err = call(syscall.SYS_WRITE, 1, area+page, 1, 0, 0, 0)
	fmt.Println("write from it", err)
	_, err = call(syscall.SYS_MPROTECT, area+page, page, rw, 0, 0, 0)
	fmt.Println("unprotected", err, dirty(area+page, page))

	_, err = call(syscall.SYS_MUNMAP, area+16*page, 16*page, 0, 0, 0, 0)
	fmt.Println("unmapped a part", err)
	_, err = call(syscall.SYS_MPROTECT, area, length, rw, 0, 0, 0)
	fmt.Println("protect over the hole", err)
	hinted, err := mmap(area+16*page, 16*page, rw, 0)
	fmt.Println("the hint is taken", err, hinted == area+16*page, dirty(hinted, 16*page))
	taken, err := mmap(area, page, rw, 0)
	fmt.Println("a hint in use is not", err, taken != area, dirty(area, page) > 0)

	for _, hint := range []uintptr{0xc000000000, 0x1df550000000, 0x7f0000000000} {
		got, err := mmap(hint, 1<<26, syscall.PROT_NONE, 0)
		fmt.Printf("%#x %v %v\n", hint, err, got == hint)
	}

	_, err = mmap(0, 0, rw, 0)
	fmt.Println("nothing", err)
	_, err = mmap(area+1, page, rw, syscall.MAP_FIXED)
	fmt.Println("not aligned", err)
	_, err = mmap(0, 1<<52, rw, 0)
	fmt.Println("too much", err)
	_, err = call(syscall.SYS_MUNMAP, area+1, page, 0, 0, 0, 0)
	fmt.Println("unmap not aligned", err)
	_, err = call(syscall.SYS_MUNMAP, area, length, 0, 0, 0, 0)
	fmt.Println("unmapped", err)
}
