# The first Python that is new enough; it brings pip, and nothing else is needed.
NEW_ENOUGH := import sys, pip; sys.exit(sys.version_info < (3, 11))
ifndef PYTHON
PYTHON := $(shell for each in python3 python3.14 python3.13 python3.12 python3.11 python; do \
  $$each -c '$(NEW_ENOUGH)' 2>/dev/null && echo $$each && break; done)
endif
VENV := .venv
BIN := $(VENV)/bin
PIP := $(PYTHON) -m pip --python $(BIN)/python install --quiet --no-deps --no-compile
# uv takes a fifth of pip's time; pip where it can't, as behind a mirror that only pip is told of.
define install
$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps $(1) || $(PIP) $(1)
endef

.PHONY: setup demo up test test-all check lock bench sbom wheel-compiled test-compiled clean

setup: $(VENV)/installed

# What runs here, without the tools of tests: pinned by hash.
$(VENV)/local: requirements/local.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later, with pip, is needed"; exit 1; }
	$(PYTHON) -m venv --without-pip $(VENV)
	-$(PIP) --require-hashes --requirement requirements/uv.txt
	$(call install,--require-hashes --requirement requirements/local.txt)
	$(call install,--no-build-isolation --editable .)
	touch $@

$(VENV)/installed: $(VENV)/local requirements/dev.txt pyproject.toml
	$(call install,--require-hashes --requirement requirements/dev.txt)
	$(call install,--no-build-isolation --editable .)
	touch $@

# Writes the pins anew: of packages, and of what the local cluster runs.
COMPILE_FROM := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-annotate --custom-compile-command 'make lock'
COMPILE := $(COMPILE_FROM) pyproject.toml
UV := uv==0.13.9
lock: setup
	$(PIP) '$(UV)'
	echo '$(UV)' | $(COMPILE_FROM) - --output-file requirements/uv.txt
	$(COMPILE) --extra dev --output-file requirements/dev.txt
	$(COMPILE) --extra aws --extra bundles --extra learning --extra traces --constraints requirements/dev.txt --output-file requirements/services.txt
	$(COMPILE) --extra local --constraints requirements/dev.txt --output-file requirements/local.txt
	$(BIN)/python -m ops.local.kafka.artifacts

demo: $(VENV)/local
	$(BIN)/python -m ops demo

up: $(VENV)/local
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

# What the image has of packages, from the lock file.
SBOM := build/sbom.cdx.json
sbom: setup
	mkdir -p $(dir $(SBOM))
	$(BIN)/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible --no-validate \
	  --output-file $(SBOM) requirements/services.txt

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
