#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the smallest useful Linux to compare with, from Debian's source package: build/bench/Image-minimal, and with a driver for
# virtio's network card Image-minimal-net.
#   bench/linux/build-minimal.sh [JOBS]
# Nothing is installed: the source package is downloaded with apt and unpacked under build/bench.
set -eu
cd "$(dirname "$0")/../.."
jobs=${1:-1} dir=build/bench/linux out=$PWD/build/bench/Image-minimal configs=$PWD/bench/linux
[ -f "$out" ] && [ -f "$out-net" ] && exit 0

for tool in flex bison bc aarch64-linux-gnu-ld; do
    command -v $tool >/dev/null || { echo "$0: $tool is missing; install it with: apt-get install flex bison bc libssl-dev binutils-aarch64-linux-gnu" >&2; exit 1; }
done
mkdir -p $dir
if [ ! -f $dir/source/Makefile ]; then
    echo "bench: fetching Debian's linux-source-6.1"
    (cd $dir && apt-get download -q linux-source-6.1 && dpkg -x linux-source-6.1_*.deb package)
    mkdir -p $dir/source
    tar -xf $dir/package/usr/src/linux-source-6.1.tar.xz -C $dir/source --strip-components=1
    rm -rf $dir/package $dir/*.deb
fi
# GNU's linker, since Go 1.19 finds the clock in the vDSO only by the hash table that it lays out (1.19 has a wrong hash of the name).
linux() { nice -n 19 make -C $dir/source -s ARCH=arm64 LLVM=1 LD=aarch64-linux-gnu-ld -j"$jobs" "$@"; }
# image OUT CONFIG...: builds a kernel of these fragments, unless it is there.
image() {
    local out=$1
    shift
    [ -f "$out" ] && return
    linux tinyconfig
    (cd $dir/source && ARCH=arm64 LLVM=1 LD=aarch64-linux-gnu-ld scripts/kconfig/merge_config.sh -m .config "$@" >/dev/null)
    linux olddefconfig
    echo "bench: building $out, some 15 minutes on two cores"
    linux Image
    cp $dir/source/arch/arm64/boot/Image "$out"
    echo "bench: $out is $(stat -c %s "$out") bytes"
}
image "$out" "$configs/minimal.config"
image "$out-net" "$configs/minimal.config" "$configs/network.config"
