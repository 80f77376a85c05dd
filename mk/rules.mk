# Patterns. A mod.mk calls these with plain lists; all of them add to ALL_DEPS so that headers are tracked.
#
#   $(call host_lib,NAME,SOURCES[,CFLAGS])             build/host/libNAME.a
#   $(call host_prog,PATH,SOURCES,LIBS[,CFLAGS[,LDLIBS]])  an executable at PATH; LIBS are names given to host_lib
#   $(call unit_test,NAME,SOURCES[,CFLAGS[,LDLIBS]])   build/test/NAME: cmocka test under ASan and UBSan, run by `make unit`
#   $(call fuzz_test,NAME,SOURCES,CORPUS[,CFLAGS[,LDLIBS]])  build/fuzz/NAME: libFuzzer target; `make unit` replays CORPUS and
#                                                      tries FUZZ_RUNS more inputs, `make fuzz-NAME` runs until stopped
#   SCRIPT_TESTS += path                               an executable script that prints "ok NAME" / "not ok NAME" lines
ALL :=
ALL_DEPS :=
UNIT_TESTS :=
FUZZ_TESTS :=
SCRIPT_TESTS :=
FUZZ_RUNS ?= 20000

# $(call objects,VARIANT,SOURCES): where VARIANT's objects of SOURCES are
objects = $(patsubst %,$(B)/$1/%.o,$2)

# $(call object_rules,VARIANT,CFLAGS): how that variant compiles C and assembly
define object_rules_
$(B)/$1/%.c.o: %.c
	@mkdir -p $$(@D)
	$$(call say,CC,$$<)$(CC) $2 $$(CFLAGS_$1_$$<) -MMD -MP -c $$< -o $$@
$(B)/$1/%.S.o: %.S
	@mkdir -p $$(@D)
	$$(call say,AS,$$<)$(CC) $2 -MMD -MP -c $$< -o $$@
endef
object_rules = $(eval $(call object_rules_,$1,$2))

$(call object_rules,host,$(HOST_CFLAGS))

define host_lib_
HOSTOBJ_$1 := $(call objects,host,$2)
ALL_DEPS += $$(HOSTOBJ_$1:.o=.d)
$$(HOSTOBJ_$1): HOST_CFLAGS += $3
$(B)/host/lib$1.a: $$(HOSTOBJ_$1)
	$$(call say,AR,$$@)rm -f $$@ && $(AR) rcs $$@ $$^
endef
host_lib = $(eval $(call host_lib_,$1,$2,$3))

define host_prog_
PROGOBJ_$1 := $(call objects,host,$2)
ALL_DEPS += $$(PROGOBJ_$1:.o=.d)
ALL += $1
$1: $$(PROGOBJ_$1) $(patsubst %,$(B)/host/lib%.a,$3)
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)$(CC) $(HOST_LDFLAGS) -o $$@ $$(PROGOBJ_$1) $(patsubst %,$(B)/host/lib%.a,$3) $5
endef
host_prog = $(eval $(call host_prog_,$1,$2,$3,$4,$5))

# Each test has its own object folder, since tests may compile the same source with different seams.
define unit_test_
TESTOBJ_$1 := $(call objects,test/$1.d,$2)
ALL_DEPS += $$(TESTOBJ_$1:.o=.d)
UNIT_TESTS += $(B)/test/$1
$(call object_rules_,test/$1.d,$(TEST_CFLAGS) $3)
$(B)/test/$1: $$(TESTOBJ_$1)
	$$(call say,LD,$$@)$(CC) -fuse-ld=lld $(SAN_FLAGS) -o $$@ $$^ -lcmocka $4
endef
unit_test = $(eval $(call unit_test_,$1,$2,$3,$4))

define fuzz_test_
FUZZOBJ_$1 := $(call objects,fuzz/$1.d,$2)
ALL_DEPS += $$(FUZZOBJ_$1:.o=.d)
FUZZ_TESTS += $(B)/fuzz/$1.run
$(call object_rules_,fuzz/$1.d,$(FUZZ_CFLAGS) $4)
$(B)/fuzz/$1: $$(FUZZOBJ_$1)
	$$(call say,LD,$$@)$(CC) -fuse-ld=lld $(SAN_FLAGS) -fsanitize=fuzzer -o $$@ $$^ $5
$(B)/fuzz/$1.run: $(B)/fuzz/$1
	@printf '#!/bin/sh\nmkdir -p $(B)/fuzz/$1.new\nif $(B)/fuzz/$1 -seed=1 -timeout=10 -runs=$(FUZZ_RUNS) -max_total_time=20 $(B)/fuzz/$1.new $3 >$(B)/fuzz/$1.log 2>&1; then echo "ok fuzz $1"; else tail -n 40 $(B)/fuzz/$1.log; echo "not ok fuzz $1"; fi\n' >$$@ && chmod +x $$@
.PHONY: fuzz-$1
fuzz-$1: $(B)/fuzz/$1
	mkdir -p $(B)/fuzz/$1.new && $(B)/fuzz/$1 -timeout=10 $(B)/fuzz/$1.new $3
endef
fuzz_test = $(eval $(call fuzz_test_,$1,$2,$3,$4,$5))
