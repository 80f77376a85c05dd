#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Fetches and unpacks the upstream archive of a Debian source package, from where this machine's apt gets its packages.
#   tools/fetch_source.sh PACKAGE=VERSION ARCHIVE SHA256 FOLDER
# Nothing is done if FOLDER is there. apt works in a folder of its own, so that the system learns of no source packages.
set -eu
package=$1 archive=$2 sha256=$3 folder=$(realpath -m "$4")
[ -e "$folder" ] && exit 0

# sources: the machine's own package sources, made into sources of source packages
sources() {
    local file
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        if [ -e "$file" ]; then sed -n 's/^deb /deb-src /p' "$file" >"parts/$(basename "$file" .list)-lines.list"; fi
    done
    for file in /etc/apt/sources.list.d/*.sources; do
        if [ -e "$file" ]; then sed 's/^Types:.*/Types: deb-src/' "$file" >"parts/$(basename "$file")"; fi
    done
}

work=$folder.apt
rm -rf "$work" && mkdir -p "$work"/{parts,unpacked,state/lists/partial,cache/archives/partial}
cd "$work"
sources
touch state/status
options=(-q=2 -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$PWD/parts" -o "Dir::State=$PWD/state"
    -o "Dir::State::status=$PWD/state/status" -o "Dir::Cache=$PWD/cache" -o APT::Sandbox::User=root)
# A source without source packages is no harm as long as another has this one.
{ apt-get "${options[@]}" update || true; apt-get "${options[@]}" source --download-only "$package"; } >log 2>&1 ||
    { tail -n 5 log >&2; echo "$0: apt has no source package $package here; a Debian 12 source in /etc/apt has it" >&2; exit 1; }
if [ "$sha256" != - ]; then echo "$sha256  $archive" | sha256sum --check --quiet; fi
tar -xf "$archive" -C unpacked --strip-components=1
mv unpacked "$folder"
rm -rf "$work"
