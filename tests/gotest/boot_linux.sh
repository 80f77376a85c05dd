#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # lib.sh assigns
# One boot of Debian's Linux with a package's tests: what they print, on stdout.
#   boot_linux.sh BINARY FOLDER SECONDS VARIABLES... -- ARGUMENTS...
# Exit status 124 if it took longer than SECONDS.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/gotest/lib.sh
. tests/gotest/lib.sh
binary=$1 folder=$2 seconds=$3
shift 3
image=build/bench/Image-debian base=$gotest_dir/linux.cpio
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

# The root file system of the tests here, as Linux takes it.
make_base() {
    local tree=$tmp/tree
    mkdir "$tree" && tar -xf "$gotest_root" -C "$tree" || return 1
    GOTOOLCHAIN=local GO111MODULE=off GOOS=linux GOARCH=arm64 CGO_ENABLED=0 go build -o "$tree/init" tests/linux/init/main.go || return 1
    (cd "$tree" && find . -mindepth 1 -printf '%P\n' | sort | cpio --quiet -R 0:0 -H newc -o) >"$base.$$" && mv "$base.$$" "$base"
    rm -rf "$tree"
}
[ -f $image ] || bench/linux/fetch-debian.sh >&2 || exit 1
[ -f "$base" ] || make_base || exit 1

variables=()
while [ "$1" != -- ]; do
    variables+=("$1")
    shift
done
shift
mkdir "$tmp/job"
cp "$binary" "$tmp/job/job"
printf '%s\n' "$folder" "${#variables[@]}" "${variables[@]}" "$@" >"$tmp/job/job.args"
(cd "$tmp/job" && printf 'job\njob.args\n' | cpio --quiet -R 0:0 -H newc -o) >"$tmp/job.cpio"
cat "$base" "$tmp/job.cpio" >"$tmp/initrd"
# The kernel's own clock of the day is the RTC's, as the machine here has it.
timeout "$seconds" qemu-system-aarch64 -M virt -cpu cortex-a76 -m 3072 -smp "$gotest_cpus" -nodefaults -display none -serial stdio -no-reboot \
    ${gotest_clock:+-rtc "base=$gotest_clock"} -kernel $image -initrd "$tmp/initrd" -append "console=ttyAMA0 panic=-1 quiet nokaslr cryptomgr.notests" </dev/null | tr -d '\r'
exit "${PIPESTATUS[0]}"
