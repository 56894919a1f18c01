.PHONY: system
system: $(VENV)/.dev ## the package in a fresh Debian trixie: install, failures, upgrade, purge (root; six minutes)
	@INSTALL_LANE=1 $(BIN)/python -m pytest -q tests/system/install
	@INSTALL_LANE=1 $(BIN)/python -m tests.bench.system
