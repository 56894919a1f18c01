"""Tests, benchmarks and their stand-ins."""
