# Orderway: `make demo` starts a filled demo company, `make test` runs the tests. Only Python >= 3.11 and make are needed.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
JOBS ?= 2
MARKS ?=
# Container images like to forbid Python to keep what it has compiled. Each of our many processes would then compile everything again.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup demo test check bench real machine format messages clean

help:  ## What each target does
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

setup: $(STAMP)  ## Make .venv with everything that is needed, development tools included

$(STAMP): pyproject.toml
	@if command -v uv >/dev/null 2>&1; then \
		uv venv --quiet --allow-existing --python '>=3.11' .venv && uv pip install --quiet --python $(BIN)/python -e . --group dev; \
	else \
		$(PYTHON) -c 'import sys; sys.exit("Orderway needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12") if sys.version_info < (3, 11) else None' && \
		$(PYTHON) -m venv .venv && $(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1' && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check -e . --group dev; \
	fi
	@touch $(STAMP)

demo: setup  ## Fill a demo company and serve it
	$(BIN)/orderway demo

test: setup  ## All tests that this machine can run; says what it skipped (ORDERWAY_DATABASE_URL chooses the database, SQLite else, MARKS="not pure" some)
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -rs $(if $(MARKS),-m "$(MARKS)")

check: setup  ## What must be green before a commit: all but the slow tests, the browser and the real data
	$(BIN)/ruff format --check src tests
	$(BIN)/ruff check src tests
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m django makemigrations --check --dry-run --settings orderway.project.settings
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -rs -m "not slow and not browser and not real"

bench: setup  ## Speed beside its physical limit (see bench/README.md)
	$(BIN)/orderway bench

real: setup  ## The whole real data sets (ORDERWAY_REAL_DATA, default ../shared/data)
	ORDERWAY_REAL_WHOLE=1 $(BIN)/python -m pytest tests/real -rs --timeout 0

machine: setup  ## The model-based tests of the engine with 1,000 examples on random standards and on each shipped one (ORDERWAY_TEST_PROFILE=search: other ones each time)
	ORDERWAY_TEST_PROFILE=$${ORDERWAY_TEST_PROFILE:-full} $(BIN)/python -m pytest -n $(JOBS) --dist worksteal -rs tests/engine/test_machine.py

format: setup  ## Format and sort imports
	$(BIN)/ruff format src tests
	$(BIN)/ruff check --fix src tests

messages: setup  ## Extract and compile translations
	$(BIN)/python -m orderway.project.messages

clean:  ## Remove what the commands above have made
	rm -rf .venv var
