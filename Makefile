# Every target sets up what it needs: python3 (3.11 or later) and make are enough.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= 2
SAMPLE := samples/fluentd-mount-mismatch/bundle

.PHONY: demo test lint bench accuracy docs wheel clean

demo: $(VENV)/.run
	$(BIN)/podtopsy diagnose $(SAMPLE) --html fluentd-report.html --force
	@echo
	@echo "The postmortem is in fluentd-report.html: open it in a browser."

test: $(VENV)/.test
	$(BIN)/python -m pytest -n $(JOBS)

lint: $(VENV)/.lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.bench
	$(BIN)/python bench/run.py
	$(BIN)/python bench/many.py

accuracy: $(VENV)/.run
	$(BIN)/python bench/accuracy.py --leave-one-out $(CASES)

docs: $(VENV)/.run
	$(BIN)/python docs/generate.py

wheel: $(VENV)/.test
	$(BIN)/python .ci/check_wheel.py

clean:
	rm -rf $(VENV) .bench .hypothesis .pytest_cache .mypy_cache .ruff_cache .import_linter_cache dist build

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "podtopsy needs Python 3.11 or later; set PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.test $(VENV)/.lint $(VENV)/.bench: $(VENV)/.%: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[$*]'
	@touch $@
