# What people type. `make test` is all that CI runs.
SHELL := /bin/bash
CACHE := $(CURDIR)/.cache
LINT_VERSION := v2.15.0
export PATH := $(CACHE)/bin:$(PATH)
export GOFLAGS := -buildvcs=false

.PHONY: test check unit prepare lint bench fuzz scan shots clean

test: prepare check unit ## everything, on a fresh Debian machine too

prepare: ## install what a fresh Debian machine lacks: PostgreSQL's server, Chromium, Chinese fonts
	@.ci/prepare

check: lint ## what must be clean before tests mean anything
	@test -z "$$(gofmt -l cmd tickets knowledge callbacks web migrations)" || { gofmt -l cmd tickets knowledge callbacks web migrations; echo "gofmt would change these"; exit 1; }
	go mod tidy -diff
	go vet ./...

lint: $(CACHE)/bin/golangci-lint
	golangci-lint run ./...

$(CACHE)/bin/golangci-lint:
	GOBIN=$(CACHE)/bin go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_VERSION)

unit: ## every suite, on SQLite and PostgreSQL, with a real browser
	@set -e; export NENGBAN_TEST_POSTGRES="$$(.ci/postgres)" NENGBAN_TEST_ALL=1; \
	trap '.ci/postgres stop' EXIT; \
	go test -count=1 -timeout 15m ./...

bench: ## the figures of docs/performance.md
	@set -e; export NENGBAN_TEST_POSTGRES="$$(.ci/postgres)"; trap '.ci/postgres stop' EXIT; \
	go test -run '^$$' -bench . -benchmem ./...

fuzz: ## a minute for every parser that strangers reach
	@.ci/fuzz

scan: ## sqlmap and wapiti against a demo desk, twelve minutes; docs/scan.md
	@.ci/scan

shots: ## the screenshots of the README
	@.ci/shots

clean:
	rm -rf $(CACHE) demo-data
