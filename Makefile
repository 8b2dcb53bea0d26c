# SPDX-License-Identifier: Apache-2.0
# Everything that a person types. What each does is in scripts/; `make help` lists them.

BUILD := build/release

.PHONY: build test fuzz sim bench soak run clean format help install

build: ## Install what is missing, compile the release (build/release, linked as ./offhook)
	@scripts/build

test: ## Run every test, sanitizers and short fuzzing included; ends with "N passed, N failed"
	@scripts/test

fuzz: ## Fuzz every reader of bytes from outside: FUZZ_SECONDS=60 each, FUZZERS="sdp rtp" for some
	@scripts/fuzz

sim: build ## Simulate calls with faults: CALLS=10000 SEED=1; CENTRE=1: a contact centre
	@scripts/sim

bench: build ## Measure the figures of docs/benchmarks.md: BENCH=name for one
	@scripts/bench

soak: build ## Keep calls coming and see whether anything grows: MINUTES=10 SHARE=70 MAX_CALLS=400 LENGTH=20s
	@scripts/soak

run: ## Start the server on examples/front-desk: CONFIG=directory for another
	@scripts/run

install: ## Only install packages: what building needs and what testing needs
	@scripts/install build test

format: ## Format every C file (clang-format)
	@git ls-files '*.c' '*.h' | xargs clang-format -i

clean: ## Remove build trees; keeps node_modules and data
	rm -f offhook
	rm -rf build/release build/asan build/tsan build/fuzz

help: ## Show this
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' Makefile
