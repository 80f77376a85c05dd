#!/usr/bin/env bash
# mazboot run --root, --cwd: the archive that the guest gets, read by GNU tar.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$tmp" || exit 1
make_elf hello 183

# Names and contents that a packer may get wrong.
long=$(printf '%0120d' 7)
mkdir -p "tree/etc" "tree/$long/$long" tree/empty
echo 'a b' >'tree/etc/two words'
printf 'umlaut' >$'tree/\303\244'
printf 'not UTF-8' >$'tree/\344'
: >tree/nothing
head -c 100000 /dev/urandom >"tree/$long/$long/file"
truncate -s 3M tree/sparse
printf 'end' >>tree/sparse
printf 'start' | dd of=tree/sparse conv=notrunc status=none
ln -s nowhere/at/all tree/etc/link
ln tree/nothing tree/second
chmod 4751 tree/nothing
chmod 1700 tree/empty
touch -d @1234567890.5 'tree/etc/two words'
mkfifo tree/fifo

# listing FOLDER: all that must survive
listing() {
    (cd "$1" && find . -mindepth 1 ! -type l -printf '%p %y %m %T@ %l\n' | sed -E 's/\.[0-9]+ $//' &&
        find . -type l -printf '%p %y %l\n' && find . -type f -exec sha256sum {} +) | sort
}

# number OFFSET: 8 bytes of the image
number() {
    od -An -tu8 -j "$1" -N 8 hello.img | tr -d ' '
}

# unpack OPTIONS: the root archive of an image, unpacked into the folder "there"
unpack() {
    local entry payload=4096 at size
    rm -rf there root.tar && mkdir there
    "$mazboot" build "$@" ./hello -o hello.img || return
    for ((entry = payload + 24; $(number "$entry") != 6; entry += 24)); do
        [ "$entry" -lt 4400 ] || return
    done
    at=$(number $((entry + 8))) size=$(number $((entry + 16)))
    tail -c +$((payload + at + 1)) hello.img | head -c "$size" >root.tar
    tar --warning=no-unknown-keyword --delay-directory-restore -xpf root.tar -C there
}

unpack --root tree
same 'a folder' "$(listing tree)" "$(listing there)"
same 'owned by root' '0/0' "$(tar --numeric-owner -tvf root.tar | awk '{ print $2 }' | sort -u)"
same 'sparse file' '0' "$(cmp -s tree/sparse there/sparse; echo $?)"
unpack --root tree/
same 'a folder with a slash' "$(listing tree)" "$(listing there)"
(cd tree && tar --format=ustar -cf ../small.tar etc)
unpack --root small.tar
same 'an archive as it is' '0' "$(cmp -s small.tar root.tar; echo $?)"
unpack --root tree --root small.tar
same 'the last one counts' '0' "$(cmp -s small.tar root.tar; echo $?)"
mkdir bare
unpack --root bare
same 'an empty folder' '' "$(listing there)"
play 'item 6' run ./hello
same 'without --root' '(no such item)' "$out"
play 'item 4' run --cwd /etc ./hello
same 'the folder to start in' "1" "$(grep -c '^cwd=/etc$' <<<"$out")"
play 'payload' run --root tree ./hello
same 'a run has it too' '1' "$(grep -c '^item 6 aligned$' <<<"$out")"
ended
