#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Packs the root file system that the tests get: Go's sources with their testdata, time zones, and what of /etc they read.
#   root.sh GOROOT ARCHIVE
set -eu
goroot=$1 archive=$2
[ -e "$archive" ] && exit
tree=$(mktemp -d)
chmod 755 "$tree" # becomes the mode of /
trap 'rm -rf "$tree"' EXIT
there=$tree$goroot
mkdir -p "$there/lib/time" "$tree/etc" "$tree/root" "$tree/usr/bin" "$there/test/fixedbugs" "$there/test/ken" "$there/test/typeparam"
touch "$tree/usr/bin/"{env,id,true} # names to find in a folder; nothing to execute
cp -rL "$goroot/src" "$there/src"
cp -L "$goroot/VERSION" "$there/"
if [ -e "$goroot/lib/time/zoneinfo.zip" ]; then
    cp "$goroot/lib/time/zoneinfo.zip" "$there/lib/time/"
else # Debian's Go has none; Go reads only files that are stored, not compressed
    (cd /usr/share/zoneinfo && zip -q -0 -r -X "$there/lib/time/zoneinfo.zip" . -x 'posix/*' 'right/*' localtime)
fi
cp /etc/services /etc/protocols "$tree/etc/"
tar --format=pax --owner=0 --group=0 --numeric-owner --pax-option='delete=atime,delete=ctime' -cf "$archive.new" -C "$tree" .
mv "$archive.new" "$archive"
