# gobin: reads Go binaries. Host only.
GOBIN_SOURCES := $(addprefix gobin/,error.c elf.c buildinfo.c pclntab.c moduledata.c gobin.c isa.c isa_arm64.c \
                 isa_amd64.c isa_riscv64.c flagcount.c barriers.c disasm.c syscalls.c needs.c packages.c dwarf.c layout.c \
                 constants.c annotate_tests.c globals.c unwind.c goroutines.c checkpoints.c annotate.c redirect.c \
                 origin.c reach.c inits.c settle.c bias.c variables.c)
$(call host_lib,gobin,$(GOBIN_SOURCES))

# What a program that links it has to link with it
GOBIN_LDLIBS := -ldw -lelf

include tests/gobin/mod.mk bench/gobin/mod.mk
