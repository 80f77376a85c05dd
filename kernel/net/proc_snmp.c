/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/net/snmp: what lwIP has counted, in Linux' columns. Both families are counted together;
 * connections whose ends are joined (kernel/net/stream.h) only while they are made. */
#include <lwip/stats.h>

#include "kernel/fs/pseudo.h"
#include "kernel/net/proc_net.h"
#include "kernel/net/stream.h"

enum { ZERO = 255, ESTABLISHED_NOW = 254 };
#define C(field) (offsetof(struct stats_mib2, field) / sizeof(u32_t))
#define Z        ZERO

/* A line: what stands before the counters, and each counter's place in struct stats_mib2. */
struct line {
    const char *names, *first;
    uint8_t count, counters[25];
};

static const struct line lines[] = {
    {"Ip: Forwarding DefaultTTL InReceives InHdrErrors InAddrErrors ForwDatagrams InUnknownProtos "
     "InDiscards InDelivers OutRequests OutDiscards OutNoRoutes ReasmTimeout ReasmReqds ReasmOKs "
     "ReasmFails FragOKs FragFails FragCreates",
     "Ip: 2 64",
     17,
     {C(ipinreceives), C(ipinhdrerrors), C(ipinaddrerrors), C(ipforwdatagrams),
      C(ipinunknownprotos), C(ipindiscards), C(ipindelivers), C(ipoutrequests), C(ipoutdiscards),
      C(ipoutnoroutes), Z, C(ipreasmreqds), C(ipreasmoks), C(ipreasmfails), C(ipfragoks),
      C(ipfragfails), C(ipfragcreates)}},
    {"Icmp: InMsgs InErrors InCsumErrors InDestUnreachs InTimeExcds InParmProbs InSrcQuenchs "
     "InRedirects InEchos InEchoReps InTimestamps InTimestampReps InAddrMasks InAddrMaskReps "
     "OutMsgs OutErrors OutDestUnreachs OutTimeExcds OutParmProbs OutSrcQuenchs OutRedirects "
     "OutEchos OutEchoReps OutTimestamps OutTimestampReps",
     "Icmp:",
     25,
     {C(icmpinmsgs),
      C(icmpinerrors),
      Z,
      C(icmpindestunreachs),
      C(icmpintimeexcds),
      C(icmpinparmprobs),
      C(icmpinsrcquenchs),
      C(icmpinredirects),
      C(icmpinechos),
      C(icmpinechoreps),
      C(icmpintimestamps),
      C(icmpintimestampreps),
      C(icmpinaddrmasks),
      C(icmpinaddrmaskreps),
      C(icmpoutmsgs),
      C(icmpouterrors),
      C(icmpoutdestunreachs),
      C(icmpouttimeexcds),
      Z,
      Z,
      Z,
      C(icmpoutechos),
      C(icmpoutechoreps),
      Z,
      Z}},
    {"Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets "
     "CurrEstab InSegs OutSegs RetransSegs InErrs OutRsts InCsumErrors",
     "Tcp: 1 200 120000 -1",
     11,
     {C(tcpactiveopens), C(tcppassiveopens), C(tcpattemptfails), C(tcpestabresets), ESTABLISHED_NOW,
      C(tcpinsegs), C(tcpoutsegs), C(tcpretranssegs), C(tcpinerrs), C(tcpoutrsts), Z}},
    {"Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors "
     "IgnoredMulti MemErrors",
     "Udp:",
     9,
     {C(udpindatagrams), C(udpnoports), C(udpinerrors), C(udpoutdatagrams), Z, Z, Z, Z, Z}},
};

static void count_established(struct stream *s, void *arg)
{
    enum tcp_info_state state = stream_tcp_state(s);
    *(uint32_t *)arg += state == TCP_STATE_ESTABLISHED || state == TCP_STATE_CLOSE_WAIT;
}

static uint32_t counter(uint8_t which, uint32_t established)
{
    if (which == ZERO)
        return 0;
    return which == ESTABLISHED_NOW ? established : ((const u32_t *)&lwip_stats.mib2)[which];
}

void proc_net_snmp(struct text *t, uint64_t arg)
{
    uint32_t established = 0;
    (void)arg;
    spin_lock(&stack_lock);
    stream_foreach_locked(count_established, &established);
    for (const struct line *l = lines; l < lines + ARRAY_SIZE(lines); l++) {
        text_add(t, "%s\n%s", l->names, l->first);
        for (unsigned i = 0; i < l->count; i++)
            text_add(t, " %u", counter(l->counters[i], established));
        text_add(t, "\n");
    }
    spin_unlock(&stack_lock);
}
