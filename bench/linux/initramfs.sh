#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# bench/linux/initramfs.sh PROGRAM OUT - an initramfs that has PROGRAM as its init and nothing else. (/dev/console is in the one that
# every kernel carries.)
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cp "$1" "$dir/init"
touch -d @0 "$dir/init" "$dir"
(cd "$dir" && echo init | cpio --quiet --reproducible -R 0:0 -H newc -o) >"$2"
