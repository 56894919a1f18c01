"""What a terminal or a pipe shows: live view, body map, JSON lines."""
