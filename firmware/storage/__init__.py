"""Everything that survives power-off: journal, calibration, zero, recordings, and the files that people edit."""
