# Tests of the reader. The scripts need build/gobin/dump; `make test` builds it as part of `all`.
$(call host_prog,$(B)/gobin/dump,tests/gobin/dump.c,gobin,,$(GOBIN_LDLIBS))
SCRIPT_TESTS += tests/gobin/reader.sh
$(call host_prog,$(B)/gobin/stacks,tests/gobin/stacks.c,gobin,,$(GOBIN_LDLIBS))
SCRIPT_TESTS += tests/gobin/stacks.sh
SCRIPT_TESTS += tests/gobin/wb.sh
