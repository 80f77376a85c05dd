#!/usr/bin/env bash
# The regular init as /init of Debian's arm64 kernel under QEMU: console, mounts, and payloads from the host through shared memory.
#   tests/rtg/guest.sh
set -u
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d) || exit 1
pid=
cleanup() {
    [ -n "$pid" ] && kill "$pid" 2>/dev/null
    rm -rf "$work"
}
trap cleanup EXIT
kernel=build/bench/Image-debian
bench/linux/fetch-debian.sh >/dev/null 2>&1 || {
    echo "skip rtg guest arm64: Debian's kernel cannot be fetched"
    exit 0
}
# Linux gets 240 of 256 MiB; the mailbox is right behind, in the same file.
mailbox=$((0x4f000000))
./rtg build --arch arm64 --config-int MAILBOX_PHYS_ADDR=$mailbox --config-int TIMESLICE_MMIO_PHYS_ADDR=$((mailbox + 0x1000)) \
    --config-int CONFIG_REGION_PHYS_ADDR=$((mailbox + 0x3000)) -o "$work/init" initx/regular.rtg initx/lib.rtg &&
    ./rtg build --arch arm64 --emit obj --embed data=tests/rtg/run/part1.txt -o "$work/result.obj" tests/rtg/payloads/result.rtg &&
    ./rtg build --arch arm64 --emit obj -o "$work/crash.obj" tests/rtg/payloads/crash.rtg &&
    bench/linux/initramfs.sh "$work/init" "$work/initramfs" || exit 1
qemu-system-aarch64 -M virt,gic-version=3 -cpu cortex-a57 -m 256 -object memory-backend-file,id=ram,size=256M,mem-path="$work/ram",share=on \
    -machine memory-backend=ram -display none -serial file:"$work/console" -monitor none -kernel $kernel -initrd "$work/initramfs" \
    -append "console=ttyAMA0 mem=240M loglevel=3 panic=-1" -no-reboot >"$work/qemu" 2>&1 &
pid=$!
while [ ! -s "$work/ram" ] && kill -0 $pid 2>/dev/null; do sleep 0.1; done
if build/tests/rtg-host "$work/ram@$((mailbox - 0x40000000))" ready payload="$work/result.obj" request=0x1234567,0 \
    payload="$work/crash.obj" request=139,5 quiesce payload="$work/result.obj" request=0x1234567,0 >"$work/steps" 2>&1 &&
    grep -q 'payload 1 6 1 part1.txt' "$work/console"; then
    echo "ok rtg guest arm64"
else
    tail -n 2 "$work/steps"
    tail -n 10 "$work/console" "$work/qemu"
    echo "not ok rtg guest arm64"
fi
