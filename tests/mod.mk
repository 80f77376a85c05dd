# What `make test` runs. UNIT_TESTS, FUZZ_TESTS and SCRIPT_TESTS are filled by every folder's mod.mk (see mk/rules.mk).
include $(foreach t,fuzz kernel programs drivers memory lib gotest posix volume net,tests/$t/mod.mk)
.PHONY: unit test
unit: $(UNIT_TESTS) $(FUZZ_TESTS) ## the host tests alone
	@tests/run.sh $(UNIT_TESTS) $(FUZZ_TESTS)

test: all $(UNIT_TESTS) $(FUZZ_TESTS) ## everything that must pass before a change lands
	@tests/run.sh $(UNIT_TESTS) $(FUZZ_TESTS) $(SCRIPT_TESTS)
