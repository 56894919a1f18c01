.PHONY: hardware stl
$(VENV)/.hardware: pyproject.toml | $(VENV)/.run
	@echo "setting up $(VENV) with the drawing tools ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[hardware]'
	@touch $@

hardware: $(VENV)/.hardware ## pin tables, list of parts and pictures of the hardware, made from the board files
	@$(BIN)/python -m hardware.render

stl: $(VENV)/.run ## printed parts of the hardware as STL in build/stl; needs openscad, takes a minute or two
	@$(BIN)/python -m hardware.render --stl build/stl
