#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Fetches Debian's kernel for a machine, to test guests on: build/tests/debian-ARCH/kernel, beside it its virtio modules. The cloud
# kernels of this Debian; riscv64 joined Debian with trixie. apt works in a folder of its own, so that the system doesn't learn of a foreign architecture or release.
#   tests/rtg/fetch-kernel.sh ARCH
set -eu
cd "$(dirname "$0")/../.."
arch=$1 out=$PWD/build/tests/debian-$1 dir=$PWD/build/tests/debian-$1/apt
[ -f "$out/kernel" ] && exit 0

mkdir -p "$dir"/{state/lists/partial,cache/archives/partial}
trap 'rm -rf "$dir"' EXIT
touch "$dir/state/status"
options=(-q=2 -o "APT::Architecture=$arch" -o "APT::Architectures=$arch" -o "Dir::State=$dir/state" -o "Dir::State::status=$dir/state/status"
    -o "Dir::Cache=$dir/cache" -o APT::Sandbox::User=root)
package=linux-image-cloud-$arch
if [ "$arch" = riscv64 ]; then
    package=linux-image-riscv64
    # shellcheck disable=SC2016 # apt's own variables
    mirror=$(apt-get indextargets --format '$(ORIGIN) $(LABEL) $(REPO_URI)' 'Created-By: Packages' | sed -n 's/^Debian Debian //p' | head -n 1)
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" >"$dir/sources.list"
    options+=(-o "Dir::Etc::sourcelist=$dir/sources.list" -o Dir::Etc::sourceparts=/dev/null)
fi
cd "$dir"
echo "rtg: fetching Debian's $arch kernel"
apt-get "${options[@]}" update
package=$(apt-cache "${options[@]}" depends "$package" | sed -n 's/^ *Depends: //p' | head -n 1)
apt-get "${options[@]}" download "$package"
mkdir package
dpkg-deb --fsys-tarfile "$package"_*.deb | tar -x -C package --wildcards './boot/vmlinu*' '*/drivers/virtio/virtio*.ko*'
find package -name '*.ko.xz' -exec xz -d {} +
find package -name '*.ko' -exec cp {} "$out" \;
cp package/boot/vmlinu* "$out/kernel"
echo "rtg: $out/kernel is $package, $(stat -c %s "$out/kernel") bytes"
