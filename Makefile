PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin

.PHONY: setup demo up test test-all check bench wheel-compiled test-compiled clean

setup: $(VENV)/installed

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --editable '.[dev]'
	touch $@

demo: setup
	$(BIN)/python -m ops demo

up: setup
	$(BIN)/python -m ops up

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m ops rules check
	$(BIN)/python -m ops docs check

# Two processes share the files of tests, in their order; each has servers of its own.
PYTEST := $(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder --durations=25

# Of the matrix of seeds and cases the part that the commit's hash chooses: see tests/matrix.py.
test: check
	$(PYTEST)

test-all: check
	MATRIX_PART=all $(PYTEST)

bench: setup
	$(BIN)/python -m ops bench

# Machine code, by mypyc: needs a C compiler, which nothing else here does.
COMPILED := .run/compiled
OPTIMISATION ?= 3
wheel-compiled: setup
	$(BIN)/python -m ops compiled-wheel --optimisation $(OPTIMISATION) --install $(COMPILED)

# The wheel is to be found before the source: so the working folder stays off the path.
COMPILED_TESTS := tests/golden tests/processors tests/schemas tests/streams tests/topology
test-compiled: setup
	BUILD=compiled PYTHONSAFEPATH=1 PYTHONPATH=$(CURDIR)/$(COMPILED) \
	  $(PYTEST) -o pythonpath=tests -m "not broker" $(COMPILED_TESTS)

clean:
	rm -rf $(VENV) .run build dist *.egg-info
