# Everything a developer needs: `make run`, `make test`, `make lint`. Each sets up its own environment first.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
INSTANCE := instance/run

PIP_COMPILE := $(BIN)/pip-compile --quiet --strip-extras --no-header --no-annotate --no-emit-index-url \
               --no-emit-find-links --no-emit-trusted-host --no-emit-options

.DEFAULT_GOAL := help
.PHONY: help setup run test faults bench bench-quick load lint messages pictures format lock clean

help: ## Show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

setup: $(READY) ## Make the virtual environment and install the pinned packages

run: $(READY) ## Start a demonstration with two simulated dealerships; Ctrl-C stops it
	SERVICELOST_INSTANCE_PATH=$(CURDIR)/$(INSTANCE) $(BIN)/servicelost run --demo

test: $(READY) ## Run every test, on SQLite and PostgreSQL
	$(BIN)/pytest -n 2 --durations=15

faults: $(READY) ## Kill our programs 200 times, and try long what `make test` tries shortly
	SERVICELOST_FAULT_KILLS=200 $(BIN)/pytest tests/faults -n 2
	SERVICELOST_TEST_ORDERS=200 $(BIN)/pytest tests/integration/test_order.py tests/integration/test_rivals_eight.py -n 2
	SERVICELOST_FAULTS_LONG=1 $(BIN)/pytest tests/hostile -n 2 --durations=15

bench: $(READY) ## Measure side by side; each line is JSON and says what it compares with
	$(BIN)/python -m benchmarks

bench-quick: $(READY) ## The same on little data
	$(BIN)/python -m benchmarks quick

load: $(READY) ## Two hundred people at work for five minutes
	$(BIN)/python -m benchmarks.load

lint: $(READY) ## Check style, formatting, types and import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

messages: $(READY) ## Bring the catalogues of the languages up to date with the source
	$(BIN)/python -m servicelost.web.languages.collecting

pictures: $(READY) ## Make the pictures of docs/pages.md anew
	$(BIN)/python -m docs.pictures

format: $(READY) ## Put imports and layout in order
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

lock: $(READY) ## Choose package versions anew and pin them in requirements/
	$(PIP_COMPILE) --upgrade --output-file requirements/runtime.txt pyproject.toml
	$(PIP_COMPILE) --upgrade --extra dev --extra postgres --constraint requirements/runtime.txt \
		--output-file requirements/dev.txt pyproject.toml

clean: ## Remove the virtual environment, the demonstration's data and what tools left behind
	rm -rf $(VENV) instance build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find servicelost tests -name __pycache__ -type d -prune -exec rm -rf {} +

# Stamped, so that it runs once and again only when the pins or the package's own description change.
# The build backend is among the pinned packages, so nothing unpinned is fetched.
$(READY): requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "servicelost needs Python 3.11 or newer, this is " + sys.version.split()[0] + "; try: make PYTHON=python3.12 ...")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
