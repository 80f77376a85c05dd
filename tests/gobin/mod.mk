# Tests of the reader. The scripts need build/gobin/dump; `make test` builds it as part of `all`.
$(call host_prog,$(B)/gobin/dump,tests/gobin/dump.c,gobin,,$(GOBIN_LDLIBS))
SCRIPT_TESTS += tests/gobin/reader.sh
$(call host_prog,$(B)/gobin/stacks,tests/gobin/stacks.c,gobin,,$(GOBIN_LDLIBS))
SCRIPT_TESTS += tests/gobin/stacks.sh
SCRIPT_TESTS += tests/gobin/trace.sh tests/gobin/ps.sh tests/gobin/reach.sh tests/gobin/wb.sh tests/gobin/inspect.sh tests/gobin/checkpoints.sh

$(call unit_test,gobin,tests/gobin/gobin_test.c tests/gobin/fuzz_gobin.c tests/gobin/tiny.c $(GOBIN_SOURCES),,$(GOBIN_LDLIBS))
$(call unit_test,gobin-isa,tests/gobin/isa_test.c $(addprefix gobin/,isa.c isa_arm64.c isa_amd64.c isa_riscv64.c disasm.c error.c))
$(call unit_test,gobin-treemap,tests/gobin/treemap_test.c cmd/inspect/treemap.c,,-lm)
$(call fuzz_test,gobin,tests/gobin/fuzz_gobin.c $(GOBIN_SOURCES),tests/gobin/corpus,,$(GOBIN_LDLIBS))
$(call host_prog,$(B)/gobin/corpus,tests/gobin/corpus.c tests/gobin/tiny.c,gobin,,$(GOBIN_LDLIBS))

.PHONY: test-gobin-versions test-gobin-npm
test-gobin-versions: $(B)/gobin/dump mazboot $(K)/mazboot-full.img $(K)/mazboot-full.sym ## the reader on programs of every Go version from 1.18 (fetches them)
	@tests/run.sh tests/gobin/versions.sh
test-gobin-npm: $(B)/gobin/dump mazboot $(K)/mazboot-full.img $(K)/mazboot-full.sym ## the reader on esbuild and tsgo (fetches them by npm)
	@tests/run.sh tests/gobin/npm.sh

.PHONY: docs-init
docs-init: mazboot $(K)/mazboot-full.img $(K)/mazboot-full.sym ## docs/INIT.md, from traces of a hello of every Go version since 1.19 (fetches them)
	@tests/gobin/init.sh $(B)/init.svg >$(B)/INIT.md && mv $(B)/INIT.md $(B)/init.svg docs/
