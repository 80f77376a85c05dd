# The network on the host: lwIP with our port, and the sockets over it.
NET_TEST_CFLAGS := $(LWIP_INCLUDES) -DLWIP_ASSERTS=1 -Wno-conditional-uninitialized
NET_TEST_SRCS := $(filter kernel/net/%,$(NET_SRCS)) kernel/fs/uio.c kernel/fs/mutex.c lib/chacha20.c lib/fmt.c kernel/fs/text.c $(LWIP_CORE) tests/net/rig.c
$(call unit_test,net_config_test,tests/net/config_test.c kernel/net/config_parse.c)
$(call unit_test,net_checksum_test,tests/net/checksum_test.c kernel/net/checksum.c)
$(call unit_test,net_timers_test,tests/net/timers_test.c $(NET_TEST_SRCS),$(NET_TEST_CFLAGS))
$(foreach f,$(LWIP_CORE),$(eval CFLAGS_test/net_timers_test.d_$f := -w))
$(call objects,test/net_timers_test.d,$(NET_SRCS) $(LWIP_CORE) tests/net/rig.c tests/net/timers_test.c): $(LWIP)/fetched kernel/net/lwip/lwipopts.h
$(call unit_test,net_trains_test,tests/net/trains_test.c $(NET_TEST_SRCS),$(NET_TEST_CFLAGS))
$(foreach f,$(LWIP_CORE),$(eval CFLAGS_test/net_trains_test.d_$f := -w))
$(call objects,test/net_trains_test.d,$(NET_SRCS) $(LWIP_CORE) tests/net/rig.c tests/net/trains_test.c): $(LWIP)/fetched kernel/net/lwip/lwipopts.h
$(call fuzz_test,frame_fuzz,tests/net/frame_fuzz.c $(NET_TEST_SRCS),tests/net/corpus/frames,$(NET_TEST_CFLAGS))
# lwIP takes the address of a member of what may be NULL, and looks at that.
$(foreach f,$(LWIP_CORE),$(eval CFLAGS_fuzz/frame_fuzz.d_$f := -w -fno-sanitize=null))
$(call objects,fuzz/frame_fuzz.d,$(NET_SRCS) $(LWIP_CORE) tests/net/rig.c tests/net/frame_fuzz.c): $(LWIP)/fetched kernel/net/lwip/lwipopts.h
SCRIPT_TESTS += tests/net/wire.sh tests/net/idle.sh tests/net/pci.sh tests/net/sockets.sh tests/net/tap.sh

# How much of the stack frame_fuzz's corpus, and what it has found since, comes through.
COVER := $(B)/cover/frame_fuzz
$(COVER): tests/net/frame_fuzz.c $(NET_TEST_SRCS) | $(LWIP)/fetched
	@mkdir -p $(@D)
	$(call say,CC,$@)$(CC) -std=gnu11 -O1 -g -I. -D_GNU_SOURCE -DMAZBOOT_TEST=1 -w $(NET_TEST_CFLAGS) -fprofile-instr-generate -fcoverage-mapping \
	    -fsanitize=fuzzer -o $@ $(filter %.c,$^)
.PHONY: cover-frames
cover-frames: $(COVER) ## which lines of the TCP/IP stack the corpus of its fuzzer reaches
	@mkdir -p $(B)/fuzz/frame_fuzz.new
	@LLVM_PROFILE_FILE=$(COVER).raw $(COVER) -runs=0 tests/net/corpus/frames $(B)/fuzz/frame_fuzz.new 2>$(COVER).log
	@llvm-profdata merge -o $(COVER).profile $(COVER).raw
	@llvm-cov report $(COVER) -instr-profile=$(COVER).profile $(filter %.c,$(LWIP_CORE) $(NET_SRCS)) | awk '/%/ { printf "%-50s %s\n", $$1, $$10 }'
