.PHONY: evenings
evenings: $(VENV)/.dev ## light, sound and touch as a person perceives them on five evenings; 60 days of ten people (eight minutes)
	@$(BIN)/python -m tests.bench.evenings
