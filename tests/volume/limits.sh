#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A volume's ends, beside Linux: the host's disk is full, a file is larger than the machine's memory, fsync reaches the host's.
# shellcheck source=tests/volume/lib.sh
. "$(dirname "$0")/lib.sh"
export GOTOOLCHAIN=local CGO_ENABLED=0
unset GOFLAGS GOOS GOARCH
here=$PWD/$built
(cd tests/volume/limits && go build -o "$here/limits.host" . && GOARCH=arm64 go build -o "$here/limits" .) || exit 1

mkdir "$tmp/disk"
if mount -t tmpfs -o size=1M none "$tmp/disk" 2>/dev/null; then
    trap 'umount "$tmp/disk"; rm -rf "$tmp"' EXIT
    "$built/limits.host" nospace "$tmp/disk" >"$tmp/linux.out" 2>&1
    rm "$tmp/disk"/*
    "$mazboot" run --timeout 120s --volume "$tmp/disk:/volume" "$built/limits" nospace /volume >"$tmp/here.out" 2>&1
    same 'volume without space' "$tmp/linux.out" "$tmp/here.out"
    grep -q '^true true true' "$tmp/linux.out"
    report 'volume without space, what Linux says' $?
else
    echo 'skip volume without space: a file system can only be mounted by root'
fi

mkdir "$tmp/large"
seq 1 12000000 >"$tmp/large/big" && echo little >"$tmp/large/little"
"$built/limits.host" reclaim "$tmp/large" >"$tmp/linux.out" 2>&1
"$mazboot" run -m 40M -smp 2 --timeout 300s --volume "$tmp/large:/volume" "$built/limits" reclaim /volume >"$tmp/here.out" 2>&1
same 'volume larger than the memory' "$tmp/linux.out" "$tmp/here.out"

# Each of the program's two calls makes QEMU call the same for the file.
strace -f -y -e trace=fsync,fdatasync -o "$tmp/strace" "$mazboot" run --timeout 120s --volume "$tmp/large:/volume" "$built/limits" sync /volume >"$tmp/here.out" 2>&1
printf '<nil>\n<nil> <nil>\n' >"$tmp/want"
same 'volume synced' "$tmp/want" "$tmp/here.out"
echo "$(grep -c 'fsync(.*/synced>' "$tmp/strace") $(grep -c 'fdatasync(.*/synced>' "$tmp/strace")" >"$tmp/here.out"
echo '1 1' >"$tmp/want"
same "volume synced by the host" "$tmp/want" "$tmp/here.out"
ended
