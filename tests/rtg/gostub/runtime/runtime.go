// Package runtime stands in for RTG's when a program is compiled by Go: the functions that both can have, with RTG's meaning.
package runtime

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"syscall"
	"unsafe"
)

const (
	GOARCH    = "amd64"
	SYS_WRITE = 1
	SYS_CLOSE = 3
	EBADF     = -9
)

type address interface {
	*byte | uintptr | int64
}

func at[P address](p P, off int64) unsafe.Pointer {
	switch v := any(p).(type) {
	case *byte:
		return unsafe.Add(unsafe.Pointer(v), off)
	case uintptr:
		return unsafe.Add(*(*unsafe.Pointer)(unsafe.Pointer(&v)), off)
	case int64:
		return unsafe.Add(*(*unsafe.Pointer)(unsafe.Pointer(&v)), off)
	}
	return nil
}

type integer interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr
}

func Load8[P address](p P, off int64) int64  { return int64(*(*uint8)(at(p, off))) }
func Load16[P address](p P, off int64) int64 { return int64(*(*uint16)(at(p, off))) }
func Load32[P address](p P, off int64) int64 { return int64(*(*uint32)(at(p, off))) }
func Load64[P address](p P, off int64) int64 { return *(*int64)(at(p, off)) }

func Store8[P address, V integer](p P, off int64, v V)  { *(*uint8)(at(p, off)) = uint8(v) }
func Store16[P address, V integer](p P, off int64, v V) { *(*uint16)(at(p, off)) = uint16(v) }
func Store32[P address, V integer](p P, off int64, v V) { *(*uint32)(at(p, off)) = uint32(v) }
func Store64[P address, V integer](p P, off int64, v V) { *(*uint64)(at(p, off)) = uint64(v) }

func Ifdef(string) bool { return false }

func ISB()   {}
func Fence() {}

func word(v any) uintptr {
	r := reflect.ValueOf(v)
	switch {
	case r.Kind() == reflect.Pointer:
		return r.Pointer()
	case r.CanInt():
		return uintptr(r.Int())
	}
	return uintptr(r.Uint())
}

func Syscall(number int64, args ...any) int64 {
	var a [6]uintptr
	for i, v := range args {
		a[i] = word(v)
	}
	r, _, errno := syscall.RawSyscall6(uintptr(number), a[0], a[1], a[2], a[3], a[4], a[5])
	if errno != 0 {
		return -int64(errno)
	}
	return int64(r)
}

// Printf has RTG's verbs: %x of a negative number shows its two's complement, %c is one byte.
func Printf(format string, args ...any) {
	verbs := strings.FieldsFunc(strings.ReplaceAll(format, "%%", ""), func(r rune) bool { return r == '%' })
	if !strings.HasPrefix(strings.ReplaceAll(format, "%%", ""), "%") && len(verbs) > 0 {
		verbs = verbs[1:]
	}
	for i, v := range args {
		r := reflect.ValueOf(v)
		if r.CanInt() && strings.TrimLeft(verbs[i], "0123456789")[0] == 'x' {
			args[i] = uint64(r.Int()) & (1<<(8*r.Type().Size()-1)<<1 - 1)
		}
	}
	fmt.Fprintf(os.Stdout, strings.ReplaceAll(format, "%u", "%d"), args...)
}
