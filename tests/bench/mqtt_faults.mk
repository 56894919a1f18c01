.PHONY: mqtt-faults
mqtt-faults: $(VENV)/.dev ## kills, restarts, a frozen broker and hostile input: docs/mqtt-faults.md
	@$(BIN)/python -m tests.bench.mqtt_faults
