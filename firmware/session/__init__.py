"""Numbers in, events out."""
