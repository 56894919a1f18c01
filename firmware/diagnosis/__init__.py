"""Whether the mat is in order: checks, measurements, and the procedures of tare and calibration."""
