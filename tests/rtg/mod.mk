# Tests of the RTG compiler: programs on three machines, diagnostics, the Go toolchain and llvm-mc as oracles, fuzzers.
RTG_TEST_SRC := $(RTGC_SRC)
$(call fuzz_test,rtg-source,tests/rtg/source_fuzz.c $(RTG_TEST_SRC),tests/rtg/run,-DFUZZ_NAME='"f.rtg"')
$(call fuzz_test,rtg-ir,tests/rtg/source_fuzz.c $(RTG_TEST_SRC),tests/rtg/ir,-DFUZZ_NAME='"f.ir"')
$(call host_prog,build/tests/rtg-host,tests/rtg/host.c,)
$(call host_prog,build/tests/rtg-generate,tests/rtg/generate.c,)

RTG_SCRIPTS := $(addprefix tests/rtg/,cases.sh cli.sh assembler.sh roundtrip.sh interpret.sh oracle.sh inits.sh docs.sh facts.sh)
SCRIPT_TESTS += $(RTG_SCRIPTS)

.PHONY: test-rtg test-rtg-night test-rtg-guest
test-rtg: rtg build/tests/rtg-generate build/tests/rtg-host build/fuzz/rtg-source.run build/fuzz/rtg-ir.run ## the RTG compiler's tests alone
	@tests/run.sh build/fuzz/rtg-source.run build/fuzz/rtg-ir.run $(RTG_SCRIPTS)
test-rtg-night: rtg build/tests/rtg-generate ## 10,000 random programs: rtg on three machines against the Go toolchain (half an hour)
	@status=0; for first in $$(seq 1001 500 10501); do tests/rtg/oracle.sh 500 $$first || status=1; done; exit $$status
test-rtg-guest: rtg build/tests/rtg-host ## both init programs on Debian's kernels of three machines under QEMU (fetches them)
	@tests/rtg/guest.sh
