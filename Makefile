# Every target makes the virtual environment it needs from the pinned, hashed constraints: .demo has what a bot runs on,
# .venv what its developers work with, .synapse the Matrix homeserver of the tests.
# The plugin is never installed here: pip's editable installs make Errbot 6.2.1 scan all of site-packages.

PYTHON ?= python3
BIN := .venv/bin
DEMO := .demo/ready
READY := .venv/ready
COMPILED := .venv/compiled
SYNAPSE := .synapse/ready
# Of what is installed only some is ever run; Python compiles that when it is first run.
PIP := --quiet --disable-pip-version-check --require-hashes --no-compile

export PYTHONPATH := $(CURDIR):$(CURDIR)/plugins/inbox:$(CURDIR)/backends/matrix
# Without bytecode each process of the tests, and each Errbot they start, would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo check test soak bench lint docs screens constraints clean

help:
	@echo "make demo         a local Graph API and an Errbot in this terminal; try: !inbox spam instagram"
	@echo "make check        before each commit: lint, then the short tests that need no server and no other process"
	@echo "make test         everything: lint, then all tests"
	@echo "make soak         the crash test for as long as one cares to wait; SOAK='stopped 1000' names a scenario and its length"
	@echo "make lint         format, style, types, and who may import whom"
	@echo "make bench        the figures of docs/benchmarks.md, measured here"
	@echo "make docs         write docs/settings.md from the settings themselves"
	@echo "make screens      draw the pictures of the README from the bot's own messages"
	@echo "make constraints  pin the newest versions of everything we depend on"
	@echo "make clean        remove what make and the tests left behind"

demo: $(DEMO)
	@.demo/bin/python -m simulator.terminal

check: lint
	@$(BIN)/python -m pytest -n 2 --dist worksteal -m "not processes and not servers and not long"

# What has never run is compiled once, beside the types; each of the six processes of the tests would do it for itself.
# What is wrong with a test they tell.
$(COMPILED): $(READY)
	@$(BIN)/python -m pytest --collect-only -qq >/dev/null || :
	@touch $@

# The tests of real servers mostly wait for them, so more run at once than a machine has processors. Those that share a
# server run in one worker (conftest.py): each server runs once.
test: $(READY) $(SYNAPSE)
	@$(MAKE) --no-print-directory --jobs=2 lint $(COMPILED)
	@$(BIN)/python -m pytest -n 6 --dist loadgroup

soak: $(READY)
	@$(BIN)/python -m tests.soak $(SOAK)

bench: $(READY)
	@$(BIN)/python -m benchmarks

lint: $(READY)
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

docs: $(READY)
	@$(BIN)/python -m pageinbox.settings > docs/settings.md

# With Chromium and the fonts that docs/screens names.
screens: $(READY)
	@$(BIN)/python -m docs.screens

# One file for every Python that pyproject.toml names. An index or a folder of wheels that only this machine knows must
# not decide what everyone gets.
constraints: COMPILE := env -u UV_INDEX -u UV_EXTRA_INDEX_URL -u UV_FIND_LINKS $(BIN)/uv pip compile --quiet --no-config \
	--universal --python-version 3.11 --generate-hashes --upgrade --custom-compile-command "make constraints"
constraints: $(READY)
	@$(COMPILE) -o constraints/build.txt constraints/build.in
	@$(COMPILE) -o constraints/runtime.txt -c constraints/build.txt pyproject.toml
	@$(COMPILE) -o constraints/synapse.txt constraints/synapse.in
	@$(COMPILE) -o constraints/dev.txt -c constraints/build.txt -c constraints/runtime.txt --extra dev pyproject.toml
	@$(COMPILE) -o constraints/bot.txt -c constraints/build.txt -c constraints/runtime.txt -c constraints/dev.txt \
	  --extra charts --extra postgresql constraints/bot.in pyproject.toml

clean:
	@rm -rf .demo .venv .synapse tests/slack/node_modules build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(DEMO): constraints/runtime.txt constraints/build.txt
$(READY): constraints/dev.txt constraints/build.txt
$(SYNAPSE): constraints/synapse.txt constraints/build.txt

$(DEMO) $(READY) $(SYNAPSE):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "err-inbox needs Python 3.11 or newer; name one that you have: make PYTHON=python3.11 ..." >&2; exit 1; }
	@echo "Installing $< into $(@D), once" >&2
	@$(PYTHON) -m venv --clear $(@D)
	@$(@D)/bin/python -m pip install $(PIP) -r constraints/build.txt
	@$(@D)/bin/python -m pip install $(PIP) --no-build-isolation -r $<
	@touch $@
