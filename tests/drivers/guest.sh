#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The drivers on QEMU's machines: every interrupt controller, both virtio transports, several CPU counts. Needs build/guest/*.
set -u
cd "$(dirname "$0")/../.." || exit 1
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
seq 1 9000 >"$tmp/input"

# check NAME: the guest copied its input, and said what it must on UART, log and standard error
check() {
    local cpus=$2 want
    want=$(
        echo "timer ok"
        echo "pending ok"
        for ((i = 1; i < cpus; i++)); do echo "cpu $i: 0, once more: -17"; done
        echo "pings $cpus ok"
        echo "random $3 ok"
        echo "link ok"
    )
    if cmp -s "$tmp/input" "$tmp/output" &&
        [ "$(cat "$tmp/errors")" = "$(printf 'to stderr\nlog: a log line\nexit 42, signals ok')" ] &&
        [ "$(grep -E '^(timer|pending|cpu|pings|random [0-9]|link)' "$tmp/uart" | tr -d '\r')" = "$want" ]; then
        echo "ok $1"
    else
        echo "not ok $1"
        tail -n 20 "$tmp/uart" "$tmp/errors"
    fi
}

# run NAME GIC CPUS CHUNK SEED [QEMU ARGUMENTS]
run() {
    local name=$1 gic=$2 cpus=$3 chunk=$4 seed=$5
    shift 5
    timeout 120 build/guest/peer "$chunk" qemu-system-aarch64 -M "virt,gic-version=$gic,dtb-randomness=$([ "$seed" = 0 ] && echo off || echo on)" \
        -cpu cortex-a76 -m 64 -smp "$cpus" -nodefaults -no-user-config -display none -serial "file:$tmp/uart" -kernel build/guest/guest.img \
        -chardev socket,fd=3,id=link -device "virtio-serial-device,max_ports=$ports" -device "$port,chardev=link" "$@" \
        <"$tmp/input" >"$tmp/output" 2>"$tmp/errors"
    check "$name" "$cpus" "$seed"
}

ports=1 port=virtconsole
run "GICv2, legacy virtio, 1 CPU" 2 1 4096 32
run "GICv2, current virtio, 8 CPUs" 2 8 1000 32 -global virtio-mmio.force-legacy=false
run "GICv3, legacy virtio, 8 CPUs" 3 8 7 32
ports=2 port=virtserialport,nr=1
run "GICv3, current virtio, 2 CPUs, virtio-rng" 3 2 4096 0 -global virtio-mmio.force-legacy=false -device virtio-rng-device
run "GICv2, legacy virtio, 4 CPUs, virtio-rng" 2 4 512 0 -device virtio-rng-device
run "GICv3, EL2, 4 CPUs by smc" 3 4 512 32 -machine virtualization=on
