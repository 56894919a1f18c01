"""A stand-in for the package RPi.GPIO inside the container: the virtual module of sim, with chips in real time."""
