# The kernel lane; what it is and what it can prove: tests/system/lane/README.md
LANE ?= full

.PHONY: lane
lane: $(VENV)/.dev ## the GPIO driver on a real kernel with virtual converters; builds that kernel once (4 minutes)
	@tests/system/lane/kernel.sh build
	@LANE=$(LANE) $(BIN)/python -m pytest -q -m lane tests/system/lane
