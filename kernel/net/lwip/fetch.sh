#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# kernel/net/lwip/fetch.sh FOLDER - the source of lwIP, Debian's source package, into FOLDER.
set -eu
folder=$1 new=$1.new
[ -e "$folder/fetched" ] && exit 0
rm -rf "$folder" "$new"
"$(dirname "$0")/../../../tools/fetch_source.sh" lwip=2.1.3+dfsg1-2 lwip_2.1.3+dfsg1.orig.tar.xz \
    0a8276d09fc4e97bbba2f953d74af2388fc2195ea156be9d7589e297a68fde24 "$new"
# A backlog is more than 255 connections on Linux.
sed -i 's/u8_t \(backlog\|accepts_pending\);/u16_t \1;/' "$new/src/include/lwip/tcp.h"
touch "$new/fetched"
mv "$new" "$folder"
