.PHONY: storm
storm: $(VENV)/.dev ## a thousand more simulated hours of people and failing cells: what must never happen (hours)
	@$(BIN)/python -m tests.bench.storm
