# Go's own tests. Results stay in build/gotest/, so that a run that was stopped goes on where it was.
SCRIPT_TESTS += tests/gotest/fast.sh

.PHONY: gotest gotest-smp4 gotest-new gotest-linux gotest-report
gotest: all ## the standard library's own tests on the machine, beside Linux: hours; goes on where it was stopped
	@tests/gotest/run.sh
	@$(MAKE) --no-print-directory gotest-report
gotest-smp4: all ## the same on four CPUs
	@tests/gotest/run.sh -smp 4
	@$(MAKE) --no-print-directory gotest-report
GOTEST_NEW ?= $(shell go env GOROOT)
gotest-new: all ## the same with the newest Go on the machine (GOTEST_NEW=folder)
	@tests/gotest/run.sh -go $(GOTEST_NEW)
	@tests/gotest/run.sh -go $(GOTEST_NEW) -smp 4
	@$(MAKE) --no-print-directory gotest-report
gotest-linux: ## run the newest Go's own tests on Debian's Linux: what gotest-new is compared with, kept in tests/gotest
	@tests/gotest/run.sh -go $(GOTEST_NEW) -linux
	@GOTEST_GO=$(GOTEST_NEW) tests/gotest/baseline.sh
gotest-report: ## write docs/GOTESTS.md from the results that there are
	@tests/gotest/report.sh >docs/GOTESTS.md.new && mv docs/GOTESTS.md.new docs/GOTESTS.md
