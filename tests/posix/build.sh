#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # lib.sh assigns
# Fetches the Open POSIX Test Suite and builds its conformance tests as static arm64 programs: build/posix/bin/INTERFACE.N-M. Left out are those
# that start processes, and what doesn't compile.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/posix/lib.sh
. tests/posix/lib.sh
[ -e $posix_dir/built ] && exit 0
mkdir -p $posix_dir/bin
tools/fetch_source.sh posixtestsuite=1.5.2-8 posixtestsuite_1.5.2.orig.tar.gz \
    15a2185672127cba851d35ec9d538ff6148defdbb75f99c7e9c50aeba0f94757 $posix_source || exit 1

compile() { # SOURCE
    local name
    name=$(basename "$(dirname "$1")").$(basename "$1" .c)
    aarch64-linux-gnu-gcc -w -O1 -static -s -pthread -D_GNU_SOURCE -D_XOPEN_SOURCE=600 -I$posix_source/include -o "$posix_dir/bin/$name" "$1" -lrt -lm 2>/dev/null ||
        rm -f "$posix_dir/bin/$name"
}
export -f compile
find $posix_source/conformance/interfaces -name '[0-9]*-[0-9]*.c' -exec grep -LE '\b(fork|vfork|system|popen|exec[lv]p?e?)[ ]*\(' {} + | sort |
    nice -n 10 xargs -P "$(nproc)" -I{} bash -c 'compile {}'
touch $posix_dir/built
echo "$(find $posix_dir/bin -type f | wc -l) tests built"
