.PHONY: mutate
mutate: $(VENV)/.dev ## break the session rooms and the cue player line by line and see the tests catch it (half an hour)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check mutmut==3.8.1
	@$(BIN)/python -m tests.mutate
