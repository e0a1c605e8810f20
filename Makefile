# The two commands: `make chat` sets everything up and serves the chat; `make test` sets everything up and passes.

PYTHON ?= python3
BIN := .venv/bin
Q ?= 安徽光伏产量占全国多少

.PHONY: chat ask test soak check bench rebuild clean

chat: $(BIN)/regional-qa index/CURRENT
	$(BIN)/python app.py

ask: export QUESTION = $(Q)
ask: $(BIN)/regional-qa index/CURRENT
	@$(BIN)/regional-qa ask "$$QUESTION"

test: .venv/dev
	$(BIN)/python -m pytest

soak: .venv/dev
	$(BIN)/python -m pytest -m soak --timeout 7200

check: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(BIN)/regional-qa
	$(BIN)/python benchmarks/news.py
	$(BIN)/python benchmarks/reading.py
	$(BIN)/python benchmarks/retrieval.py
	$(BIN)/python benchmarks/answers.py

rebuild: $(BIN)/regional-qa
	$(BIN)/regional-qa rebuild

index/CURRENT: | $(BIN)/regional-qa
	$(BIN)/regional-qa rebuild

$(BIN)/regional-qa: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "regional-qa needs Python 3.11 or newer: make chat PYTHON=python3.11")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

.venv/dev: $(BIN)/regional-qa
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

clean:
	rm -rf .venv index/gen-* index/cache index/CURRENT index/LOCK
