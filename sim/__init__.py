"""The simulator: chips, load cells, bodies and households, behind the interfaces of the real ones."""
