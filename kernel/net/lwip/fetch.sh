#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# kernel/net/lwip/fetch.sh FOLDER - the source of lwIP, Debian's source package, into FOLDER.
set -eu
folder=$1 new=$1.new
[ "$folder/fetched" -nt "$0" ] && exit 0
rm -rf "$folder" "$new"
"$(dirname "$0")/../../../tools/fetch_source.sh" lwip=2.1.3+dfsg1-2 lwip_2.1.3+dfsg1.orig.tar.xz \
    0a8276d09fc4e97bbba2f953d74af2388fc2195ea156be9d7589e297a68fde24 "$new"
# A backlog is more than 255 connections on Linux.
sed -i 's/u8_t \(backlog\|accepts_pending\);/u16_t \1;/' "$new/src/include/lwip/tcp.h"
# Connections are found by kernel/net/connections.h.
sed -i 's/^  u16_t remote_port;/&\n  struct tcp_pcb *chain, **chained;/' "$new/src/include/lwip/tcp.h"
sed -i 's/^  memp_free(MEMP_TCP_PCB, pcb);/  connection_gone(pcb);\n&/' "$new/src/core/tcp.c"
sed -i '/^tcp_input(/,/^}/ {
    s/pcb = tcp_active_pcbs; pcb/pcb = connection_active(tcphdr); pcb/
    s/pcb = tcp_tw_pcbs; pcb/pcb = connection_waiting(tcphdr); pcb/
}' "$new/src/core/tcp_in.c"
# Who says that an address of ours is theirs takes it away while we ask whether it is (RFC 4862, 5.4.4), not for as long as we live.
sed -i '/Unsolicited NA?/,/our address/ s/!ip6_addr_isduplicated(\(netif_ip6_addr_state(inp, i)\))/ip6_addr_istentative(\1)/' "$new/src/core/ipv6/nd6.c"
[ "$(grep -c '^ *ip6_addr_istentative(netif_ip6_addr_state(inp, i)) &&' "$new/src/core/ipv6/nd6.c")" = 1 ] &&
    [ "$(cat "$new"/src/core/tcp*.c "$new/src/include/lwip/tcp.h" | grep -c 'connection_[a-z]*(\|\*\*chained;')" = 4 ] ||
    { echo "$0: this lwIP isn't the one that the changes are for" >&2; exit 1; }
rm -rf "$folder"
touch "$new/fetched"
mv "$new" "$folder"
