#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# bench/linux/initramfs.sh PROGRAM OUT [FOLDER] - an initramfs that has PROGRAM as its init and what is in FOLDER, nothing else.
# (/dev/console is in the one that every kernel carries.)
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cp "$1" "$dir/init"
if [ -n "${3:-}" ]; then cp -r "$3/." "$dir"; fi
find "$dir" -exec touch -d @0 {} +
(cd "$dir" && find . -mindepth 1 -printf '%P\n' | sort | cpio --quiet --reproducible -R 0:0 -H newc -o) >"$2"
