#!/usr/bin/env bash
# Both init programs on Debian's kernels of three machines under QEMU: the regular one as /init (devices, modules, console, mounts,
# clock), payloads from the host through shared memory, then the container's init as a payload, which serves commands. The mailbox is
# memory that Linux leaves alone, in the same file as the guest's RAM.
#   tests/rtg/guest.sh [ARCH]...
set -u
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d) || exit 1
pid=
cleanup() {
    [ -n "$pid" ] && kill "$pid" 2>/dev/null
    rm -rf "$work"
}
trap cleanup EXIT

build() { # ARCH MAILBOX
    local arch=$1 root=$work/root modules=() m
    local addresses=(--config-int "MAILBOX_PHYS_ADDR=$2" --config-int "TIMESLICE_MMIO_PHYS_ADDR=$(($2 + 0x1000))"
        --config-int "CONFIG_REGION_PHYS_ADDR=$(($2 + 0x3000))")
    local container=(-D command_loop -D root_bind --config hostname=tester --config workdir=/ --config "hosts_content=127.0.0.1 localhost"
        --config root_source=/container --config root_type= --config exec_strings=x --config-int exec_argc=1 --config-int exec_envc=0)
    for m in virtio_ring virtio virtio_mmio; do # those that are not in the kernel, in the order in which they need each other
        [ -f "build/tests/debian-$arch/$m.ko" ] && modules+=(--embed "modules=build/tests/debian-$arch/$m.ko")
    done
    rm -rf "$root" && mkdir -p "$root/container/bin" "$root/container/etc" &&
        ./rtg build --arch "$arch" "${addresses[@]}" "${modules[@]}" -o "$root/init" initx/regular.rtg initx/lib.rtg &&
        ./rtg build --arch "$arch" -o "$root/container/bin/command" tests/rtg/payloads/command.rtg &&
        ./rtg build --arch "$arch" "${addresses[@]}" "${container[@]}" --emit obj -o "$work/container.obj" initx/container.rtg initx/lib.rtg &&
        ./rtg build --arch "$arch" --emit obj --embed data=tests/rtg/run/part1.txt -o "$work/result.obj" tests/rtg/payloads/result.rtg &&
        ./rtg build --arch "$arch" --emit obj -o "$work/state.obj" tests/rtg/payloads/state.rtg &&
        ./rtg build --arch "$arch" --emit obj -o "$work/crash.obj" tests/rtg/payloads/crash.rtg &&
        (cd "$root" && find . | cpio --quiet -R 0:0 -H newc -o) >"$work/initramfs"
}

# What the console must show.
seen() {
    local pattern
    for pattern in 'loading module virtio_mmio' '^virtio_mmio ' '^devtmpfs /dev devtmpfs ' '^tmpfs /dev/shm tmpfs ' '^proc /proc proc ' \
        "^clock $(date +%s | cut -c 1-7)" 'payload 1 6 1 part1.txt' 'init: ready'; do
        grep -q "$pattern" "$work/console" || {
            echo "the console lacks: $pattern"
            return 1
        }
    done
}

steps() {
    build/tests/rtg-host "$work/ram@$1" ready payload="$work/result.obj" request=0x1234567,0 payload="$work/state.obj" start \
        payload="$work/crash.obj" request=139,5 quiesce payload="$work/result.obj" poke=40,0xfffff request=-3,3 \
        payload="$work/result.obj" request=0x1234567,0 payload="$work/container.obj" start ready command=/bin/command,a,b request=42,0 \
        command=/bin/nothing request=127,0 quiesce request=0,1 command=/bin/command poke=0x100008,0x7fffffff request=-7,7 \
        command=/bin/command request=42,0
}

check() { # ARCH BASE OFFSET QEMU OPTION...
    local arch=$1 mailbox=$(($2 + $3)) offset=$3
    shift 3
    command -v "$1" >/dev/null || {
        echo "skip rtg guest $arch: there is no $1"
        return
    }
    tests/rtg/fetch-kernel.sh "$arch" >/dev/null 2>&1 || {
        echo "skip rtg guest $arch: Debian's kernel cannot be fetched"
        return
    }
    rm -f "$work/ram"
    build "$arch" $mailbox || {
        echo "not ok rtg guest $arch: build"
        return
    }
    "$@" -m 256 -object memory-backend-file,id=ram,size=256M,mem-path="$work/ram",share=on -machine memory-backend=ram -display none \
        -kernel "build/tests/debian-$arch/kernel" -serial file:"$work/console" -monitor none -initrd "$work/initramfs" -no-reboot >"$work/qemu" 2>&1 &
    pid=$!
    while [ ! -s "$work/ram" ] && kill -0 $pid 2>/dev/null; do sleep 0.1; done
    if steps "$offset" >"$work/steps" 2>&1 && seen >>"$work/steps"; then
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

# riscv64 has no mem=: QEMU's device tree gets a reserved range.
reserve() { # ADDRESS SIZE
    local tree=$work/tree node=/reserved-memory/initx@${1#0x}
    qemu-system-riscv64 -M virt,dumpdtb="$tree" -m 256 >/dev/null 2>&1 && fdtput -c "$tree" /reserved-memory "$node" &&
        fdtput -t x "$tree" /reserved-memory '#address-cells' 2 && fdtput -t x "$tree" /reserved-memory '#size-cells' 2 &&
        fdtput "$tree" /reserved-memory ranges && fdtput -t x "$tree" "$node" reg 0 "$1" 0 "$2" && fdtput "$tree" "$node" no-map
}

[ $# -gt 0 ] || set -- arm64 amd64 riscv64
append="loglevel=3 panic=-1"
for arch; do
    case $arch in
    arm64)
        check arm64 $((0x40000000)) $((0xf000000)) qemu-system-aarch64 -M virt,gic-version=3 -cpu cortex-a57 \
            -append "console=ttyAMA0 mem=240M $append"
        ;;
    amd64)
        check amd64 0 $((0xf000000)) qemu-system-x86_64 -M q35 -cpu qemu64 \
            -append "console=ttyS0 memmap=16M\$0xf000000 nokaslr mitigations=off $append"
        ;;
    riscv64)
        reserve 0x8c000000 0x1000000
        check riscv64 $((0x80000000)) $((0xc000000)) qemu-system-riscv64 -M virt -dtb "$work/tree" -append "console=ttyS0 $append"
        ;;
    esac
done
