# Needs nothing but make and Python 3.11 or later. PYTHON=/path/to/python3 chooses another one.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help demo test check docs bench clean

help:
	@echo "make demo    install once, then run the main job on a small simulated screen"
	@echo "make test    the whole test suite"
	@echo "make check   linters, formatting, types and import contracts"
	@echo "make docs    build the documentation into site/"
	@echo "make bench   measure what is meant to be fast"
	@echo "make clean   remove the environment and everything built"

# The stamp is made last, so that an installation that broke off is taken up again.
$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

demo: $(READY)
	$(BIN)/deepyeast demo --out demo

# Two test processes of one thread each: more threads would only fight for the same two cores.
test: $(READY)
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo --no-cache

docs: $(READY)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

bench: $(READY)
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.screen

clean:
	rm -rf $(VENV) site demo dist
