.PHONY: browser browser-small
browser: $(VENV)/.dev ## the page in a real Chromium: frames, delays, slow readers, memory, 100,000 hostile requests (half an hour)
	@$(BIN)/python -m tests.bench.browser

browser-small: $(VENV)/.dev ## the same, small; writes no page
	@$(BIN)/python -m tests.bench.browser --small --no-docs
