"""Survives power-off: recordings and calibration files."""
