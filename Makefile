# Two commands do everything: make run, make test.
SHELL := /bin/bash
PYTHON ?= python3
TERRITORY ?= demo
MIRROR ?=
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
TEST_STAMP := $(VENV)/.installed-test
BENCH_PYTHON ?= python3.12
BENCH_VENV := .venv-bench
BENCH_STAMP := $(BENCH_VENV)/.installed
BENCH ?=
FUZZ_VENV := .venv-fuzz
FUZZ_STAMP := $(FUZZ_VENV)/.installed
MINUTES ?= 10
READER ?=
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

.PHONY: run setup test test-all bench fuzz lint lock clean help

help:
	@echo "make run       ouvre Maillage sur http://127.0.0.1:$(PORT) (TERRITORY=demo, MIRROR=dossier)"
	@echo "make test      vérifie tout, en moins de dix minutes"
	@echo "make test-all  vérifie aussi ce qui est long"
	@echo "make bench     compare la vitesse avec celle des autres outils (à la main, BENCH=nom)"
	@echo "make fuzz      éprouve les imports avec des fichiers au hasard (à la main, MINUTES=10, READER=nom)"

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Il faut python3 en version 3.11 ou plus récente."; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) \
	  || { echo "Il faut le module venv de python3 (paquet python3-venv)."; rm -rf $(VENV); exit 2; }
	@echo "Installation des bibliothèques (une minute ou deux, une seule fois)…"
	@$(PIP) -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@echo "Compilation des calculs de trajet (une demi-minute, une seule fois)…"
	@$(BIN)/python -m coverage.study.warm 2>/dev/null \
	  || echo "… sans succès : ils se compileront au premier calcul. Détail : $(BIN)/python -m coverage.study.warm"
	@touch $@

$(TEST_STAMP): $(STAMP) requirements-test.lock
	@echo "Installation des outils d'essai…"
	@$(PIP) -r requirements-test.lock
	@touch $@

setup: $(STAMP)

run: $(STAMP)
	@$(BIN)/maillage serve --port $(PORT) --check
	@$(BIN)/maillage run $(TERRITORY) $(if $(MIRROR),--mirror $(MIRROR))
	@exec $(BIN)/maillage serve --port $(PORT)

lint: $(TEST_STAMP)
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

test: lint
	@bash tests/install_browser.sh
	@$(BIN)/python -m pytest -n auto --dist loadscope -m "not slow"

test-all: lint
	@bash tests/install_browser.sh
	@$(BIN)/python -m pytest -n auto --dist loadscope

# By hand, on a quiet machine: ratios against the peers, which live in a Python 3.12 of their own.
$(BENCH_STAMP): requirements-bench.lock
	@python=$$(for p in $(BENCH_PYTHON) "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/3.12*/bin/python; do \
	    "$$p" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 12))' 2>/dev/null \
	    && { echo "$$p"; break; }; done); \
	  test -n "$$python" || { echo "Il faut Python 3.12 pour les outils comparés (BENCH_PYTHON=…)."; exit 2; }; \
	  test -x $(BENCH_VENV)/bin/python || "$$python" -m venv $(BENCH_VENV)
	@echo "Installation des outils comparés…"
	@$(BENCH_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
	  -r requirements-bench.lock
	@touch $@

bench: $(TEST_STAMP) $(BENCH_STAMP)
	@$(BIN)/python -m tests.benchmarks $(BENCH) $(if $(MIRROR),--mirror $(MIRROR))
	@$(BIN)/python -m tests.benchmarks --tables

# By hand: each reader of what people send, against files that a fuzzer makes. Its virtual environment
# holds atheris alone, and sees the libraries of the other one.
$(FUZZ_STAMP): $(TEST_STAMP) requirements-fuzz.lock
	@test -x $(FUZZ_VENV)/bin/python || $(BIN)/python -m venv $(FUZZ_VENV)
	@$(FUZZ_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
	  -r requirements-fuzz.lock
	@$(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))' \
	  > "$$($(FUZZ_VENV)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/maillage.pth"
	@touch $@

fuzz: $(FUZZ_STAMP)
	@$(FUZZ_VENV)/bin/python -m tests.fuzz --minutes $(MINUTES) $(READER)

# For whoever changes pyproject.toml: needs uv.
lock:
	uv lock
	uv export --quiet --frozen --no-emit-project --no-header --no-annotate --no-default-groups \
	  --group build > requirements.lock
	uv export --quiet --frozen --no-emit-project --no-header --no-annotate --no-default-groups \
	  --only-group test > requirements-test.lock
	uv pip compile --quiet --generate-hashes --no-header --no-annotate --no-emit-index-url \
	  --only-binary :all: --python-version 3.12 --python-platform x86_64-manylinux_2_28 \
	  tests/benchmarks/peers.in -o requirements-bench.lock

clean:
	rm -rf $(VENV) $(BENCH_VENV) $(FUZZ_VENV) .fuzz .mypy_cache .ruff_cache .pytest_cache .hypothesis test-artifacts
