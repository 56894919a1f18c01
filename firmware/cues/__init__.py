"""Events in, light and sound out."""
