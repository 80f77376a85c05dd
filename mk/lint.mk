.PHONY: lint fmt
lint: ## check layers, sizes, formatting, machine conditionals and shell scripts
	@tools/lint.sh
fmt: ## format every C file
	@git ls-files '*.c' '*.h' | xargs clang-format -i
