.PHONY: soak
soak: $(VENV)/.dev ## a million reads of virtual chips under every condition: is a wrong value ever accepted? (ten minutes)
	@$(BIN)/python -m tests.bench.soak

.PHONY: bench-sampling
bench-sampling: $(VENV)/.dev ## line operations, clock pulses beside a busy thread, the adafruit package (two minutes)
	@$(BIN)/python -m tests.bench.sampling

bench: bench-sampling
