.PHONY: accuracy accuracy-small bench
accuracy: $(VENV)/.dev ## how true is what the mat says? simulated, semi-real and real cases on fresh seeds (half an hour)
	@$(BIN)/python -m tests.bench.accuracy $(if $(SEED),--seed $(SEED))

accuracy-small: $(VENV)/.dev ## the same, small, with one seed for all; writes no page
	@$(BIN)/python -m tests.bench.accuracy --small --no-docs

bench: $(VENV)/.dev ## what it costs, against other ways to do it; docs/performance.md (five minutes)
	@$(BIN)/python -m tests.bench.performance
