#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # lib.sh assigns
# What Debian's Linux says of each test, in the same QEMU: build/posix/linux, "NAME STATUS" lines. Some hundred tests share a machine.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/posix/lib.sh
. tests/posix/lib.sh
[ -e $posix_dir/linux ] && exit 0
batch=150
[ -f build/bench/Image-debian ] || bench/linux/fetch-debian.sh || exit 1
tree=$posix_dir/tree
build_go() { GOTOOLCHAIN=local GO111MODULE=off GOOS=linux GOARCH=arm64 CGO_ENABLED=0 go build -o "$tree/$1" "$2"; }

# boot NAME...: "NAME STATUS" for each
boot() {
    rm -rf $tree && mkdir -p $tree/tests $tree/etc
    build_go init tests/linux/init/main.go && build_go job tests/posix/batch/main.go || return 1
    printf '/tmp\n1\nPATH=/bin\n' >$tree/job.args
    for name; do ln "$posix_dir/bin/$name" $tree/tests/; done
    (cd $tree && find . -mindepth 1 -printf '%P\n' | sort | cpio --quiet -R 0:0 -H newc -o) >$posix_dir/initrd
    timeout 3600 qemu-system-aarch64 -M virt -cpu cortex-a76 -m 1024 -nodefaults -display none -serial stdio -no-reboot -kernel build/bench/Image-debian \
        -initrd $posix_dir/initrd -append "console=ttyAMA0 panic=-1 quiet nokaslr cryptomgr.notests" </dev/null | tr -d '\r' | sed -n 's/^@ //p'
}

mapfile -t names < <(find $posix_dir/bin -type f -printf '%f\n' | sort)
for ((i = 0; i < ${#names[@]}; i += batch)); do
    boot "${names[@]:i:batch}"
done >$posix_dir/linux.new
rm -rf $tree $posix_dir/initrd
mv $posix_dir/linux.new $posix_dir/linux
