# make install PREFIX=/usr/local [DESTDIR=]: the command, its kernels, manual pages and the shells' completion.
# `all` builds what the tests and benchmarks use as well; to run and to install, these are enough.
PRODUCTS := $(filter mazboot rtg $(B)/kernel-%,$(ALL))

.PHONY: run
run: $(PRODUCTS) ## build, and run examples/hello on a bare machine
	@./mazboot run examples/hello

PREFIX  ?= /usr/local
DESTDIR ?=

INSTALL_BIN    := $(filter mazboot rtg,$(PRODUCTS))
INSTALL_KERNEL := $(filter $(B)/kernel-%,$(PRODUCTS))
INSTALL_MAN    := $(wildcard docs/man/*.1)
INSTALL_TO      = $(DESTDIR)$(PREFIX)
.PHONY: install uninstall
install: $(PRODUCTS) ## install the command below PREFIX (/usr/local), within DESTDIR
	@install -d $(addprefix $(INSTALL_TO)/,bin lib/mazboot share/man/man1 share/bash-completion/completions \
	    share/zsh/site-functions share/fish/vendor_completions.d)
	@install -m 755 $(INSTALL_BIN) $(INSTALL_TO)/bin
	@for f in $(INSTALL_KERNEL); do \
	    folder=$$(basename "$$(dirname "$$f")"); file=$$(basename "$$f"); \
	    install -m 644 "$$f" "$(INSTALL_TO)/lib/mazboot/$$folder$${file#mazboot}" || exit 1; done
	@install -m 644 $(INSTALL_MAN) $(INSTALL_TO)/share/man/man1
	@./mazboot completion bash >$(INSTALL_TO)/share/bash-completion/completions/mazboot
	@./mazboot completion zsh >$(INSTALL_TO)/share/zsh/site-functions/_mazboot
	@./mazboot completion fish >$(INSTALL_TO)/share/fish/vendor_completions.d/mazboot.fish
	@echo "installed $(INSTALL_TO)/bin/mazboot"

uninstall: ## remove what install put there
	@rm -rf $(addprefix $(INSTALL_TO)/,$(INSTALL_BIN:%=bin/%) lib/mazboot \
	    $(addprefix share/man/man1/,$(notdir $(INSTALL_MAN))) share/bash-completion/completions/mazboot \
	    share/zsh/site-functions/_mazboot share/fish/vendor_completions.d/mazboot.fish)
	@echo "removed mazboot from $(INSTALL_TO)"
