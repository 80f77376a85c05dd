#!/usr/bin/env bash
# mazboot run: streams, exit statuses, options, and what the guest gets.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$tmp" || exit 1
make_elf hello 183
nl=$'\n'

play "out to stdout${nl}err to stderr${nl}exit 0" run ./hello
same 'streams' 'to stdout|to stderr|0' "$out|$err|$status"
play 'exit 42' run ./hello
same 'exit status' '42' "$status"
play 'exit 137' run ./hello
same 'killed inside' '137' "$status"
play "log out of memory${nl}exit 0" run ./hello
same 'what the kernel says' '|out of memory' "$out|$err"
play "log loud${nl}exit 0" run -v ./hello
same 'log' '1' "$(grep -c '^loud$' <<<"$err")"
same 'command line with -v' '1' "$(grep -c "^$MAZBOOT_QEMU -M virt" <<<"$err")"
play "trace write(1)${nl}exit 0" run --strace ./hello
same 'trace' 'write(1)' "$err"
play "traced write(1)${nl}exit 0" run --strace ./hello
same 'trace of a program without names' 'write(1) by 0x1234 0x5678' "$err"
play "trace write(1)${nl}err x${nl}exit 0" run --strace=trace.txt ./hello
same 'trace file' 'x|write(1)' "$err|$(cat trace.txt)"
play "uart early words${nl}want 1${nl}exit 0" run ./hello
same 'console' 'early words' "$err"
play "exit 3" run --stats ./hello
same 'statistics' "3|mazboot: statistics
  boot                        2.000 ms
  program                     3.000 ms
  kernel image, bytes          4096
  memory                      64.00 MiB
  most used                    5.00 MiB
  system calls                   77
  unknown calls                   1
  page faults                    88
  task switches                  99" "$status|$err"
play "exit 0" run --stats --icount ./hello
same 'instructions' '  instructions, boot        2000000
  and of the program        3000000' "$(grep -E 'instr|and of' <<<"$err")"

play 'item 2' run ./hello -v '' 'two words'
same 'arguments' "./hello$nl-v$nl${nl}two words" "$out"
HIDDEN=1 SHOWN=2 GODEBUG=x=1 play 'item 3' run -e A=1 -e SHOWN -e UNSET -e HOME=/root -e A=2=3 ./hello
same 'environment' "PATH=/usr/local/bin:/usr/bin:/bin${nl}GODEBUG=x=1${nl}SHOWN=2${nl}HOME=/root${nl}A=2=3" "$out"
play 'item 4' run ./hello
same 'kernel options' "execfn=/hello${nl}link=virtio${nl}tty=0${nl}memory=blank" "$out"
play 'item 4' run -v --strace ./hello
same 'kernel options for -v and --strace' "execfn=/hello${nl}link=virtio${nl}tty=0${nl}memory=blank${nl}log=1${nl}strace=1" "$out"
mkdir -p tree/bin && cp hello tree/bin/
play 'item 4' run --root tree ./tree/bin/hello
same 'path of a program within --root' "execfn=/bin/hello${nl}link=virtio${nl}tty=0${nl}memory=blank" "$out"
play 'item 4' run --hostname gopher-1.test ./hello
same 'name of the machine' "hostname=gopher-1.test${nl}execfn=/hello${nl}link=virtio${nl}tty=0${nl}memory=blank" "$out"
printf 'symbols' >"$tmp/kernel.sym"
play 'item 5' run ./hello
same 'symbols' 'symbols' "$out"
play 'payload' run ./hello
same 'payload' '1|1' "$(grep -c '^magic MAZPAYLD version 1 room [1-9]' <<<"$out")|$(grep -c 'ends with the file: yes' <<<"$out")"
same 'payload items' 'item 2 aligned item 3 aligned item 4 aligned item 5 aligned item 1 aligned' "$(grep ^item <<<"$out" | xargs)"

# has NAME ARGUMENTS: the QEMU command line of the last dry run has these words
has() {
    same "$1" '1' "$(grep -cF -- " $2 " <<<" $out ")"
}
play 'die 9' run --dry-run ./hello
same 'dry run starts nothing' '0|' "$status|$err"
has 'board' '-M virt,gic-version=3,acpi=off -cpu cortex-a76 -accel tcg -m 512M'
has 'one processor keeps its barriers' '-smp 1,maxcpus=2'
has 'link' '-device virtio-serial-device,max_ports=2 -device virtserialport,nr=1,chardev=link'
has 'fence' '-nodefaults -no-user-config -display none -no-reboot'
has 'sandbox' '-sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'
same 'no semihosting' '0' "$(grep -c semihosting <<<"$out")"
play '' run --dry-run -m 8200K -smp 4 --cpu neoverse-n1 --icount --qemu-arg -d --qemu-arg 'a b' ./hello
has 'memory and processors' '-cpu neoverse-n1 -accel tcg -m 8200K -smp 4 -icount shift=0,sleep=off'
has 'more arguments' "-d 'a b'"

out=$(printf 'abcdef' | FAKE_GUEST="want 3${nl}want 100${nl}want 5${nl}exit 0" "$mazboot" run ./hello)
same 'input' 'abcdef(eof)' "$out"
out=$(printf 'line one\nline two\n' | { FAKE_GUEST="want 9${nl}exit 0" "$mazboot" run ./hello; cat; })
same 'unread input is left' "line one${nl}line two" "$out"
out=$(printf 'line one\n' | { FAKE_GUEST="exit 0" "$mazboot" run ./hello; cat; })
same 'input nobody asked for is left' 'line one' "$out"
out=$(FAKE_GUEST="want 9${nl}exit 0" "$mazboot" run ./hello <&-)
same 'closed input' '(eof)' "$out"
out=$(FAKE_GUEST="want 9${nl}exit 0" "$mazboot" run ./hello <"$tmp")
same 'unreadable input' '(eof)' "$out"
FAKE_GUEST="out x${nl}err y${nl}exit 5" "$mazboot" run ./hello <&- >&- 2>&-
same 'all streams closed' '5' "$?"

out=$(FAKE_GUEST="flood 3000000${nl}exit 0" "$mazboot" run ./hello | wc -c)
same 'much output' '3000000' "$out"
out=$(FAKE_GUEST="flood 3000000${nl}hang" "$mazboot" run ./hello 2>"$tmp/stderr" | head -c 5; echo " ${PIPESTATUS[0]}")
same 'broken pipe' 'xxxxx 141|' "$out|$(cat "$tmp/stderr")"
out=$(FAKE_GUEST="out x${nl}exit 0" "$mazboot" run ./hello 2>&1 >/dev/full; echo $?)
same 'full disk' "mazboot: cannot write the program's output: No space left on device${nl}125" "$out"

play "out half${nl}uart panic: no memory${nl}die 0" run ./hello
same 'machine stops' "half|125|panic: no memory${nl}mazboot: the machine stopped before the program had ended; what it said is above, more with -v" "$out|$status|$err"
play "out half${nl}uart mazboot: mazboot: kernel panic on CPU 0: x${nl}hang" run ./hello
same 'kernel panic' "half|125|mazboot: mazboot: kernel panic on CPU 0: x${nl}mazboot: the kernel panicked; what it said is above" "$out|$status|$err"
play "uart mazboot: kernel panics are rare${nl}die 0" run ./hello
same 'kernel panic of a machine that ends' '125|mazboot: the kernel panicked; what it said is above' "$status|$(tail -n 1 <<<"$err")"
play 'die 1' run ./hello
same 'QEMU fails' '125|mazboot: QEMU failed with exit status 1; what it said is above, more with -v' "$status|$err"
play 'kill 11' run ./hello
same 'QEMU crashes' '125|mazboot: QEMU was ended by signal 11 (Segmentation fault); what it said is above, more with -v' "$status|$err"
play "raw 6300000000000000${nl}hang" run ./hello
same 'nonsense' '125|mazboot: the kernel sent a frame of unknown type 99; the kernel image may be from another version of mazboot' "$status|$err"
play "raw 01010000ffffff7f${nl}hang" run ./hello
same 'huge frame' '125|mazboot: the kernel sent a frame of type 1 with 2147483647 bytes; the kernel image may be from another version of mazboot' "$status|$err"

play 'blocked' run ./hello
same 'QEMU has no signal blocked' 'SigBlk: 0000000000000000' "${out//[[:space:]]/ }"
play '' --version
same 'version' '0|mazboot' "$status|${out%% *}"
play '' run --help
same 'help' '0|Usage: mazboot run [OPTIONS] PROGRAM [ARGS]' "$status|$(head -n 1 <<<"$out")"
play '' help build
same 'help of a command' '0|Usage: mazboot build [OPTIONS] PROGRAM [-- ARGS]' "$status|$(head -n 1 <<<"$out")"
ended
