# lwIP, from Debian's source package: downloaded into build/lwip when it is first needed, never committed.
LWIP := $(B)/lwip
LWIP_CORE := $(addprefix $(LWIP)/src/core/,def.c inet_chksum.c init.c ip.c mem.c memp.c netif.c pbuf.c raw.c stats.c tcp.c tcp_in.c tcp_out.c udp.c \
    $(addprefix ipv4/,dhcp.c etharp.c icmp.c igmp.c ip4.c ip4_addr.c ip4_frag.c) \
    $(addprefix ipv6/,ethip6.c icmp6.c inet6.c ip6.c ip6_addr.c ip6_frag.c mld6.c nd6.c)) $(LWIP)/src/netif/ethernet.c
LWIP_INCLUDES := -Ikernel/net/lwip -isystem $(LWIP)/src/include

$(LWIP)/fetched: kernel/net/lwip/fetch.sh
	$(call say,FETCH,lwip)kernel/net/lwip/fetch.sh $(LWIP)
$(LWIP_CORE): $(LWIP)/fetched ;
