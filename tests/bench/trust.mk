.PHONY: trust
trust: $(VENV)/.dev ## zero over days, wrong samples, power-up with a person, calibration, missing cells (ten minutes)
	@$(BIN)/python -m tests.bench.trust
