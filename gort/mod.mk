# gort: goroutines for C. The core is freestanding: the kernel compiles the same files.
GORT_CORE_SRCS := gort/g.c gort/runq.c gort/timer.c gort/idle.c gort/sched.c gort/park.c
GORT_CORE_ASM_arm64 := gort/asm/arm64.S
GORT_CORE_ASM_amd64 := gort/asm/amd64.S
GORT_CORE_ASM_riscv64 := gort/asm/riscv64.S

GORT_HOST_MACHINE := $(patsubst x86_64,amd64,$(patsubst aarch64,arm64,$(shell uname -m)))
# With naps, which the kernel does without (GORT_SMALL).
GORT_CORE_HOSTED := $(GORT_CORE_SRCS) gort/nap.c
GORT_CORE_host := $(GORT_CORE_HOSTED) $(GORT_CORE_ASM_$(GORT_HOST_MACHINE))
GORT_PORT := $(addprefix gort/port/,clock.c fatal.c handoff.c io.c m.c netpoll.c report.c run.c slots.c spawn.c sysmon.c threads.c)
GORT_POSIX := $(GORT_PORT) $(addprefix gort/port/posix/,arena.c current.c fault.c os.c poll.c preempt.c)
GORT_WINDOWS := $(GORT_PORT) $(addprefix gort/port/windows/,arena.c current.c fault.c os.c poll.c symbol.c)
GORT_OBJECTS := gort/chan.c gort/fast.c gort/select.c gort/waitq.c gort/mutex.c gort/sync.c gort/gotime.c \
                gort/ctx.c gort/scope.c
GORT_PREEMPT_amd64 := gort/asm/preempt_amd64.S
GORT_PREEMPT_arm64 := gort/asm/preempt_arm64.S
GORT_PREEMPT_riscv64 := gort/asm/preempt_riscv64.S
GORT_SRCS := $(GORT_CORE_host) $(GORT_PREEMPT_$(GORT_HOST_MACHINE)) $(GORT_OBJECTS) $(GORT_POSIX)

GORT_INLINE := -DGORT_PORT_INLINE='"gort/port/posix/inline.h"'

# The library: position-independent objects for both kinds; frame pointers for tracebacks; debug information that Valgrind 3.19 can read.
GORT_CFLAGS := -std=gnu11 -O2 -gdwarf-4 -I. -D_GNU_SOURCE $(WARN) -fno-common -fPIC -fno-omit-frame-pointer \
               -fstack-clash-protection -fvisibility=hidden $(GORT_INLINE)
$(call object_rules,gort,$(GORT_CFLAGS) $$(if $$(filter $(GORT_CORE_HOSTED) gort/fast.c,$$<),-fomit-frame-pointer))
GORT_OBJS := $(call objects,gort,$(GORT_SRCS))
ALL_DEPS += $(GORT_OBJS:.o=.d)
$(GORT_OBJS): gort/mod.mk
GORT_LIB := $(B)/host/libgort.a
GORT_SO := $(B)/host/libgort.so
ALL += $(GORT_LIB) $(GORT_SO)

# The archive holds one object in which only the names of gort.h are global, so that a program may have its own `spawn`.
$(B)/gort/gort.o: $(GORT_OBJS)
	$(call say,LD,$@)ld.lld -r -o $@ $^ && $(OBJCOPY) --localize-hidden $@
$(GORT_LIB): $(B)/gort/gort.o
	@mkdir -p $(@D)
	$(call say,AR,$@)rm -f $@ && $(AR) rcs $@ $^
$(GORT_SO): $(GORT_OBJS)
	@mkdir -p $(@D)
	$(call say,LD,$@)$(CC) -fuse-ld=lld -shared -Wl,-soname,libgort.so.0 -Wl,-z,relro,-z,now -o $@ $^ -pthread

# The same for programs that a sanitizer watches: $(call gort_san,asan,address) is libgort-asan.a.
GORT_FLAGS_tsan := -mllvm -tsan-instrument-func-entry-exit=0 # its own stack of calls can't follow functions that don't return
define gort_san_
$(call object_rules,gort-$1,$(GORT_CFLAGS) -DGORT_SAN=1 -fsanitize=$2 $(GORT_FLAGS_$1))
GORTOBJ_$1 := $(call objects,gort-$1,$(GORT_SRCS) gort/san.c)
ALL_DEPS += $$(GORTOBJ_$1:.o=.d)
$$(GORTOBJ_$1): gort/mod.mk
$(B)/gort-$1/gort.o: $$(GORTOBJ_$1)
	$$(call say,LD,$$@)ld.lld -r -o $$@ $$^ && $(OBJCOPY) --localize-hidden $$@
$(B)/host/libgort-$1.a: $(B)/gort-$1/gort.o
	$$(call say,AR,$$@)rm -f $$@ && $(AR) rcs $$@ $$^
endef
$(eval $(call gort_san_,asan,address))
$(eval $(call gort_san_,tsan,thread))
GORT_SAN_LIBS := $(B)/host/libgort-asan.a $(B)/host/libgort-tsan.a
ALL += $(GORT_SAN_LIBS)

# A program with the library: $(call gort_prog,PATH,SOURCES)
define gort_prog_
GORTPROG_$1 := $(call objects,host,$2)
ALL_DEPS += $$(GORTPROG_$1:.o=.d)
$1: $$(GORTPROG_$1) $(GORT_LIB)
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)$(CC) $(HOST_LDFLAGS) -rdynamic -o $$@ $$(GORTPROG_$1) $(GORT_LIB) -pthread
endef
gort_prog = $(eval $(call gort_prog_,$1,$2))

# Tests. The sanitizers are told of stack switches (GORT_SAN).
GORT_SAN_FLAGS := -DGORT_SAN=1 -DGORT_PLAIN=1
GORT_TEST_CORE := $(GORT_CORE_host) gort/san.c tests/gort/rig.c tests/gort/rigport.c gort/port/fatal.c gort/port/posix/os.c

$(call unit_test,gort-g,tests/gort/test_g.c tests/gort/fakeport.c gort/g.c gort/timer.c)
$(call unit_test,gort-runq,tests/gort/test_runq.c tests/gort/fakeport.c gort/runq.c gort/g.c gort/timer.c,,-pthread)
$(call unit_test,gort-nap,tests/gort/test_nap.c tests/gort/fakeport.c gort/nap.c gort/runq.c gort/g.c gort/timer.c)
$(call unit_test,gort-timer,tests/gort/test_timer.c tests/gort/fakeport.c gort/g.c gort/timer.c)
$(call unit_test,gort-sched,tests/gort/test_sched.c $(GORT_TEST_CORE),$(GORT_SAN_FLAGS),-pthread)
$(call unit_test,gort-switch,tests/gort/test_switch.c tests/gort/asm/sentinel_$(GORT_HOST_MACHINE).S $(GORT_TEST_CORE),$(GORT_SAN_FLAGS),-pthread)
$(call unit_test,gort-lib,tests/gort/test_lib.c $(GORT_SRCS) gort/san.c,$(GORT_SAN_FLAGS) $(GORT_INLINE),-pthread)

CFLAGS_host_tests/gort/behaviour.c := -Wno-write-strings
$(call gort_prog,$(B)/test/gort-behaviour,tests/gort/behaviour.c)
$(call gort_prog,$(B)/test/gort-reports,tests/gort/reports.c)
$(B)/test/gort-reports.sh: $(B)/test/gort-behaviour $(B)/test/gort-reports
	@printf '#!/bin/sh\nexec tests/gort/reports.sh $(B)/test/gort-behaviour $(B)/test/gort-reports\n' >$@ && chmod +x $@
UNIT_TESTS += $(B)/test/gort-reports.sh

# For Windows, by mingw-w64. $(B)/windows has what a program needs: the archive and the header.
GORT_WINDOWS_CC := x86_64-w64-mingw32-gcc
GORT_WINDOWS_OBJS := $(patsubst %,$(B)/gort-windows/%.o,$(GORT_CORE_HOSTED) gort/asm/win64.S $(GORT_OBJECTS) $(GORT_WINDOWS))
ALL_DEPS += $(GORT_WINDOWS_OBJS:.o=.d)
$(GORT_WINDOWS_OBJS): $(B)/gort-windows/%.o: % gort/mod.mk
	@mkdir -p $(@D)
	$(call say,CC,$<)$(GORT_WINDOWS_CC) -std=gnu11 -O2 -g -I. -D_WIN32_WINNT=0x0A00 -Wall -Wextra -MMD -MP -c -o $@ $<
$(B)/windows/libgort.a: $(GORT_WINDOWS_OBJS)
	@mkdir -p $(@D)
	$(call say,AR,$@)rm -f $@ && x86_64-w64-mingw32-ar rcs $@ $^
$(B)/windows/gort.h: gort/gort.h
	@mkdir -p $(@D)
	@cp $< $@
.PHONY: gort-windows install-gort-windows
gort-windows: $(B)/windows/libgort.a $(B)/windows/gort.h ## the library for Windows programs, by mingw-w64
install-gort-windows: gort-windows ## the same below PREFIX/x86_64-w64-mingw32, where mingw-w64's compiler looks
	@install -d $(addprefix $(DESTDIR)$(PREFIX)/x86_64-w64-mingw32/,include lib lib/pkgconfig)
	@install -m 644 gort/gort.h $(DESTDIR)$(PREFIX)/x86_64-w64-mingw32/include
	@install -m 644 $(B)/windows/libgort.a $(DESTDIR)$(PREFIX)/x86_64-w64-mingw32/lib
	@sed "s|@PREFIX@|$(PREFIX)/x86_64-w64-mingw32|; s|@VERSION@|$(GORT_VERSION)|; s|@NAME@|gort|; s|@FLAGS@|-lws2_32 -lsynchronization|" \
	    gort/gort.pc.in >$(DESTDIR)$(PREFIX)/x86_64-w64-mingw32/lib/pkgconfig/gort.pc
	@echo "installed gort $(GORT_VERSION) for Windows below $(DESTDIR)$(PREFIX)/x86_64-w64-mingw32"
.PHONY: test-gort-windows
test-gort-windows: ## gort's core as Windows programs, under wine
	@tests/run.sh tests/gort/windows.sh
.PHONY: test-gort-machines test-gort-tsan test-gort-go bench-gort
test-gort-machines: ## gort's core on arm64 and riscv64, emulated
	@tests/run.sh tests/gort/machines.sh
test-gort-tsan: ## gort under ThreadSanitizer, ROUNDS times
	@tests/run.sh tests/gort/tsan.sh
.PHONY: test-gort-analysis test-gort-coverage
test-gort-analysis: ## clang's static analyzer over gort: no finding is allowed
	@tests/run.sh tests/gort/analysis.sh
test-gort-coverage: ## lines of gort that its tests reach, file by file
	@tests/gort/coverage.sh
.PHONY: test-gort-seeds
test-gort-seeds: $(B)/test/gort-lib ## gort under both sanitizers with new schedules all the time, MINUTES=10
	@tests/run.sh tests/gort/seeds.sh
test-gort-go: $(B)/test/gort-behaviour ## run the behaviour table against Go itself, on the real clock
	@GO=$(GORT_GO) tests/run.sh tests/gort/go.sh

GORT_GO ?= $(firstword $(wildcard /usr/lib/go-1.19/bin/go) go)
$(call gort_prog,$(B)/bench/gort,bench/gort/bench.c)
$(B)/bench/gort-go: bench/gort/bench.go
	@mkdir -p $(@D)
	$(call say,GO,$@)$(GORT_GO) build -o $@ $<
$(B)/bench/gort-raw: bench/gort/raw.c $(GORT_CORE_ASM_$(GORT_HOST_MACHINE)) gort/g.h
	@mkdir -p $(@D)
	$(call say,CC,$@)$(CC) -O2 -I. -o $@ $(filter %.c %.S,$^)

# Other libraries, built by gcc as their packages are.
GORT_PEERS := $(addprefix $(B)/bench/gort-,gccgo boost pth st)
$(B)/bench/gort-gccgo: bench/gort/bench.go
	@mkdir -p $(@D)
	$(call say,GCCGO,$@)gccgo -O2 -o $@ $<
$(B)/bench/gort-boost: bench/gort/peers/boost.cc bench/gort/peers/peer.h
	@mkdir -p $(@D)
	$(call say,CXX,$@)g++ -O2 -I. -o $@ $< -lboost_fiber -lboost_context -pthread
$(B)/bench/gort-pth $(B)/bench/gort-st: $(B)/bench/gort-%: bench/gort/peers/%.c bench/gort/peers/peer.h
	@mkdir -p $(@D)
	$(call say,CC,$@)gcc -O2 -I. -o $@ $< -l$*
bench-gort: $(B)/bench/gort $(B)/bench/gort-go $(B)/bench/gort-raw $(GORT_PEERS) ## gort beside Go and others: CPU time per operation, bytes per goroutine
	@bench/gort/run.sh $(B)/bench/gort $(B)/bench/gort-go $(GORT_PEERS)
	@printf '%-28s %9s %30s\n' "raw switch" "$$(for i in 1 2 3 4 5 6 7; do $(B)/bench/gort-raw; done | sed 's/cpu //' | sort -n | head -n1)" "goal 3.5"

# Counted instructions don't depend on the machine's load.
GORT_COUNTED := $(call objects,gort-counted,$(GORT_SRCS) bench/gort/bench.c)
$(call object_rules,gort-counted,$(GORT_CFLAGS) $$(if $$(filter $(GORT_CORE_HOSTED) gort/fast.c,$$<),-fomit-frame-pointer))
ALL_DEPS += $(GORT_COUNTED:.o=.d)
$(GORT_COUNTED): gort/mod.mk
$(B)/bench/gort-counted: $(GORT_COUNTED)
	@mkdir -p $(@D)
	$(call say,LD,$@)$(CC) -rdynamic -o $@ $^ -pthread
.PHONY: test-gort-instructions test-gort-tools test-gort-million
test-gort-instructions: $(B)/bench/gort-counted ## instructions per gort operation, against their limits
	@tests/run.sh tests/gort/instructions.sh
test-gort-million: $(B)/bench/gort ## a million parked goroutines with the system's settings as they are
	@tests/run.sh tests/gort/million.sh
ALL += $(B)/bench/gort-counted
SCRIPT_TESTS += tests/gort/instructions.sh tests/gort/checklist.sh tests/gort/lto.sh

# What debuggers and checkers see.
$(call gort_prog,$(B)/test/gort-checked,tests/gort/checked.c)
CFLAGS_host_tests/gort/checked.c := -gdwarf-4
$(call gort_prog,$(B)/test/gort-covered,tests/gort/covered.c)
CFLAGS_host_tests/gort/covered.c := -fsanitize-coverage=trace-pc
ALL += $(B)/test/gort-checked $(B)/test/gort-covered
SCRIPT_TESTS += tests/gort/tools.sh
test-gort-tools: $(B)/test/gort-checked $(B)/test/gort-covered $(B)/test/gort-reports ## gort under gdb and Valgrind, its trace, its seeds
	@tests/run.sh tests/gort/tools.sh

# What install-gort puts below PREFIX: header, both libraries, pkg-config file, manual pages, gdb commands.
GORT_VERSION := 0.1.0
GORT_MAN := $(wildcard docs/man/gort*)
.PHONY: install-gort uninstall-gort
install-gort: $(GORT_LIB) $(GORT_SO) $(GORT_SAN_LIBS) ## install the library, its header, pkg-config file and manual pages
	@install -d $(addprefix $(DESTDIR)$(PREFIX)/,include lib/pkgconfig share/man/man3 share/man/man7 share/gort)
	@install -m 644 gort/gort.h $(DESTDIR)$(PREFIX)/include
	@install -m 644 $(GORT_LIB) $(GORT_SAN_LIBS) $(DESTDIR)$(PREFIX)/lib
	@install -m 755 $(GORT_SO) $(DESTDIR)$(PREFIX)/lib/libgort.so.$(GORT_VERSION)
	@ln -sf libgort.so.$(GORT_VERSION) $(DESTDIR)$(PREFIX)/lib/libgort.so.0
	@ln -sf libgort.so.0 $(DESTDIR)$(PREFIX)/lib/libgort.so
	@for kind in '' -asan:address -tsan:thread; do \
	    name=gort$${kind%:*} flags=; [ -z "$$kind" ] || flags="-fsanitize=$${kind#*:}"; \
	    sed "s|@PREFIX@|$(PREFIX)|; s|@VERSION@|$(GORT_VERSION)|; s|@NAME@|$$name|; s|@FLAGS@|$$flags|" gort/gort.pc.in \
	        >$(DESTDIR)$(PREFIX)/lib/pkgconfig/$$name.pc; done
	@for f in $(GORT_MAN); do install -m 644 $$f $(DESTDIR)$(PREFIX)/share/man/man$${f##*.} || exit 1; done
	@for f in $(filter %.3,$(GORT_MAN)); do for n in $$(sed -n 's/^\.F[no] \(go[a-z_]*\).*/\1/p' $$f | sort -u); do \
	    [ -e docs/man/$$n.3 ] || ln -sf $$(basename $$f) $(DESTDIR)$(PREFIX)/share/man/man3/$$n.3; done; done
	@install -m 644 gort/tools/gort-gdb.py $(DESTDIR)$(PREFIX)/share/gort
	@echo "installed gort $(GORT_VERSION) below $(DESTDIR)$(PREFIX)"
	@case "$(PREFIX)" in /usr) ;; /usr/local) echo "run ldconfig once, so that programs find libgort.so";; \
	    *) echo "set PKG_CONFIG_PATH=$(PREFIX)/lib/pkgconfig to build programs, LD_LIBRARY_PATH=$(PREFIX)/lib to run them";; esac
uninstall-gort: ## remove what install-gort put there
	@for f in $(DESTDIR)$(PREFIX)/share/man/man3/go*.3; do case $$(readlink $$f) in gort_*) rm $$f;; esac; done
	@rm -rf $(addprefix $(DESTDIR)$(PREFIX)/,include/gort.h lib/libgort.a lib/libgort-asan.a lib/libgort-tsan.a lib/libgort.so \
	    lib/libgort.so.0 lib/libgort.so.$(GORT_VERSION) $(addprefix lib/pkgconfig/gort,.pc -asan.pc -tsan.pc) share/gort \
	    $(foreach f,$(GORT_MAN),share/man/man$(lastword $(subst ., ,$f))/$(notdir $f)))

# As a user would: install somewhere, build the examples with pkg-config, run them.
$(B)/test/gort-install.sh: $(GORT_LIB) $(GORT_SO) $(GORT_SAN_LIBS)
	@printf '#!/bin/sh\nexec tests/gort/install.sh\n' >$@ && chmod +x $@
SCRIPT_TESTS += $(B)/test/gort-install.sh
ALL += $(B)/test/gort-install.sh
$(call unit_test,gort-idle,tests/gort/test_idle.c gort/idle.c,-DGORT_PLAIN=1 -DGORT_SMALL=1 -include tests/gort/model.h)
$(call unit_test,gort-deadline,tests/gort/test_deadline.c gort/chan.c gort/timer.c,-DGORT_PLAIN=1 -DMODEL_ALL=1 -include tests/gort/model.h)
