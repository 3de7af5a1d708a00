# Every recipe is a script of its own in scripts/, so that what a target does can be read, run and tested without make.

PREFIX ?= /usr/local
DESTDIR ?=

.DEFAULT_GOAL := help
.PHONY: help run test fuzz demo bench soak memory leaks install clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## install what is missing, build, start the daemon in the foreground
	@scripts/run

test: ## install what is missing, run every suite
	@scripts/test

demo: ## sixteen processes on one daemon: load, query, change and verify 13,000 records (BACKEND=, DEMO_FLAGS=)
	@scripts/demo $(DEMO_FLAGS)

bench: ## measure this machine against the project's bars (about fourteen minutes)
	@scripts/bench

soak: ## an hour at 70 % load with chaos on: does anything grow? (SOAK_FLAGS=)
	@scripts/soak $(SOAK_FLAGS)

memory: ## 200,000 mixed requests on each engine: does the daemon's memory stay flat? (REQUESTS=)
	@scripts/memory-check

leaks: ## the engines' suites under LeakSanitizer (FILTER=)
	@scripts/leak-check

fuzz: ## look for inputs that break a decoder (RUNS=12000000 MINUTES=10)
	@scripts/fuzz

install: ## copy programs and systemd units to PREFIX (/usr/local) below DESTDIR
	@PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)" scripts/install

clean: ## remove everything that was built; stored records stay
	@scripts/clean
