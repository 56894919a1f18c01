.PHONY: fuzz
fuzz: $(VENV)/.dev ## a million hostile commands, 100,000 hostile files of each kind: only documented errors (an hour)
	@$(BIN)/python -m tests.fuzz.run
