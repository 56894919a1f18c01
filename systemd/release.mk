.PHONY: deb
# The same commit gives the same bytes; build/lib would keep modules of an earlier one.
EPOCH = SOURCE_DATE_EPOCH=$${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct)}

deb: $(VENV)/.dev ## the Debian package in build/ (Raspberry Pi OS and Debian trixie, all architectures)
	@rm -rf build/wheel build/lib build/bdist.*
	@$(EPOCH) $(PIP_WHEEL) -w build/wheel .
	@$(EPOCH) PYTHONPATH=. $(BIN)/python systemd/deb.py build/wheel/*.whl build

PIP_WHEEL = $(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps
