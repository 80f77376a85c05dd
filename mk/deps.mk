# What must be installed, as Debian packages; "COMMAND:PACKAGE" where any program of that name will do.
# `make run` and `make test` install what is missing before anything is built, `make deps` installs all of it.
DEPS_BUILD := clang:clang ld.lld:lld llvm-objcopy:llvm libdw-dev libjansson-dev libarchive-dev
DEPS_RUN   := qemu-system-aarch64:qemu-system-arm go:golang-go
DEPS_TEST  := libcmocka-dev libclang-rt-14-dev qemu-aarch64:qemu-user golang-1.19-go gdb-multiarch valgrind:valgrind dtc:device-tree-compiler pkg-config \
              strace shellcheck mandoc zip:zip python3:python3 clang-format:clang-format libdw-dev libcapstone-dev netbase \
              aarch64-linux-gnu-gcc:gcc-aarch64-linux-gnu libc6-dev-arm64-cross tcc:tcc
# Linux kernels to compare with, and C programs.
DEPS_BENCH := flex:flex bison:bison bc:bc cpio:cpio libssl-dev aarch64-linux-gnu-gcc:gcc-aarch64-linux-gnu libc6-dev-arm64-cross \
              tcc:tcc gcc:gcc riscv64-linux-gnu-gcc:gcc-riscv64-linux-gnu libc6-dev-riscv64-cross \
              wrk:wrk

DEPS_GOALS := $(or $(MAKECMDGOALS),all)
DEPS_WANTED := $(if $(filter all run install,$(DEPS_GOALS)),$(DEPS_BUILD)) $(if $(filter all,$(DEPS_GOALS)),libclang-rt-14-dev) \
               $(if $(filter run,$(DEPS_GOALS)),$(DEPS_RUN)) \
               $(if $(filter deps test unit lint fuzz-% test-% gotest% bench-%,$(DEPS_GOALS)),$(DEPS_BUILD) $(DEPS_RUN) $(DEPS_TEST))
DEPS_WANTED += $(if $(filter deps test-programs-% bench-%,$(DEPS_GOALS)),$(DEPS_BENCH))
DEPS_WANTED += $(if $(filter test-gort-machines,$(DEPS_GOALS)),aarch64-linux-gnu-gcc:gcc-aarch64-linux-gnu \
    riscv64-linux-gnu-gcc:gcc-riscv64-linux-gnu qemu-riscv64:qemu-user)
DEPS_WANTED += $(if $(filter bench-gort,$(DEPS_GOALS)),golang-1.19-go gccgo:gccgo g++:g++ libboost-fiber-dev libpth-dev libst-dev)
DEPS_WANTED += $(if $(filter gort-windows install-gort-windows test-gort-windows,$(DEPS_GOALS)),x86_64-w64-mingw32-gcc:gcc-mingw-w64-x86-64 wine64)
DEPS_WANTED += $(if $(filter test-rtg-guest,$(DEPS_GOALS)),cpio:cpio qemu-system-x86_64:qemu-system-x86 qemu-system-riscv64:qemu-system-misc)
DEPS_WANTED := $(strip $(DEPS_WANTED))

# Plain `make` only says what is missing. This happens while the makefiles are read, since every rule depends on it.
DEPS_ACTION := $(if $(filter all install,$(DEPS_GOALS)),check,install)
ifneq ($(DEPS_WANTED),)
ifneq ($(shell tools/deps.sh $(DEPS_ACTION) $(DEPS_WANTED) >&2 || echo failed),)
$(error packages are missing)
endif
endif

# All processors, unless the command line says otherwise.
MAKEFLAGS += -j$(shell nproc)

.PHONY: deps
deps: ; @: ## install the Debian packages that building, running and testing need
