# Mazboot. `make help` lists what there is. One graph, no recursion: every folder has a mod.mk of plain
# lists; the patterns are in mk/.
.DEFAULT_GOAL := all
MAKEFLAGS += --no-builtin-rules
SHELL := /bin/bash

include mk/deps.mk
include mk/toolchain.mk
include mk/rules.mk

# Order matters only for variables that a later folder uses.
include lib/mod.mk gort/mod.mk kernel/mod.mk rtgc/mod.mk gobin/mod.mk vmm/mod.mk initx/mod.mk cmd/mod.mk
include examples/mod.mk tests/mod.mk bench/mod.mk tools/mod.mk
include mk/install.mk mk/lint.mk mk/help.mk

.PHONY: all run test clean deps
all: $(ALL) ## build everything: ./mazboot, ./rtg, the kernels, libgort

clean: ## remove what was built
	rm -rf build mazboot rtg

ALL_DEPS += $(KERNEL_OBJS:.o=.d)
-include $(sort $(ALL_DEPS))
