# Every target makes the virtual environment it needs from the pinned, hashed constraints.
# The plugin is never installed here: pip's editable installs make Errbot 6.2.1 scan all of site-packages.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
SYNAPSE := .synapse/ready

export PYTHONPATH := $(CURDIR):$(CURDIR)/plugins/inbox:$(CURDIR)/backends/matrix

.PHONY: help demo test soak bench lint docs screens constraints clean

help:
	@echo "make demo         a local Graph API and an Errbot in this terminal; try: !inbox spam instagram"
	@echo "make test         every check: lint, then all tests"
	@echo "make soak         the crash test for as long as one cares to wait: thousands of kills"
	@echo "make lint         format, style, types, and who may import whom"
	@echo "make bench        the figures of docs/benchmarks.md, measured here"
	@echo "make docs         write docs/settings.md from the settings themselves"
	@echo "make screens      draw the pictures of the README from the bot's own messages"
	@echo "make constraints  pin the newest versions of everything we depend on"
	@echo "make clean        remove what make and the tests left behind"

demo: $(READY)
	@$(BIN)/python -m simulator.terminal

test: lint $(SYNAPSE)
	@$(BIN)/python -m pytest -n 2

soak: $(READY)
	@$(BIN)/python -m tests.soak

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

# An index or a folder of wheels that only this machine knows must not decide what everyone gets.
constraints: COMPILE := env -u PIP_FIND_LINKS -u PIP_EXTRA_INDEX_URL PIP_CONFIG_FILE=/dev/null \
	CUSTOM_COMPILE_COMMAND="make constraints" $(BIN)/pip-compile --quiet --upgrade --allow-unsafe --strip-extras \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host
constraints: $(READY)
	@$(COMPILE) -o constraints/build.txt constraints/build.in
	@$(COMPILE) -o constraints/runtime.txt -c constraints/build.txt pyproject.toml
	@$(COMPILE) -o constraints/synapse.txt constraints/synapse.in
	@$(COMPILE) -o constraints/dev.txt -c constraints/build.txt -c constraints/runtime.txt --extra dev pyproject.toml

clean:
	@rm -rf .venv .synapse tests/slack/node_modules build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): constraints/build.txt constraints/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "err-inbox needs Python 3.11 or newer; name one that you have: make PYTHON=python3.11 ..." >&2; exit 1; }
	@echo "Installing what err-inbox needs into .venv (about a minute, once)" >&2
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r constraints/build.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-build-isolation -r constraints/dev.txt
	@touch $@

$(SYNAPSE): constraints/synapse.txt
	@echo "Installing the Matrix homeserver of the tests into .synapse (half a minute, once)" >&2
	@$(PYTHON) -m venv --clear .synapse
	@.synapse/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r constraints/synapse.txt
	@touch $@
