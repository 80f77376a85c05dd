# The network: sockets over lwIP, in every kernel but the smallest.
include kernel/net/lwip/mod.mk
NET_SRCS := $(addprefix kernel/net/,checksum.c config.c config_parse.c connections.c datagram.c inet.c interface.c ioctl.c multicast.c netlink.c options.c ports.c proc_net.c proc_snmp.c raw.c \
    stack.c stream.c stream_data.c stream_events.c stream_options.c timers.c)
NET_SRCS += $(addprefix kernel/drivers/,pci.c virtio/net.c virtio/pci.c virtio/mmio_transport.c) kernel/init/network.c
KERNEL_NET_SRCS += $(NET_SRCS) $(LWIP_CORE)

# What a request or a frame goes through is built with -Os, the rest (set-up, options, tables) smaller.
NET_HOT := $(addprefix kernel/net/,checksum.c connections.c stack.c stream_data.c stream_events.c) \
    $(addprefix $(LWIP)/src/core/,inet_chksum.c)

# lwIP's headers are somebody else's, and so are the warnings in its code.
NET_CFLAGS := $(LWIP_INCLUDES) -Ikernel/net/lwip/libc -Wframe-larger-than=2048
net_cflags = $(NET_CFLAGS) $(if $(filter $1,$(NET_HOT)),-Os,-Oz)
$(foreach f,$(NET_SRCS),$(eval CFLAGS_kernel-arm64_$f := $(call net_cflags,$f)))
$(foreach f,$(LWIP_CORE),$(eval CFLAGS_kernel-arm64_$f := $(call net_cflags,$f) -w))
$(call objects,kernel-arm64,$(NET_SRCS) $(LWIP_CORE)): $(LWIP)/fetched kernel/net/lwip/lwipopts.h
