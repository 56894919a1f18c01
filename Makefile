PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# What `make test` installs beside the program; with adafruit and rpi-gpio the tests of those packages run too.
EXTRAS ?= dev

.PHONY: help demo quick test check lint types arch cover docs clean
help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

# A venv without pip is one that Debian could not finish: it is created again.
define venv
@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); \
	echo "make: $(PYTHON) cannot make a venv (Debian: apt install python3-venv)" >&2; exit 1; }
endef
# Without a network pip writes pages; one line is enough.
define pip
@mkdir -p build
@$(BIN)/python -m pip install --quiet --disable-pip-version-check --retries 1 $(1) 2>build/pip.log || { \
	if grep -qiE 'connection|resolution|timed out|unreachable' build/pip.log; \
	then echo "make: no network: the first run fetches a few packages; try again when there is one" >&2; \
	else cat build/pip.log >&2; fi; exit 1; }
endef

$(VENV)/.run: pyproject.toml
	$(venv)
	@echo "setting up $(VENV) ..."
	$(call pip,-e .)
	@touch $@

$(VENV)/.dev: pyproject.toml
	$(venv)
	@echo "setting up $(VENV) with the tools for development ..."
	$(call pip,-e '.[$(EXTRAS)]')
	@touch $@ $(VENV)/.run

STORY ?= session
demo: $(VENV)/.run ## a simulated session in half a minute; make demo STORY=pain shows another one
	@$(BIN)/acumat-sim $(STORY) --demo

quick: $(VENV)/.dev ## unit and story tests without the slow ones, under a minute
	@$(BIN)/python -m pytest -q -n auto --dist worksteal -m "not slow" tests/unit tests/story

test: $(VENV)/.dev ## the tests; what needs mosquitto is skipped with one line where it is not installed
	@$(BIN)/python -m pytest -q -n auto --dist worksteal

check: lint types arch test ## everything a change must pass

lint: $(VENV)/.dev ## style
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: $(VENV)/.dev ## mypy --strict
	@$(BIN)/mypy

arch: $(VENV)/.dev ## who may import whom
	@$(BIN)/lint-imports --no-cache

cover: $(VENV)/.dev ## branch coverage; signal, posture, session, programme, cues and core must be whole
	@$(BIN)/python -m pytest -q -n auto --dist worksteal --cov --cov-report=term
	@$(BIN)/coverage report --include='firmware/signal/*,firmware/posture/*,firmware/session/*,firmware/programme/*,firmware/cues/*,firmware/core.py' --fail-under=100

docs: $(VENV)/.dev ## regenerate the pages that are made from tables
	@$(BIN)/python -m docs.generate

clean: ## remove what was built
	rm -rf build $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info

-include hardware/Makefile.mk systemd/release.mk tests/system/lane.mk tests/mutate.mk tests/bench/bench.mk tests/bench/crash.mk tests/bench/soak.mk tests/bench/shell.mk tests/bench/storm.mk tests/bench/trust.mk tests/bench/evenings.mk tests/bench/system.mk tests/bench/front.mk tests/bench/browser.mk tests/bench/site.mk tests/bench/foreign.mk tests/system/homeassistant/homeassistant.mk tests/bench/mqtt_faults.mk
