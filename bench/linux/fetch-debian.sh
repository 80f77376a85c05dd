#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Fetches Debian's arm64 cloud kernel to compare with: build/bench/Image-debian, and in build/bench/modules-debian/modules what it needs
# for virtio's network card, numbered in the order of loading.
# apt works in a folder of its own under build/bench, so that the system doesn't learn of a foreign architecture.
set -eu
cd "$(dirname "$0")/../.."
out=$PWD/build/bench/Image-debian dir=$PWD/build/bench/apt modules=$PWD/build/bench/modules-debian/modules
[ -f "$out" ] && [ -d "$modules" ] && exit 0

mkdir -p "$dir"/{state/lists/partial,cache/archives/partial}
touch "$dir/state/status"
options=(-q=2 -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o "Dir::State=$dir/state" -o "Dir::State::status=$dir/state/status"
    -o "Dir::Cache=$dir/cache" -o APT::Sandbox::User=root)
cd "$dir"
echo "bench: fetching Debian's arm64 cloud kernel"
apt-get "${options[@]}" update
package=$(apt-cache "${options[@]}" depends linux-image-cloud-arm64 | sed -n 's/^ *Depends: //p' | head -n 1)
apt-get "${options[@]}" download "$package"
dpkg -x "$package"_*.deb "$dir/package"
cp "$dir"/package/boot/vmlinuz-* "$out"
mkdir -p "$modules"
n=0
for module in drivers/virtio/virtio_ring drivers/virtio/virtio drivers/virtio/virtio_mmio net/core/failover drivers/net/net_failover drivers/net/virtio_net; do
    n=$((n + 1))
    cp "$dir"/package/lib/modules/*/kernel/$module.ko "$modules/$n-$(basename $module).ko"
done
rm -rf "$dir"
echo "bench: $out is $package, $(stat -c %s "$out") bytes"
