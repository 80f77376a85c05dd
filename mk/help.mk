.PHONY: help
help: ## this list
	@grep -hE '^[a-zA-Z0-9_./-]+:.*## ' $(filter-out %.d,$(MAKEFILE_LIST)) | sort -u | awk -F ':.*## ' '{printf "  %-18s %s\n", $$1, $$2}'
