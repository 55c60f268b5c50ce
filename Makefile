# Needs only Python 3.11 or newer with its venv module. PYTHON, VENV and JOBS can be set on the command line.
PYTHON ?= python3
VENV ?= .venv
JOBS ?= 2
BIN := $(VENV)/bin

.PHONY: demo test lint bench readme gallery clean

# The reference case: its forecast on the screen, and its runway chart in demo/.
demo: $(VENV)/.installed
	$(BIN)/tarmac run stability-ai --seed 7 --out demo --force --quiet
	@echo "The runway chart: $(CURDIR)/demo/stability-ai-runway.png"

test: lint
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal

lint: $(VENV)/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

bench: $(VENV)/.bench
	$(BIN)/python -m tests.bench
	$(BIN)/python -m tests.bench.sampling
	$(BIN)/python -m tests.bench.precision

# The screen and the picture in README.md and what models/README.md makes of the engine, as they are now.
readme: $(VENV)/.dev
	$(BIN)/python -m tests.readme

# The pictures that the READMEs show, from pinned runs, each with the numbers it draws; a test says when they are old.
gallery: $(VENV)/.dev
	$(BIN)/python -m tests.readme gallery

clean:
	rm -rf .venv demo dist build .coverage htmlcov .benchmarks .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find tarmac tests -name __pycache__ -type d -prune -exec rm -rf {} +

# Made once, and again when what is to be installed changes.
$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q -c constraints.txt -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.installed
	$(BIN)/python -m pip install -q -c constraints.txt -e ".[dev]"
	@touch $@

$(VENV)/.bench: $(VENV)/.dev
	$(BIN)/python -m pip install -q -c constraints.txt -e ".[bench]"
	@touch $@
