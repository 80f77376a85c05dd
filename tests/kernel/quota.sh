#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# --cpu-quota: the program gets that much CPU time, on however many CPUs, and the newest Go counts its processors by it. With one
# CPU guest time counts instructions, so that the figures don't depend on the host; with more QEMU would run them in turns.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/programs/lib.sh
dir=build/programs/quota
mkdir -p $dir
cat >$dir/main.go <<'GO'
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func cpu() time.Duration {
	var r syscall.Rusage
	syscall.Getrusage(0, &r)
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// As many goroutines burn as the argument says, for five periods.
func main() {
	burners, _ := strconv.Atoi(os.Args[1])
	text, err := os.ReadFile("/sys/fs/cgroup/cpu.max")
	fmt.Println("cpu.max", strings.TrimSpace(string(text)), err)
	fmt.Println("processors", runtime.GOMAXPROCS(0), "of", runtime.NumCPU())
	runtime.GOMAXPROCS(runtime.NumCPU())
	start, before := time.Now(), cpu()
	for i := 0; i < burners; i++ {
		go func() {
			for {
			}
		}()
	}
	time.Sleep(500 * time.Millisecond)
	fmt.Println("percent", int(100*(cpu()-before)/time.Since(start)))
}
GO
newest=$(list_gos | tail -n 1 | cut -d' ' -f2)
printf 'module quota\n\ngo 1.25\n' >$dir/go.mod # from that version on Go counts by the quota
(cd $dir && GOTOOLCHAIN=local GOOS=linux GOARCH=arm64 CGO_ENABLED=0 "$newest" build -o quota .) || { echo "skip quota: $newest is older than Go 1.25" && exit; }

# gives NAME BURNERS LEAST MOST PATTERN OPTION...: CPU time in percent of one processor's, and what else it prints
gives() {
    local name=$1 burners=$2 least=$3 most=$4 pattern=$5 percent
    shift 5
    [[ " $* " == *' 1 '* ]] && set -- --icount "$@"
    out=$(timeout 90 ./mazboot run --accel tcg --timeout 80s "$@" $dir/quota "$burners" 2>&1)
    percent=$(sed -n 's/^percent //p' <<<"$out")
    if [[ $out =~ $pattern ]] && [ "${percent:-0}" -ge "$least" ] && [ "${percent:-0}" -le "$most" ]; then
        echo "ok quota: $name ($percent %)"
    else
        printf '%s\nnot ok quota: %s\n' "$out" "$name"
    fi
}

# Of the first and the last period more or less may be seen.
gives 'none' 1 90 101 'cpu.max max 100000' -smp 1 --kernel full
gives 'a third of one CPU' 1 26 40 'cpu.max 33000 100000 <nil>' -smp 1 --cpu-quota 0.33
gives '1.5 of two' 2 50 185 'cpu.max 150000 100000 <nil>.processors 2 of 2' --cpus 1.5
gives 'half of one, on four' 4 20 80 'cpu.max 50000 100000 <nil>.processors 2 of 4' -smp 4 --cpu-quota 0.5
gives '3 of four: Go takes three' 1 50 361 'cpu.max 300000 100000 <nil>.processors 3 of 4' -smp 4 --cpu-quota 3
gives 'who sleeps uses none' 0 0 40 'processors 2 of 2' --cpus 1.5

# refused NAME MESSAGE OPTION...
refused() {
    local name=$1 message=$2
    shift 2
    out=$(./mazboot run "$@" $dir/quota 2>&1)
    if [[ $out == *"$message"* ]]; then echo "ok quota: $name"; else printf '%s\nnot ok quota: %s\n' "$out" "$name"; fi
}
refused 'no number' '--cpu-quota half: it is a number of processors, as 0.5 or 1.25' --cpu-quota half
refused 'next to nothing' '--cpu-quota 0.001: it is a number of processors' --cpu-quota 0.001
refused 'no processors' '-smp 0 is not a number of processors' -smp 0
refused 'not with the small kernel' '--cpu-quota needs the full kernel' --cpu-quota 0.5 --kernel small
