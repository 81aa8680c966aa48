# Dunnage: containerd shims in TypeScript. `make` alone lists what there is.
SHELL := /bin/sh
NODE := node_modules/node/bin/node
BIN := node_modules/.bin
PREFIX ?= /usr/local
DESTDIR ?=
# Tests to run, all of them when empty: make test FILES="packages/ttrpc/test/frame.test.ts test/stdio.test.ts"
FILES ?=
# What the end-to-end tests run on: any, 1.6, 1.7, 2.1 (lines of containerd), cgroup-v2 (the VM); empty: all, or 1.6 for files.
ON ?=

.DEFAULT_GOAL := help
.PHONY: help setup build test lint types proto bench soak demo coverage install uninstall clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install what is missing: Debian packages (as root), npm packages, the pinned Node; quick when done
	@sh scripts/setup.sh

build: setup ## make dist/: launchers, bundle, Node, FFI library, compiled code
	@$(NODE) scripts/build.ts

demo: build ## see it work: a container under a private containerd, kill -9 of containerd included
	@$(NODE) scripts/demo.ts

test: build ## every test; FILES="path …" for some, ON="2.1 …" for a containerd; the last line is the count
	@sh scripts/with-cgroups.sh $(NODE) scripts/test.ts $(ON:%=--on %) $(FILES)

lint: setup ## biome, types, unused code
	@echo "lint: biome"; $(BIN)/biome check --error-on-warnings .
	@$(MAKE) --no-print-directory types
	@echo "lint: order of the stages"; $(NODE) scripts/check-imports.ts
	@echo "lint: knip"; $(BIN)/knip --no-progress

types: setup ## type check alone
	@echo "lint: tsc"; $(BIN)/tsc --noEmit -p tsconfig.json

coverage: build ## tests under c8, a report in coverage/
	@sh scripts/with-cgroups.sh $(BIN)/c8 --reporter=text-summary --reporter=html --include 'packages/*/src/**' $(NODE) scripts/test.ts $(ON:%=--on %) $(FILES)

bench: build ## measure against the Go shim on this machine
	@sh scripts/with-cgroups.sh $(NODE) bench/run.ts

soak: build ## 200 random kills, 3,000 execs, 1,000 containers, then look for anything left behind
	@$(NODE) scripts/soak.ts

proto: setup ## generate the message code from packages/core/src/proto/def
	@sh scripts/proto.sh

install: ## copy dist/ to PREFIX (default /usr/local), under DESTDIR if given
	@sh scripts/install.sh install "$(DESTDIR)$(PREFIX)"

uninstall: ## remove what install copied
	@sh scripts/install.sh uninstall "$(DESTDIR)$(PREFIX)"

clean: ## remove everything that was generated here, the npm packages excepted
	@rm -rf dist coverage .cache bench/results
