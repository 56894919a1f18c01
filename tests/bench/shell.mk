.PHONY: fuzz
fuzz: $(VENV)/.dev ## a million hostile commands, 100,000 hostile files of each kind: only documented errors (an hour)
	@$(BIN)/python -m tests.fuzz.run

.PHONY: shell endurance
shell: $(VENV)/.dev ## damaged files, kills in mid-session, hostile input of the verbs, start and memory: docs/shell.md (an hour)
	@$(BIN)/python -m tests.bench.shell

endurance: $(VENV)/.dev ## the real daemon for a real hour and 24 simulated ones: does anything grow? docs/endurance.md
	@$(BIN)/python -m tests.bench.daemon_hours
