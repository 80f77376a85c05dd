#!/usr/bin/env bash
# mazboot build: one file, the same payload as a run has, but no link.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$tmp" || exit 1
make_elf hello 183
nl=$'\n'

# inside ITEM: an item of the image, read by the fake QEMU
inside() {
    FAKE_GUEST="item $1" "$MAZBOOT_QEMU" -kernel hello.img socket,id=link,fd=1 | tail -c +9
}

play '' build -e A=1 ./hello -o hello.img
same 'build' '0||' "$status|$out|$err"
same 'argument' './hello' "$(inside 2)"
same 'environment' "PATH=/usr/local/bin:/usr/bin:/bin${nl}HOME=/${nl}A=1" "$(inside 3)"
same 'no link' 'execfn=/hello' "$(inside 4)"
cmp -s hello <(tail -c +$((5 * 4096 + 1)) hello.img | head -c 4096)
same 'program' '0' "$?"
same 'whole pages' '0' "$(($(stat -c %s hello.img) % 4096))"

play '' build -o hello.img ./hello -- -x 'two words'
same 'arguments' "0|./hello$nl-x${nl}two words" "$status|$(inside 2)"
play '' build ./hello -e B=2 --output=hello.img
same 'options behind the program' "0|B=2" "$status|$(inside 3 | tail -n 1)"
play '' build --help
same 'help' '0' "$status"
ended
