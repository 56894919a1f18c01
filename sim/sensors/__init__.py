"""Tiles, load cells, oscillators, noise and faults."""
