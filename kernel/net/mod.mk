# The network: sockets over lwIP, in every kernel but the smallest.
include kernel/net/lwip/mod.mk
NET_SRCS := $(addprefix kernel/net/,config.c config_parse.c datagram.c inet.c interface.c ioctl.c multicast.c netlink.c options.c ports.c proc_net.c \
    stack.c stream.c stream_data.c stream_events.c stream_options.c)
NET_SRCS += kernel/drivers/virtio/net.c kernel/init/network.c
KERNEL_NET_SRCS += $(NET_SRCS) $(LWIP_CORE)

# lwIP's headers are somebody else's, and so are the warnings in its code.
NET_CFLAGS := $(LWIP_INCLUDES) -Ikernel/net/lwip/libc -Os -Wframe-larger-than=2048
$(foreach f,$(NET_SRCS),$(eval CFLAGS_kernel-arm64_$f := $(NET_CFLAGS)))
$(foreach f,$(LWIP_CORE),$(eval CFLAGS_kernel-arm64_$f := $(NET_CFLAGS) -w))
$(call objects,kernel-arm64,$(NET_SRCS) $(LWIP_CORE)): $(LWIP)/fetched
