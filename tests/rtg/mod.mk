# Tests of the RTG compiler: programs on three machines, diagnostics, the Go toolchain and llvm-mc as oracles, fuzzers.
RTG_TEST_SRC := $(RTGC_SRC)
$(call fuzz_test,rtg-source,tests/rtg/source_fuzz.c $(RTG_TEST_SRC),tests/rtg/run,-DFUZZ_NAME='"f.rtg"')
$(call fuzz_test,rtg-ir,tests/rtg/source_fuzz.c $(RTG_TEST_SRC),tests/rtg/ir,-DFUZZ_NAME='"f.ir"')
$(call host_prog,build/tests/rtg-host,tests/rtg/host.c,)
$(call host_prog,build/tests/rtg-generate,tests/rtg/generate.c,)

SCRIPT_TESTS += tests/rtg/cases.sh tests/rtg/assembler.sh tests/rtg/roundtrip.sh tests/rtg/oracle.sh tests/rtg/inits.sh tests/rtg/docs.sh tests/rtg/facts.sh

.PHONY: test-rtg test-rtg-night test-rtg-guest
test-rtg: rtg build/tests/rtg-generate build/fuzz/rtg-source.run build/fuzz/rtg-ir.run ## the RTG compiler's tests alone
	@tests/run.sh build/fuzz/rtg-source.run build/fuzz/rtg-ir.run tests/rtg/cases.sh tests/rtg/assembler.sh tests/rtg/roundtrip.sh tests/rtg/oracle.sh tests/rtg/inits.sh tests/rtg/docs.sh tests/rtg/facts.sh
test-rtg-night: rtg build/tests/rtg-generate ## 10,000 random programs: rtg on three machines against the Go toolchain (hours)
	@for first in $$(seq 1000 100 10900); do tests/rtg/oracle.sh 100 $$first | grep -v '^ok' ; done; echo "done"
test-rtg-guest: rtg build/tests/rtg-host ## the init program as /init of Debian's kernels under QEMU (fetches them)
	@tests/rtg/guest.sh
