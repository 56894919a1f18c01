"""A stand-in for the package RPi.GPIO inside the container: the virtual module of sim, with a story in real time."""
