.PHONY: foreign
foreign: $(VENV)/.dev ## the virtual chip read by a package of others, beside ours: docs/foreign.md
	@$(BIN)/python -m tests.bench.foreign
