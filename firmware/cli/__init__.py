"""Verbs: parses words, holds no logic."""
