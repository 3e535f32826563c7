# The commands of the README. `make help` lists them. Everything that is fetched or built once lies outside target/, in
# ${XDG_CACHE_HOME:-~/.cache}/mcp-schema-operator/tools, so that neither `cargo clean` nor a fresh clone throws it away.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
CARGO_JOBS ?= 2
CARGO := cargo
export CARGO_BUILD_JOBS := $(CARGO_JOBS)
TARGET := $(if $(CARGO_TARGET_DIR),$(CARGO_TARGET_DIR),target)

.DEFAULT_GOAL := help

.PHONY: help
help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

.PHONY: tools
tools: ## Fetch or build, once, what demo and tests need: control plane, database, MCP servers
	@tests/bed/tools.sh

.PHONY: build
build: ## Build the operator and the test bed
	@$(CARGO) build --locked --workspace --bins

.PHONY: demo
demo: tools build ## The main job on real parts, then stop (KEEP=1 leaves everything running)
	@OPERATOR="$(abspath $(TARGET))/debug/mcp-schema-operator" KEEP="$(KEEP)" \
	  "$(TARGET)/debug/bed" run $(if $(KEEP),--keep) $(if $(ENGINE),--engine $(ENGINE)) -- examples/demo/demo.sh

.PHONY: test
test: tools ## Every test; the last lines say which engines ran live and which were replayed
	@tests/run.sh

.PHONY: test-tidb
test-tidb: tools ## The same, and a TiDB server must be there: TIDB_SERVER=/path/to/tidb-server or one on PATH
	@BED_REQUIRE_TIDB=1 tests/run.sh

.PHONY: soak
soak: tools ## Kill the leader 20 times (SOAK_KILLS) while DDL runs; make test does it three times
	@SOAK_KILLS="$${SOAK_KILLS:-20}" $(CARGO) test --locked --test cluster -- --nocapture a_leader_killed

.PHONY: lint
lint: ## Formatting and lints
	@$(CARGO) fmt --all --check
	@$(CARGO) clippy --locked --workspace --all-targets -- -D warnings

.PHONY: bench
bench: tools ## Discovery next to raw SQL; a thousand snapshots of twenty servers; comparing and judging next to parsing; rows next to ajv
	@$(CARGO) bench --locked --bench discovery
	@$(CARGO) bench --locked --bench fleet
	@$(CARGO) bench --locked --bench changes
	@$(CARGO) bench --locked --bench rows
	@$(CARGO) bench --locked --bench policies

.PHONY: image-test
image-test: ## Build and run the container image without an image registry
	@tests/image/image-test.sh

.PHONY: golden
golden: ## Rewrite generated files (CRDs, README tables, expected outputs) after a change on purpose
	@UPDATE_GOLDEN=1 $(CARGO) test --locked --test drift --test golden --test check
	@UPDATE_GOLDEN=1 $(CARGO) test --locked --test outputs on_file
	@UPDATE_GOLDEN=1 $(CARGO) test --locked --test matrix the_readme
	@UPDATE_GOLDEN=1 $(CARGO) test --locked --test rows the_readme
