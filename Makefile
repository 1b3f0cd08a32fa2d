# make demo · make test · make check · make bench · make bench-NAME
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
export PIP_PROGRESS_BAR ?= on
# Tests start the program a hundred times: what was compiled once is kept, also where a machine says otherwise.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test check bench browser clean

demo: $(VENV)/installed ## The demo company, from export files to themes, served on http://127.0.0.1:8000
	$(BIN)/ideaflow demo $(DEMO)

test: $(VENV)/installed-dev browser ## Everything the suite needs, then the suite
	$(BIN)/python -m pytest -n 2 --dist worksteal $(TESTS)

check: $(VENV)/installed-dev browser ## Format, lint, types, import contracts, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 2 --dist worksteal

bench: $(VENV)/installed-bench ## Themes beside the peers on DATA="file.jsonl …", and the product's speed; lists the others
	$(BIN)/python -m benchmarks $(DATA)

bench-%: $(VENV)/installed-bench ## One of them, with DATA="file.jsonl …" ARGS="…": themes, names, live, trends, map …
	$(BIN)/python -m benchmarks $* $(DATA) $(ARGS)

browser: $(VENV)/installed-dev
	@$(BIN)/python scripts/browser.py

# Installed once for each set of pinned versions; touched files make it run again.
$(VENV)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || (echo "ideaflow needs Python 3.11 or newer; name one: make demo PYTHON=python3.12"; exit 1)
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/installed: $(VENV)/python pyproject.toml constraints.txt
	$(PIP) install -c constraints.txt -e .
	@touch $@

$(VENV)/installed-dev: $(VENV)/python pyproject.toml constraints.txt
	$(PIP) install -c constraints.txt -e '.[dev]'
	@touch $@ $(VENV)/installed

$(VENV)/installed-bench: $(VENV)/python pyproject.toml constraints.txt
	$(PIP) install -c constraints.txt -e '.[dev,peers]'
	@touch $@ $(VENV)/installed $(VENV)/installed-dev

clean:
	rm -rf $(VENV) instance build dist
