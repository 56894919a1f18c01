.PHONY: hardware stl boards hardware-check
$(VENV)/.hardware: pyproject.toml | $(VENV)/.run
	@echo "setting up $(VENV) with the drawing tools ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[hardware]'
	@touch $@

hardware: $(VENV)/.hardware ## pin tables, list of parts and pictures of the hardware, made from the board files
	@$(BIN)/python -m hardware.render

stl: $(VENV)/.run ## printed parts of the hardware as STL in build/stl; needs openscad, takes a minute or two
	@$(BIN)/python -m hardware.render --stl build/stl

boards: $(VENV)/.run ## the two circuit boards as KiCad projects, checked, with the files to order them; needs KiCad 9 (two minutes)
	@$(BIN)/python -m hardware.pcb

hardware-check: $(VENV)/.dev ## what the hardware pages promise, calculated and simulated; the ring needs ngspice (three minutes)
	@$(BIN)/python -m tests.bench.hardware
