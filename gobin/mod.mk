# gobin: reads Go binaries. Host only.
GOBIN_SOURCES := $(addprefix gobin/,error.c elf.c buildinfo.c pclntab.c moduledata.c gobin.c isa.c isa_arm64.c \
                 isa_amd64.c isa_riscv64.c flagcount.c barriers.c)
$(call host_lib,gobin,$(GOBIN_SOURCES))

include tests/gobin/mod.mk
