# A real Home Assistant, outside CI: installed once into /var/cache/acumat-homeassistant (2 minutes, 1.8 GB, a network).
.PHONY: homeassistant
homeassistant: $(VENV)/.dev ## the mat with a real Home Assistant; needs root, debootstrap and mosquitto
	@HOMEASSISTANT=1 $(BIN)/python -m pytest -q tests/system/homeassistant
