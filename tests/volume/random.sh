#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Random file operations (tests/fs) in a folder on Linux, by QEMU's user-mode emulation, and in the same folder as a volume: what
# they say and what they leave must be the same.
#   random.sh [FIRST [LAST]]        seeds; 1 to 12 unless given
# shellcheck source=tests/volume/lib.sh
. "$(dirname "$0")/lib.sh"
first=${1:-1} last=${2:-12}
cc=aarch64-linux-gnu-gcc
if ! command -v $cc >/dev/null || ! command -v qemu-aarch64 >/dev/null; then
    echo "skip volume random: there is no $cc or no qemu-aarch64"
    exit
fi
sources=(tests/volume/script.c tests/fs/{script,names,host_api,random_files}.c)
$cc -static -O1 -D_GNU_SOURCE -I. -o "$built/script" "${sources[@]}" || exit 1

# A block count is the host's file system's own; O_LARGEFILE is invisible in user-mode emulation.
plain() {
    sed -E 's/ blocks [0-9]+$//; s/^getfl -> .*/getfl/' "$1"
}

mkdir "$tmp/linux"
qemu-aarch64 "$built/script" "$tmp/linux" "$first" "$last" >"$tmp/linux.out"
listing "$tmp/linux" >"$tmp/linux.tree"
for cpus in 1 4; do
    mkdir "$tmp/$cpus"
    "$mazboot" run -smp $cpus --timeout 600s --volume "$tmp/$cpus:/volume" "$built/script" /volume "$first" "$last" >"$tmp/here.out"
    same "volume random smp $cpus" <(plain "$tmp/linux.out") <(plain "$tmp/here.out")
    listing "$tmp/$cpus" >"$tmp/here.tree"
    same "volume random smp $cpus, what is left" "$tmp/linux.tree" "$tmp/here.tree"
done
ended
