PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin

.PHONY: setup demo test test-all check bench clean

setup: $(VENV)/installed

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --editable '.[dev]'
	touch $@

demo: setup
	$(BIN)/python -m ops demo

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

clean:
	rm -rf $(VENV) .run build *.egg-info
