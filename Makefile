# Commands for people and CI. `make help` lists them.
.DEFAULT_GOAL := help

.PHONY: help
help: ## Lists the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.PHONY: tools
tools: ## Finds, builds or installs what the tests and the demo run: Kubernetes binaries, MariaDB, an MCP server
	@tests/bed/tools.sh
