# make app    sets everything up and opens the service on the sample company (PORT=8501)
# make demo   answers one goal in the terminal
# make test   sets everything up and runs the tests
# make test-fast  the quick ones: no browser, no PostgreSQL
# make bench  holds limits of time and memory, on a quiet machine
# make bench-quality  measures the matches, beside simple methods
# make wheel  builds dist/*.whl, which installs the whole as one thing
# make check  linters, types, the import contract, dead code

.ONESHELL:
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501
HALDEN := eval/datasets/halden
INDEX := var/halden
BENCHMARKS ?= ../shared/benchmarks
STORE := sqlite:///$(CURDIR)/var/halden.sqlite

export OMP_NUM_THREADS ?= 2
export TOKENIZERS_PARALLELISM ?= false
export HF_HUB_OFFLINE ?= 1

.PHONY: help setup sample app demo test test-fast bench wheel check system bench-quality clean

help:
	@grep -E '^# make' Makefile | sed 's/^# //'

# torch first and by itself: the exact version keeps the CUDA builds out
$(VENV)/.ready: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name it: make PYTHON=python3.11 …" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check torch==2.13.0
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

setup: $(VENV)/.ready

$(INDEX)/CURRENT: $(VENV)/.ready $(HALDEN)/people.csv
	@mkdir -p $(INDEX)
	$(BIN)/python -m index build $(HALDEN)/people.csv --index $(INDEX)
	@if [ $@ -ot $< ] || [ $@ -ot $(HALDEN)/people.csv ]; then $(BIN)/python -m index publish --index $(INDEX); fi

# a snapshot of another version is not served: the next night makes a new one
sample: $(INDEX)/CURRENT
	@$(BIN)/python -m index status --index $(INDEX) >/dev/null || $(BIN)/python -m index nightly $(HALDEN)/people.csv --index $(INDEX)

# H0213, Head of Learning, administers, so that the desk can be looked at
app: export LEARNING_RELATIONSHIPS_ADMINS ?= H0213
app: export LEARNING_RELATIONSHIPS_PEOPLE_FILE ?= $(HALDEN)/people.csv
app: export LEARNING_RELATIONSHIPS_POLICY_FILE ?= var/halden-policy.toml
app: sample
	@$(BIN)/python -m app migrate --store "$(STORE)" >/dev/null
	@$(BIN)/python -m app serve --index $(INDEX) --port $(PORT) --store "$(STORE)"

demo: sample
	@$(BIN)/python -m app recommend --index $(INDEX) --person H0012 --goal "In the Thursday demo I know what to say, and then my English and my heartbeat go away together. I want to practise presenting my own work."

# Chromium and PostgreSQL for the tests that need them, where apt may install them
system:
	@.ci/system-parts

test: $(VENV)/.ready system
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile -m "not bench"

test-fast: $(VENV)/.ready
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile -m "not (slow or browser or postgres or wheel or bench)"

bench: $(VENV)/.ready
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -m bench -rP

# the sample company and, where they lie beside this checkout, the public benchmarks
bench-quality: $(VENV)/.ready
	@$(BIN)/python -m eval bench $(HALDEN) --benchmarks $(BENCHMARKS) --out var/bench

wheel: $(VENV)/.ready
	$(BIN)/python -m hatchling build --target wheel

check: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/vulture

clean:
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache .hypothesis
