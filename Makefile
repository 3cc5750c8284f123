PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin

.PHONY: setup demo test check bench clean

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

# Two at a time, as tests on real servers mostly wait; each has servers of its own.
test: check
	$(BIN)/pytest -n 2 --dist loadfile

bench: setup
	$(BIN)/python -m ops bench

clean:
	rm -rf $(VENV) .run build *.egg-info
