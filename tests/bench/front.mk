.PHONY: front
front: $(VENV)/.dev ## the live view: every state, size and colour mode, and the end of every story
	@$(BIN)/python -m tests.bench.front
