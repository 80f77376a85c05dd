# The network on the host: lwIP with our port, and the sockets over it.
NET_TEST_CFLAGS := $(LWIP_INCLUDES) -DLWIP_ASSERTS=1 -Wno-conditional-uninitialized
NET_TEST_SRCS := $(filter kernel/net/%,$(NET_SRCS)) kernel/fs/uio.c kernel/fs/mutex.c lib/chacha20.c lib/fmt.c kernel/fs/text.c $(LWIP_CORE) tests/net/rig.c
$(call unit_test,net_config_test,tests/net/config_test.c kernel/net/config_parse.c)
$(call unit_test,net_timers_test,tests/net/timers_test.c $(NET_TEST_SRCS),$(NET_TEST_CFLAGS))
$(foreach f,$(LWIP_CORE),$(eval CFLAGS_test/net_timers_test.d_$f := -w))
$(call objects,test/net_timers_test.d,$(NET_SRCS) $(LWIP_CORE) tests/net/rig.c tests/net/timers_test.c): $(LWIP)/fetched kernel/net/lwip/lwipopts.h
$(call fuzz_test,frame_fuzz,tests/net/frame_fuzz.c $(NET_TEST_SRCS),tests/net/corpus/frames,$(NET_TEST_CFLAGS))
$(foreach f,$(LWIP_CORE),$(eval CFLAGS_fuzz/frame_fuzz.d_$f := -w))
$(call objects,fuzz/frame_fuzz.d,$(NET_SRCS) $(LWIP_CORE) tests/net/rig.c tests/net/frame_fuzz.c): $(LWIP)/fetched kernel/net/lwip/lwipopts.h
SCRIPT_TESTS += tests/net/wire.sh tests/net/idle.sh tests/net/pci.sh tests/net/sockets.sh tests/net/tap.sh
