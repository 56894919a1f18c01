"""Verbs: parse arguments and call the room that does the work."""
