#!/usr/bin/env bash
# The regular init as /init of Debian's arm64 and amd64 kernels under QEMU: console, mounts, and payloads from the host through
# shared memory. Linux gets 240 of 256 MiB; the mailbox is right behind, in the same file.
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

fetch() { # ARCH: Debian's kernel as build/bench/NAME
    [ "$1" = arm64 ] && {
        bench/linux/fetch-debian.sh >/dev/null 2>&1
        return
    }
    [ -f build/bench/vmlinuz-amd64-debian ] && return
    (cd "$work" && apt-get -q=2 download "$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/^ *Depends: //p' | head -n 1)" &&
        dpkg -x linux-image-*.deb kernel) >/dev/null 2>&1
    mkdir -p build/bench && cp "$work"/kernel/boot/vmlinuz-* build/bench/vmlinuz-amd64-debian 2>/dev/null
}

build() { # ARCH MAILBOX
    ./rtg build --arch "$1" --config-int MAILBOX_PHYS_ADDR="$2" --config-int TIMESLICE_MMIO_PHYS_ADDR=$(($2 + 0x1000)) \
        --config-int CONFIG_REGION_PHYS_ADDR=$(($2 + 0x3000)) -o "$work/init" initx/regular.rtg initx/lib.rtg &&
        ./rtg build --arch "$1" --emit obj --embed data=tests/rtg/run/part1.txt -o "$work/result.obj" tests/rtg/payloads/result.rtg &&
        ./rtg build --arch "$1" --emit obj -o "$work/crash.obj" tests/rtg/payloads/crash.rtg &&
        bench/linux/initramfs.sh "$work/init" "$work/initramfs"
}

check() { # ARCH BASE MACHINE...
    local arch=$1 base=$2 mailbox=$(($2 + 0xf000000))
    shift 2
    fetch "$arch" || {
        echo "skip rtg guest $arch: Debian's kernel cannot be fetched"
        return
    }
    rm -f "$work/ram"
    build "$arch" $mailbox || return
    "$@" -m 256 -object memory-backend-file,id=ram,size=256M,mem-path="$work/ram",share=on -machine memory-backend=ram -display none \
        -serial file:"$work/console" -monitor none -initrd "$work/initramfs" -no-reboot >"$work/qemu" 2>&1 &
    pid=$!
    while [ ! -s "$work/ram" ] && kill -0 $pid 2>/dev/null; do sleep 0.1; done
    if build/tests/rtg-host "$work/ram@$((mailbox - base))" ready payload="$work/result.obj" request=0x1234567,0 \
        payload="$work/crash.obj" request=139,5 quiesce payload="$work/result.obj" request=0x1234567,0 >"$work/steps" 2>&1 &&
        grep -q 'payload 1 6 1 part1.txt' "$work/console"; then
        echo "ok rtg guest $arch"
    else
        tail -n 2 "$work/steps"
        tail -n 10 "$work/console" "$work/qemu"
        echo "not ok rtg guest $arch"
    fi
    kill "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
    pid=
}

check arm64 $((0x40000000)) qemu-system-aarch64 -M virt,gic-version=3 -cpu cortex-a57 -kernel build/bench/Image-debian \
    -append "console=ttyAMA0 mem=240M loglevel=3 panic=-1"
check amd64 0 qemu-system-x86_64 -M q35 -cpu qemu64 -kernel build/bench/vmlinuz-amd64-debian \
    -append "console=ttyS0 memmap=16M\$0xf000000 loglevel=3 nokaslr mitigations=off panic=-1"
