# The floor of every boot: build/bench/empty.img.
EMPTY_OBJ := $(call objects,empty,bench/empty/empty.S)
ALL_DEPS += $(EMPTY_OBJ:.o=.d)
$(call object_rules,empty,--target=aarch64-none-elf)

$(B)/bench/empty.img: $(EMPTY_OBJ)
	@mkdir -p $(@D)
	$(call say,OBJCOPY,$@)$(OBJCOPY) -O binary -j .text $< $@

EMPTY_USER_OBJ := $(call objects,empty,bench/empty/user.S)
ALL_DEPS += $(EMPTY_USER_OBJ:.o=.d)
$(B)/bench/empty-user: $(EMPTY_USER_OBJ)
	@mkdir -p $(@D)
	$(call say,LD,$@)$(CC) --target=aarch64-none-elf -fuse-ld=lld -nostdlib -static -o $@ $<
