# The strict broker is not part of this project: a clone of https://github.com/eclipse/paho.mqtt.testing.
STRICT_BROKER ?=
.PHONY: mqtt-faults
mqtt-faults: $(VENV)/.dev ## kills, restarts, a frozen broker and hostile input: docs/mqtt-faults.md
	@STRICT_BROKER=$(STRICT_BROKER) $(BIN)/python -m tests.bench.mqtt_faults

.PHONY: asyncapi
asyncapi: $(VENV)/.dev ## docs/mqtt/asyncapi.json by the parser of AsyncAPI; needs npm
	@$(BIN)/python -m tests.bench.asyncapi
