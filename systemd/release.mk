.PHONY: deb lock release
# The same commit gives the same bytes; build/lib would keep modules of an earlier one.
EPOCH = SOURCE_DATE_EPOCH=$${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct)}
PIP_WHEEL = $(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps

deb: $(VENV)/.dev ## the Debian package in build/ (Raspberry Pi OS and Debian trixie, all architectures)
	@rm -rf build/wheel build/lib build/bdist.*
	@$(EPOCH) $(PIP_WHEEL) -w build/wheel .
	@$(EPOCH) PYTHONPATH=. $(BIN)/python systemd/deb.py build/wheel/*.whl build

$(VENV)/.release: $(VENV)/.dev
	$(call pip,-e '.[release]')
	@touch $@

lock: $(VENV)/.release ## requirements.lock: every package that pip installs beside acumat, with its checksums
	@$(BIN)/pip-compile --quiet --upgrade --generate-hashes --strip-extras --no-header --no-emit-index-url \
		--no-emit-trusted-host --no-emit-find-links -o requirements.lock pyproject.toml

PARTS := $(if $(shell command -v openscad),build/stl)

# One pass of a release into the folder $(1).
define pass
@rm -rf $(1) build/lib build/bdist.* build/deb && mkdir -p $(1)
@umask 022; $(EPOCH) $(BIN)/python -m build --sdist --wheel --outdir $(1) . >build/release.log 2>&1 || { cat build/release.log; exit 1; }
@umask 022; $(EPOCH) PYTHONPATH=. $(BIN)/python systemd/deb.py $(1)/*.whl $(1) >/dev/null && rm -rf $(1)/deb
@$(BIN)/python -W ignore -m cyclonedx_py requirements requirements.lock --pyproject pyproject.toml --mc-type firmware --output-reproducible --short-PURLs \
	-o $(1)/acumat.cdx.json
@cp requirements.lock $(1)/
@$(if $(PARTS),$(MAKE) -s stl,echo "no openscad: the release has no printed parts")
@$(EPOCH); export SOURCE_DATE_EPOCH; $(BIN)/python systemd/release.py $(1) $(PARTS)
endef

release: $(VENV)/.release ## wheel, sdist, Debian package, printed parts, list of components and checksums in build/release; twice, and compared
	@git diff --quiet HEAD || { echo "make: a release is built from a commit: commit your changes first" >&2; exit 1; }
	$(call pass,build/release-again)
	$(call pass,build/release)
	@cmp build/release/SHA256SUMS build/release-again/SHA256SUMS && rm -rf build/release-again
	@cat build/release/SHA256SUMS
