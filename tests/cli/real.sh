#!/usr/bin/env bash
# The command with the real kernel in the real QEMU: what the stand-in cannot show.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
unset MAZBOOT_QEMU MAZBOOT_KERNEL
export HOME=${HOME:-$tmp} GOTOOLCHAIN=local GOPROXY=off
nl=$'\n'
mkdir "$tmp/guest"
cat >"$tmp/guest/main.go" <<'EOF'
package main

import (
	"bufio"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	switch os.Args[1] {
	case "streams":
		fmt.Println("out", os.Args[2:], os.Getenv("GREETING"))
		fmt.Fprintln(os.Stderr, "err")
		os.Exit(42)
	case "line":
		line, _ := bufio.NewReaderSize(os.Stdin, 16).ReadString('\n')
		fmt.Print(line)
	case "signal":
		c := make(chan os.Signal, 1)
		signal.Notify(c, syscall.SIGTERM)
		fmt.Println("ready")
		fmt.Println(<-c)
		os.Exit(9)
	case "spin":
		fmt.Println("ready")
		for {
		}
	case "much":
		for i := 0; i < 20000; i++ {
			fmt.Println("line", i)
		}
	}
}
EOF
CGO_ENABLED=0 GOARCH=arm64 go build -o "$tmp/guest/guest" "$tmp/guest/main.go" || exit 1
cd "$tmp/guest" || exit 1

# real ARGS...: a run that may take two minutes
real() {
    play '' run --timeout 120s "$@"
}
real -e GREETING=hi ./guest streams a 'b c'
same 'streams and status' 'out [a b c] hi|err|42' "$out|$err|$status"
out=$(printf 'a line of the input\nsixteen bytes more and a rest\n' | { "$mazboot" run ./guest line; cat >rest; })
same 'input' 'a line of the input' "$out"
same 'input beyond the buffer is left' '1' "$(grep -c 'a rest$' rest)"
out=$("$mazboot" run ./guest much | md5sum)
same 'much output' "$(for ((i = 0; i < 20000; i++)); do echo "line $i"; done | md5sum)" "$out"
"$mazboot" run ./guest much | head -n 1 >/dev/null
same 'broken pipe' '141' "${PIPESTATUS[0]}"

# signalled MODE SIGNAL: runs until the guest is ready, sends the signal, waits; leaves $out and $status
mkfifo ready
signalled() {
    "$mazboot" run ./guest "$1" >ready 2>stderr &
    local pid=$!
    exec 3<ready
    read -r out <&3
    kill -"$2" $pid
    out=$out$nl$(cat <&3)
    wait $pid
    status=$?
    exec 3<&-
}
signalled signal TERM
same 'a signal that is handled' "ready${nl}terminated|9" "$out|$status"
signalled spin INT
same 'a signal that is not' "ready$nl|130" "$out|$status"
signalled spin QUIT
same 'the stacks on SIGQUIT' '2|1' "$status|$(grep -c '^SIGQUIT: quit' stderr)"

play '' run --timeout 6s ./guest spin
same 'timeout' '124|1' "$status|$(grep -c '^thread 1 ' <<<"$err")"
real --strace ./guest streams
same 'trace' '1' "$(grep -c 'write(1, "out' <<<"$err")"
real --stats --icount ./guest streams
same 'statistics' '1' "$(grep -cE '^  instructions, boot +[0-9]+$' <<<"$err")"
real --accel tcg -smp 4 -m 64M ./guest streams
same 'four processors' '42' "$status"

"$mazboot" build ./guest -o guest.img -e GREETING=hello -- streams x
out=$(timeout 120 qemu-system-aarch64 -M virt -cpu cortex-a76 -m 128M -display none -no-reboot -nic none -serial stdio -kernel guest.img </dev/null 2>&1 | tr -d '\r' | sort)
same 'an image without launcher' "err${nl}out [x] hello" "$out"
ended
