.PHONY: browser
browser: $(VENV)/.dev ## the page in a real Chromium: frames, delays, slow readers, memory, 100,000 hostile requests: docs/browser.md (an hour)
	@$(BIN)/python -m tests.bench.browser
