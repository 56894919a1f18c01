"""Signals in, posture events out: who is on the mat, and how. Pure."""
