# Everything starts here: `make run` to see it work, `make test` to check it. Both set up what is missing.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup setup-tests run test check bench clean

CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/casewright

# uv from the PATH, or where `make setup` put it.
UV = $(shell PATH="$$PATH:$(HOME)/.local/bin:$(CACHE)/uv/bin"; command -v uv)
# Setup keeps the environment as locked: a run needn't look at it again.
UV_RUN = $(UV) run --no-sync
PYTHON = $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v "$$python" && break; done)

# In the environment's folder, so that they go with it.
SYNCED := .venv/.casewright-synced
READY := .venv/.casewright-ready
READY_FOR_TESTS := .venv/.casewright-ready-for-tests

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

setup: $(READY) ## Install everything that a run needs (quick when it is there)

setup-tests: $(READY_FOR_TESTS) ## Install what the tests need, too

# ONCE, JSON, FRESH and SPEED reach the program as they are, from the environment or `make run SPEED=3600`.
run: setup ## Start everything and show tickets on their way (ONCE=1, JSON=1, FRESH=1; SPEED=3600: an hour a second)
	@$(UV_RUN) python -m starter.run

test: setup-tests ## Run every test (PYTEST="-k name" for some)
	@$(UV_RUN) pytest $(PYTEST)

check: $(SYNCED) ## Format, lint, types, import directions, lock file
	$(UV_RUN) ruff format --check .
	$(UV_RUN) ruff check .
	$(UV_RUN) mypy .
	$(UV_RUN) lint-imports
	$(UV) lock --check

bench: setup ## Measure what a ticket costs, and how late deadlines are recorded (7 minutes)
	@$(UV_RUN) python -m bench
	@$(UV_RUN) python -m bench.deadlines

clean: ## Remove the environment and tools' caches; data in .casewright stay
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(SYNCED): uv.lock pyproject.toml
	@[ -n "$(PYTHON)" ] || { echo "Casewright needs Python 3.11 or later, and none is on the PATH." >&2; exit 1; }
	@[ -n "$(UV)" ] || $(MAKE) --no-print-directory install-uv
	@$(MAKE) --no-print-directory sync

$(READY): $(SYNCED)
	@$(UV_RUN) python -m casewright.embedded setup
	@touch $@

$(READY_FOR_TESTS): $(SYNCED)
	@$(UV_RUN) python -m casewright.embedded setup --tests
	@touch $@ $(READY)

# A make of its own, because UV is looked up anew after the installation.
.PHONY: sync install-uv
sync:
	@$(UV) sync --quiet --locked --python "$(PYTHON)"
	@touch $(SYNCED)

# pip refuses in an environment that the system manages: then uv gets one of its own. Debian splits both from Python.
install-uv:
	@echo "Installing uv" >&2
	@"$(PYTHON)" -m pip install --quiet --user uv 2>/dev/null \
	  || { "$(PYTHON)" -m venv "$(CACHE)/uv" 2>/dev/null && "$(CACHE)/uv/bin/python" -m pip install --quiet uv; } \
	  || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
	       && apt-get update -qq >&2 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >&2 \
	       && rm -rf "$(CACHE)/uv" && "$(PYTHON)" -m venv "$(CACHE)/uv" \
	       && "$(CACHE)/uv/bin/python" -m pip install --quiet uv; } \
	  || { echo "uv can't be installed: install it (https://docs.astral.sh/uv/), or pip or python3-venv." >&2; exit 1; }
