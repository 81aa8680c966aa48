# Dunnage: containerd shims in TypeScript. `make` alone lists what there is.
SHELL := /bin/sh
NODE := node_modules/node/bin/node
BIN := node_modules/.bin
PREFIX ?= /usr/local
DESTDIR ?=
# Tests to run, all of them when empty: make test FILES="packages/ttrpc/test/wire/frame-reader.test.ts test/stdio.test.ts"
FILES ?=
# What the end-to-end tests run on: any, 1.6, 1.7, 2.1 (lines of containerd), cgroup-v2 (the VM); empty: any and 2.1, or 2.1 for files.
ON ?=
# Test files that run at a time; empty: as many as there are processors, at least two, and more while processors are idle.
JOBS ?=
# File that the demo draws some of its steps into: make demo SVG=docs/demo.svg
SVG ?=
RUN_TESTS := scripts/test.ts $(ON:%=--on %) $(JOBS:%=--jobs %)

.DEFAULT_GOAL := help
.PHONY: help setup test-setup build test test-matrix lint types proto bench soak demo pictures coverage install uninstall clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install what building and running need: Debian packages (as root), npm packages, the pinned Node; quick when done
	@sh scripts/setup.sh

test-setup: ## install what the tests need as well: other containerds, runtimes, CRIU (270 MB)
	@sh scripts/setup.sh tests

build: setup ## make dist/: launchers, bundle, Node, FFI library, compiled code
	@$(NODE) scripts/build.ts

demo: build ## see it work on a private containerd: a hook that denies, a WebAssembly runtime, kill -9 of containerd
	@$(NODE) scripts/demo.ts $(SVG:%=--svg %)

test: test-setup build ## test every package, and everything on the newest containerd; FILES="path …" for some, ON="1.6 …" for a containerd
	@sh scripts/with-cgroups.sh $(NODE) $(RUN_TESTS) $(FILES)

test-matrix: test-setup build ## the same, and everything on the other containerds, and with cgroup v2 in a VM
	@sh scripts/with-cgroups.sh $(NODE) $(RUN_TESTS) --matrix

lint: setup ## biome, types, order of the stages, language, unused code, analysis of the guardian
	@echo "lint: biome"; $(BIN)/biome check --error-on-warnings .
	@$(MAKE) --no-print-directory types
	@echo "lint: order of the stages"; $(NODE) scripts/check-imports.ts
	@echo "lint: language of documents, comments, messages and test titles"; $(NODE) scripts/check-language.ts
	@echo "lint: knip"; $(BIN)/knip --no-progress
	@echo "lint: guardian"; sh packages/guardian/build.sh /dev/null -fanalyzer || [ $$? = 3 ]

types: setup ## type check alone
	@echo "lint: tsc"; $(BIN)/tsc --noEmit -p tsconfig.json

coverage: test-setup build ## tests under c8, a report in coverage/
	@sh scripts/with-cgroups.sh $(BIN)/c8 --reporter=text-summary --reporter=html --include 'packages/*/src/**' $(NODE) $(RUN_TESTS) $(FILES)

bench: test-setup build ## measure against the Go shim on this machine
	@sh scripts/with-cgroups.sh $(NODE) bench/run.ts

soak: test-setup build ## 200 random kills, 3,000 execs, 1,000 containers, then look for anything left behind
	@$(NODE) scripts/soak.ts

pictures: setup ## draw docs/pictures from their sources
	@$(NODE) scripts/pictures.ts

proto: setup ## generate the message code from packages/core/src/proto/def
	@sh scripts/proto.sh

install: ## copy dist/, which is built if it is missing, to PREFIX (default /usr/local), under DESTDIR if given
	@[ -x dist/lib/dunnage/node ] || $(MAKE) --no-print-directory build
	@sh scripts/install.sh install "$(DESTDIR)$(PREFIX)"

uninstall: ## remove what install copied
	@sh scripts/install.sh uninstall "$(DESTDIR)$(PREFIX)"

clean: ## remove everything that was generated here, the npm packages excepted
	@rm -rf dist coverage .cache bench/results
