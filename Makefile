# make help lists the targets.

SHELL := /bin/bash -euo pipefail
.DEFAULT_GOAL := help

BIN := $(CURDIR)/bin
# The modules, as folders, from the workspace.
MODULES := $(shell go list -m -f '{{.Dir}}' 2>/dev/null)
SAMPLE := cmd/tasktwin/testdata/support-tickets.csv

SQLC_VERSION := v1.31.1
GOFUMPT_VERSION := v0.12.0
GOLANGCI_VERSION := v2.15.0
ACTIONLINT_VERSION := v1.7.12

# in runs a command in each module.
in = for m in $(MODULES); do (cd $$m && echo "== $${m\#$(CURDIR)}" && $(1)) || exit 1; done

.PHONY: help
help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' Makefile

.PHONY: run
run: ## Replay the sample log in memory and report pauses, resumes and active time.
	go run ./cmd/tasktwin replay $(SAMPLE) --idle-timeout 30m

.PHONY: examples
examples: ## Run the examples.
	go run ./examples/service -once
	go run ./examples/policy

.PHONY: simulate
simulate: ## Simulate two weeks of a platform under several idle time-outs, in memory, with a report page.
	go run ./cmd/tasktwin sweep --tasks 10000 --report report.html

.PHONY: test
test: needs ## Test every module, against a real PostgreSQL, through PgBouncer and in a browser; installs what is missing.
	@$(call in,TASKTWIN_REQUIRE_POSTGRES=1 go test -timeout 2h ./...)

# The modules that only measure, which have no code that users run, and all others.
BENCHES := bench bench/unittests
OTHERS = $(filter-out $(BENCHES),$(patsubst $(CURDIR)/%,%,$(MODULES:$(CURDIR)=.)))
# test-alone tests modules without the workspace, -short, with other flags of go test.
test-alone = for m in $(1); do TASKTWIN_REQUIRE_POSTGRES=1 go run ./tools/modules alone -in $$m test $(2) -short -timeout 2h ./... || exit 1; done

# With -short, the tests that make releases in clones are skipped: make test runs
# them, and make test-install those of installing. SQLite, which the benchmarks use, takes
# minutes to compile with the race detector.
.PHONY: race
race: needs ## Test each module but the benchmarks without the workspace and with the race detector, -short.
	@$(call test-alone,$(OTHERS),-race)

.PHONY: test-modules
test-modules: needs ## Build each module without the workspace, and test the benchmarks, -short; make race tests the others.
	go run ./tools/modules alone build ./...
	@$(call test-alone,$(BENCHES),)

.PHONY: test-install
test-install: postgres ## Make a release in a clone, and install its modules and the command as users do.
	TASKTWIN_TEST_INSTALL=1 TASKTWIN_REQUIRE_POSTGRES=1 go test -count=1 -timeout 2h -run Install .

.PHONY: test-docker
test-docker: ## Test conformance/pgdocker, with the parity suite on PostgreSQL in Docker; builds an image if it cannot pull one.
	@scripts/test-docker.sh

.PHONY: test-majors
test-majors: postgres ## Test with PostgreSQL 14 to 18, as far as there are servers; TASKTWIN_POSTGRES_SERVERS says where, MAJORS="16 18" which.
	@scripts/test-majors.sh all

.PHONY: test-majors-share
test-majors-share: postgres ## A share of test-majors: the cases, parity in three presets, the plans.
	@scripts/test-majors.sh share

.PHONY: postgres
postgres: ## Install PostgreSQL for the tests, if missing.
	@scripts/postgres.sh

.PHONY: chromium
chromium: ## Install Chromium for the tests of the report page, if missing.
	@scripts/chromium.sh

.PHONY: pgbouncer
pgbouncer: ## Install PgBouncer for the tests of poolers, if missing.
	@scripts/pgbouncer.sh

.PHONY: needs
needs: postgres chromium pgbouncer

.PHONY: parity
parity: postgres ## Drive both engines in lockstep with 20,000 random operations.
	go run ./cmd/tasktwin parity

.PHONY: parity-long
parity-long: postgres ## The same with two million operations over all presets; SEED=1 for other seeds than the documented ones.
	@scripts/parity-long.sh $(SEED)

.PHONY: parity-sessions
parity-sessions: postgres ## Run 100,000 programs of several sessions on both engines; SEED=21 for other seeds, PROGRAMS=1000 for fewer.
	@scripts/parity-sessions.sh $(or $(SEED),1) $(PROGRAMS)

.PHONY: planted
planted: postgres ## Plant mistakes in how sessions of memdb wait, and find each by programs; RUN=deadlock for some.
	go run ./tools/planted $(if $(RUN),-run '$(RUN)')

.PHONY: soak
soak: ## Run 12 sessions on few rows of memdb for 10 minutes; TIME=1h for longer, RACE=1 with the race detector, SEED=3 for its seed.
	TASKTWIN_SOAK=$(or $(TIME),10m) TASKTWIN_SEED=$(SEED) go test $(if $(RACE),-race) -run '^TestSoak$$' -count=1 -v -timeout 0 ./memdb

.PHONY: fuzz
fuzz: postgres ## Run each fuzz test for a minute: parity, jsonb, event logs and dumps.
	cd conformance && TASKTWIN_REQUIRE_POSTGRES=1 go test -run '^$$' -fuzz FuzzParity -fuzztime 1m .
	go test -run '^$$' -fuzz FuzzJSONB -fuzztime 1m ./internal/pgvalue
	cd cmd && go test -run '^$$' -fuzz FuzzCSV -fuzztime 1m ./internal/replay
	cd cmd && go test -run '^$$' -fuzz FuzzText -fuzztime 1m ./internal/replay
	cd cmd && go test -run '^$$' -fuzz FuzzXES -fuzzminimizetime 5x -fuzztime 1m ./internal/replay
	cd cmd && go test -run '^$$' -fuzz FuzzLog -fuzzminimizetime 5x -fuzztime 1m ./internal/replay
	cd cmd && go test -run '^$$' -fuzz FuzzGuess -fuzztime 1m ./internal/replay
	go test -run '^$$' -fuzz FuzzContent -fuzzminimizetime 5x -fuzztime 1m ./dumpfile
	go test -run '^$$' -fuzz FuzzText -fuzzminimizetime 5x -fuzztime 1m ./dumpfile
	cd cmd && go test -run '^$$' -fuzz FuzzRead -fuzzminimizetime 5x -fuzztime 1m ./internal/packed

.PHONY: mutants
mutants: postgres ## Run mutation tests of memdb and pgvalue; SAMPLE=1/20 for a sample.
	go run ./tools/mutants $(if $(SAMPLE),-sample $(SAMPLE))

# Writes the benchmark results and the machine they ran on to the file from which the
# documents are filled in. The naive telemetry query takes minutes, so it runs once. The
# unit tests are not of the slow benchmarks.
NAIVE := '^BenchmarkTelemetrySQL$$'
bench-into = cd bench && mkdir -p results && { go run ../tools/benchdocs machine && \
	TASKTWIN_REQUIRE_POSTGRES=1 go test -run '^$$' -bench . -skip $(NAIVE) -benchtime 0.2s -count $(or $(COUNT),$(2)) -timeout 3h . && \
	TASKTWIN_REQUIRE_POSTGRES=1 go test -run '^$$' -bench $(NAIVE) -benchtime 1x -timeout 3h . && \
	$(3) ; } | tee results/$(1).part && mv results/$(1).part results/$(1).txt

.PHONY: bench
bench: postgres ## Benchmark the engines and their peers into bench/results, in 15 minutes; COUNT=10 for more runs.
	@$(call bench-into,usual,5,../scripts/bench-unittests.sh -benchtime 0.2s -count $(or $(COUNT),5))

.PHONY: bench-long
bench-long: postgres ## Run the slow benchmarks: the naive query of 10,000 tasks; PostgreSQL, SQLite and go-memdb with 100,000.
	@export TASKTWIN_BENCH_LONG=1; $(call bench-into,long,3,true)

.PHONY: bench-docs
bench-docs: ## Fill in the tables and charts of the documents from bench/results.
	go run ./tools/benchdocs write . bench/results/*.txt

.PHONY: bench-smoke
bench-smoke: postgres ## Run each benchmark once, as a smoke test.
	@$(call in,TASKTWIN_REQUIRE_POSTGRES=1 go test -short -timeout 2h -run '^$$' -bench . -benchtime 1x ./...)

.PHONY: fmt
fmt: $(BIN)/gofumpt ## Format the code.
	$(BIN)/gofumpt -w .

.PHONY: check-fmt
check-fmt: $(BIN)/gofumpt ## Fail on code that is not formatted.
	@unformatted=$$($(BIN)/gofumpt -l .); test -z "$$unformatted" || { echo "not formatted:"; echo "$$unformatted"; exit 1; }

.PHONY: vet
vet: ## Run go vet.
	@$(call in,go vet ./...)

.PHONY: lint
lint: $(BIN)/golangci-lint ## Run the linters.
	@$(call in,$(BIN)/golangci-lint run --config $(CURDIR)/.golangci.yml ./...)

.PHONY: lint-workflows
lint-workflows: $(BIN)/actionlint ## Check the workflows of GitHub.
	$(BIN)/actionlint

.PHONY: generate
generate: $(BIN)/sqlc ## Generate code and the sample log.
	@rm -f pgdb/internal/sqlc/*.sql.go
	go run ./tools/gen -sqlc
	cd pgdb && $(BIN)/sqlc generate
	cd tools && go generate ./...

# Generated files are those with the header, and folders that have no other files.
.PHONY: check-generate
check-generate: generate ## Fail if generated files are not current.
	@files="pgdb/internal pgdb/sqlc.yaml cmd/tasktwin/testdata $$(git grep -l --untracked '^// Code generated .* DO NOT EDIT\.$$' -- '*.go')"; \
	git diff --exit-code -- $$files; \
	test -z "$$(git status --porcelain -- $$files)" || { git status --short -- $$files; exit 1; }

.PHONY: check-mod
check-mod: ## Fail if a go.mod or go.sum is not tidy.
	@go run ./tools/modules alone mod tidy -diff

.PHONY: tidy
tidy: ## Tidy every module.
	@go run ./tools/modules alone -write mod tidy

.PHONY: release
release: ## Tag a release: VERSION=v1.2.3, and DRY_RUN=1 to see what would change.
	@VERSION='$(VERSION)' DRY_RUN='$(DRY_RUN)' scripts/release.sh

.PHONY: setup
setup: needs $(BIN)/sqlc $(BIN)/gofumpt $(BIN)/golangci-lint $(BIN)/actionlint ## Install the tools of the other targets.

$(BIN)/sqlc: Makefile
	GOWORK=off GOBIN=$(BIN) go install github.com/sqlc-dev/sqlc/cmd/sqlc@$(SQLC_VERSION) && touch $@

$(BIN)/gofumpt: Makefile
	GOWORK=off GOBIN=$(BIN) go install mvdan.cc/gofumpt@$(GOFUMPT_VERSION) && touch $@

$(BIN)/golangci-lint: Makefile
	GOWORK=off GOBIN=$(BIN) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION) && touch $@

$(BIN)/actionlint: Makefile
	GOWORK=off GOBIN=$(BIN) go install github.com/rhysd/actionlint/cmd/actionlint@$(ACTIONLINT_VERSION) && touch $@
