# gort: goroutines for C. The core is freestanding: the kernel compiles the same files.
GORT_CORE_SRCS := gort/g.c gort/runq.c gort/timer.c gort/idle.c gort/sched.c gort/park.c
GORT_CORE_ASM_arm64 := gort/asm/arm64.S
GORT_CORE_ASM_amd64 := gort/asm/amd64.S
GORT_CORE_host := $(GORT_CORE_SRCS) $(GORT_CORE_ASM_amd64)

GORT_SAN_FLAGS := -DGORT_SAN=1
GORT_TEST_CORE := $(GORT_CORE_host) gort/san.c gort/port/posix/m.c tests/gort/rig.c

$(call unit_test,gort-g,tests/gort/test_g.c tests/gort/fakeport.c gort/g.c gort/timer.c)
$(call unit_test,gort-runq,tests/gort/test_runq.c tests/gort/fakeport.c gort/runq.c gort/g.c gort/timer.c,,-pthread)
$(call unit_test,gort-timer,tests/gort/test_timer.c tests/gort/fakeport.c gort/g.c gort/timer.c)
$(call unit_test,gort-sched,tests/gort/test_sched.c $(GORT_TEST_CORE),$(GORT_SAN_FLAGS),-pthread)
