.PHONY: crash
crash: $(VENV)/.dev ## power cuts, kills and damage of the database: docs/crash.md
	@$(BIN)/python -m tests.bench.crash
