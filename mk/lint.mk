.PHONY: lint fmt
lint: ## check layers, sizes, contracts, formatting, machine conditionals and shell scripts
	@tools/lint.sh
fmt: ## format every C file
	@git ls-files '*.c' '*.h' | xargs clang-format -i

SCRIPT_TESTS += tools/lint.sh tests/lint.sh
