# A shared library for QEMU, not for us: position independent, and nothing but the plugin's entry is visible.
INSNCOUNT_SRCS := tools/insncount/insncount.c tools/insncount/hot.c
INSNCOUNT_OBJS := $(call objects,plugin,$(INSNCOUNT_SRCS))
ALL_DEPS += $(INSNCOUNT_OBJS:.o=.d)

$(call object_rules,plugin,$(filter-out -fPIE,$(HOST_CFLAGS)) -fPIC -fvisibility=hidden)

$(B)/tools/insncount.so: $(INSNCOUNT_OBJS)
	@mkdir -p $(@D)
	$(call say,LD,$@)$(CC) -fuse-ld=lld -shared -o $@ $^ -lpthread

SCRIPT_TESTS += tests/tools/insncount.sh
test: $(B)/tools/insncount.so $(B)/bench/empty.img
