.PHONY: site
site: $(VENV)/.dev ## a site with 1,000 simulated mats, kills, growth, a year in the report: docs/site-figures.md (20 minutes)
	@$(BIN)/python -m tests.bench.site
