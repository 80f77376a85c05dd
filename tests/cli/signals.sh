#!/usr/bin/env bash
# Signals and time limits. Nothing here depends on how fast the machine is: the guest says when it is ready, and waits.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$tmp" || exit 1
make_elf hello 183
nl=$'\n'
mkfifo ready

# start SCRIPT: a run in the background whose guest has said "ready"; leaves $pid
start() {
    FAKE_GUEST="out ready$nl$1" "$mazboot" run ./hello >ready 2>stderr &
    pid=$!
    exec 3<ready
    read -r _ <&3
}

# finished: waits; leaves $status, and in $out what came behind "ready"
finished() {
    out=$(cat <&3)
    { wait "$pid"; } 2>/dev/null
    status=$?
    exec 3<&-
}

# state PID: the letter of its state, empty when there is no such process
state() {
    sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -c1
}

for signal in INT:2 TERM:15 QUIT:3 HUP:1; do
    start "await${nl}exit 7"
    kill -"${signal%:*}" "$pid"
    finished
    same "SIG${signal%:*} reaches the program" "frame 17 ${signal#*:}|7" "$out|$status"
done

start "await${nl}hang"
kill -INT "$pid"
read -r got <&3
while kill -INT "$pid" 2>/dev/null; do sleep 0.1; done
finished
same 'a second Ctrl-C ends the machine' 'frame 17 2|130' "$got|$status"

start "await${nl}await${nl}exit 0"
kill -INT "$pid"
read -r first <&3
kill -QUIT "$pid"
finished
same 'another signal does not' 'frame 17 2|frame 17 3|0' "$first|$out|$status"

start hang
qemu=$(cat "/proc/$pid/task/$pid/children")
kill -KILL "$pid"
finished
for _ in $(seq 200); do
    state=$(state "${qemu% }")
    case $state in '' | Z | X) break ;; esac
    sleep 0.05
done
case $state in '' | Z | X) state=gone ;; esac
same 'QEMU dies with the launcher' 'gone' "$state"

# The launcher as a shell's job, for a process that no shell watches isn't stopped by a terminal.
set -m
start "await${nl}exit 7"
set +m
qemu=$(cat "/proc/$pid/task/$pid/children")
kill -TSTP "$pid"
while [ "$(state "$pid")$(state "${qemu% }")" = SS ]; do sleep 0.05; done
while [ "$(state "$pid")" != T ] && [ -n "$(state "$pid")" ]; do sleep 0.05; done
same 'Ctrl-Z stops launcher and QEMU' 'TT' "$(state "$pid")$(state "${qemu% }")"
kill -CONT "$pid"
kill -TERM "$pid"
finished
same 'and both can go on' 'frame 17 15|7' "$out|$status"

play "out before${nl}await${nl}log goroutine 1 sleeps${nl}hang" run --timeout 2s ./hello
same 'timeout' "before${nl}frame 18|124|goroutine 1 sleeps${nl}mazboot: the program did not end in the time that --timeout gives it" "$out|$status|$err"
play hang run --timeout 100ms ./hello
same 'timeout of a silent guest' '124' "$status"
play "await${nl}exit 3" run --timeout 2s ./hello
same 'a program that ends after all' '3' "$status"
play 'exit 3' run --timeout 1h ./hello
same 'timeout not reached' '3' "$status"
ended
