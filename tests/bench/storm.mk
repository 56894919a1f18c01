.PHONY: storm
storm: $(VENV)/.dev ## a thousand simulated hours of people and failing cells: what must never happen (hours)
	@$(BIN)/python -m tests.bench.storm
