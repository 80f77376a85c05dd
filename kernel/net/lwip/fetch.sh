#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Fetches the source of lwIP into build/lwip: Debian's source package, from where this machine's apt gets its packages.
# apt works in a folder of its own there, so that the system learns of no source packages.
set -eu
cd "$(dirname "$0")/../../.."
version=2.1.3+dfsg1-2 archive=lwip_2.1.3+dfsg1.orig.tar.xz
sha256=0a8276d09fc4e97bbba2f953d74af2388fc2195ea156be9d7589e297a68fde24
dir=$PWD/build/lwip

# sources: the machine's own package sources, made into sources of source packages
sources() {
    local file
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [ -e "$file" ] && sed -n 's/^deb /deb-src /p' "$file" >"parts/$(basename "$file" .list)-lines.list"
    done
    for file in /etc/apt/sources.list.d/*.sources; do
        [ -e "$file" ] && sed 's/^Types:.*/Types: deb-src/' "$file" >"parts/$(basename "$file")"
    done
    return 0
}

download() {
    rm -rf "$dir.apt"
    mkdir -p "$dir.apt"/{parts,state/lists/partial,cache/archives/partial}
    cd "$dir.apt"
    sources
    touch state/status
    options=(-q=2 -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$PWD/parts" -o "Dir::State=$PWD/state"
        -o "Dir::State::status=$PWD/state/status" -o "Dir::Cache=$PWD/cache" -o APT::Sandbox::User=root)
    # A source without source packages is no harm as long as another has this one.
    { apt-get "${options[@]}" update || true; apt-get "${options[@]}" source --download-only "lwip=$version"; } >log 2>&1 ||
        { tail -n 5 log >&2; echo "$0: apt has no source package lwip=$version here; a Debian 12 source in /etc/apt has it" >&2; exit 1; }
    echo "$sha256  $archive" | sha256sum --check --quiet
}

[ -e "$dir/fetched" ] && exit 0
rm -rf "$dir"
(download)
mkdir -p "$dir"
tar -xf "$dir.apt/$archive" -C "$dir" --strip-components=1
rm -rf "$dir.apt"
# A backlog is more than 255 connections on Linux.
sed -i 's/u8_t \(backlog\|accepts_pending\);/u16_t \1;/' "$dir/src/include/lwip/tcp.h"
touch "$dir/fetched"
