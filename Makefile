# `make report` and `make test` set up everything they need; both want Python >= 3.11 and a package index.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: report test cluster check bench docs wheel record clean

report: $(VENV)/.run
	$(BIN)/techbalance report --out techbalance-report

test: $(VENV)/.dev
	$(BIN)/python -m pytest -q -n auto -m 'not cluster'

# Every question on Spark (a master and two workers on loopback, Java 17) and on ClickHouse in the process.
cluster: $(VENV)/.engines
	$(BIN)/python -m pytest -q tests/engines

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.dev
	$(BIN)/python -m bench

docs: $(VENV)/.dev
	$(BIN)/python -m tools.write_reference --check
	$(BIN)/python -m tools.write_reference.api_examples --check
	$(BIN)/python -m tools.build_docs

# What is published, in a bare environment: built, installed without development tools, asked.
wheel: $(VENV)/.dev
	$(BIN)/python -m tools.try_wheel

record: $(VENV)/.dev
	$(BIN)/python -m tools.build_record --data ../shared/data --out src/techbalance/record

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(VENV)/bin/python pyproject.toml constraints.txt
	$(PIP) --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.run
	$(PIP) --editable '.[dev]'
	touch $@

$(VENV)/.engines: $(VENV)/.dev
	$(PIP) --editable '.[dev,spark,clickhouse,chdb]'
	touch $@

clean:
	rm -rf $(VENV) techbalance-report build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
