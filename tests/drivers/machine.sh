#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# machine_read on the trees of QEMU's machines and some of our own, against what dtc makes of them. Needs build/test/machine_facts.
set -u
cd "$(dirname "$0")/../.." || exit 1
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
facts=build/test/machine_facts

# compare NAME TREE [BOOT_MPIDR]
compare() {
    dtc -q -I dtb -O dts "$2" | awk -f tests/drivers/facts.awk | sort >"$tmp/want"
    $facts "$2" "${3:-0}" | sort >"$tmp/got" 2>&1
    if diff "$tmp/want" "$tmp/got" >"$tmp/diff"; then echo "ok $1"; else
        cat "$tmp/diff"
        echo "not ok $1"
    fi
}

# qemu NAME MACHINE [ARGUMENTS]: the tree of one of QEMU's machines
qemu() {
    local name=$1 machine=$2
    shift 2
    qemu-system-aarch64 -M "virt,dumpdtb=$tmp/tree,$machine" -cpu cortex-a76 -display none -nodefaults -no-user-config "$@" >"$tmp/log" 2>&1
    compare "$name" "$tmp/tree"
}

# source NAME FILE: a tree from source on standard input; refuse NAME SENTENCE: the same, which must be refused
source_tree() { dtc -q -I dts -O dtb -o "$tmp/tree" - && compare "$1" "$tmp/tree" "${2:-0}"; }
refuse() {
    dtc -q -I dts -O dtb -o "$tmp/tree" -
    got=$($facts "$tmp/tree" 0)
    if [ "$got" = "failed: $2" ]; then echo "ok $1"; else echo "not ok $1: $got"; fi
}

for cpus in 1 2 3 4 5 6 7 8; do
    qemu "GICv2, $cpus CPUs" gic-version=2 -smp "$cpus" -m 128
    qemu "GICv3, $cpus CPUs" gic-version=3 -smp "$cpus" -m $((cpus * 1024 + 8))
done
qemu "EL2: PSCI by smc" gic-version=3,virtualization=on -m 64
qemu "EL3: a UART of the secure world" gic-version=3,secure=on -m 64
qemu "two memory nodes" gic-version=2 -m 256 -smp 2 -object memory-backend-ram,size=96M,id=a -object memory-backend-ram,size=160M,id=b \
    -numa node,memdev=a -numa node,memdev=b
head -c 5000 /dev/zero >"$tmp/initrd"
head -c 64 /dev/zero >"$tmp/kernel"
qemu "boot arguments and initrd" gic-version=2 -m 64 -kernel build/guest/guest.img -initrd "$tmp/initrd" -append "link=virtio log=1"

cpu() { echo "cpu@$1 { device_type = \"cpu\"; enable-method = \"$2\"; reg = <0x$1>; };"; }
gic='gic: gic@8000000 { compatible = "arm,cortex-a15-gic"; interrupt-controller; #interrupt-cells = <3>; reg = <0 0x8000000 0 0x10000 0 0x8010000 0 0x10000>; };'
timer='timer { compatible = "arm,armv8-timer"; interrupts = <1 13 4 1 14 4 1 11 4 1 10 4>; };'
memory='memory@80000000 { device_type = "memory"; reg = <0 0x80000000 0 0x1000000>; };'
head='/dts-v1/; / { #address-cells = <2>; #size-cells = <2>;'
cpus="cpus { #address-cells = <1>; #size-cells = <0>; $(cpu 0 psci) };"

source_tree "reserved memory, disabled devices" <<END
/dts-v1/; /memreserve/ 0x80100000 0x3000; / { #address-cells = <2>; #size-cells = <2>; $gic $timer $memory $cpus
psci { compatible = "arm,psci-0.2"; method = "smc"; };
reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges; a@80200000 { reg = <0 0x80200000 0 0x1000>; no-map; };
b@80300000 { reg = <0 0x80300000 0 0x2000 0 0x80400000 0 0x1000>; }; };
uart@1000 { compatible = "arm,pl011"; reg = <0 0x1000 0 0x1000>; interrupts = <0 5 4>; status = "disabled"; };
uart@2000 { compatible = "arm,pl011", "arm,primecell"; reg = <0 0x2000 0 0x1000>; interrupts = <0 6 4>; status = "okay"; };
rtc@3000 { compatible = "arm,pl031"; reg = <0 0x3000 0 0x1000>; };
chosen { bootargs = "x=1"; rng-seed = <1 2 3 4>; }; };
END
order="cpus { #address-cells = <1>; #size-cells = <0>; $(cpu 100 psci) $(cpu 101 spin-table) $(cpu 0 psci) };"
dtc -q -I dts -O dtb -o "$tmp/tree" - <<<"$head $gic $timer $memory $order };"
got=$($facts "$tmp/tree" 80000101 | grep ^cpu | tr '\n' ' ')
if [ "$got" = "cpu 101 cpu 100 psci cpu 0 psci " ]; then echo "ok the boot CPU comes first"; else echo "not ok the boot CPU comes first: $got"; fi
dtc -q -I dts -O dtb -o "$tmp/tree" - <<END
$head $gic $timer $cpus m@0 { device_type = "memory"; reg = <0 0x90000800 0 0x1000 0 0x80001000 0 0x1000 0 0x80000000 0 0x1000 0 0x80000800 0 0x3000>; }; };
END
got=$($facts "$tmp/tree" 0 | grep ^ram | tr '\n' ' ')
if [ "$got" = "ram 80000000 3000 " ]; then echo "ok RAM sorted, merged, in whole pages"; else echo "not ok RAM sorted, merged, in whole pages: $got"; fi
refuse "no memory" "the device tree names no memory" <<<"$head $gic $timer $cpus };"
refuse "no boot CPU" "the device tree doesn't list the CPU that boots" <<<"$head $gic $timer $memory };"
refuse "no interrupt controller" "the device tree has no interrupt controller that is a GICv2 or GICv3" <<<"$head $timer $memory $cpus };"
refuse "no timer" "the device tree has no generic timer (arm,armv8-timer) with a virtual timer interrupt" <<<"$head $gic $memory $cpus };"
refuse "memory beyond all addresses" "the device tree names no memory" <<END
$head $gic $timer $cpus m@0 { device_type = "memory"; reg = <0xffffffff 0xfffff000 0 0x2000 0x8000 0 0 0x1000>; }; };
END
printf 'not a tree at all' >"$tmp/tree"
if $facts "$tmp/tree" 0 | grep -q '^failed: the device tree'; then echo "ok not a tree"; else echo "not ok not a tree"; fi
