"""What is pretended: chips, load cells, bodies and households, behind the doors of the real ones."""
