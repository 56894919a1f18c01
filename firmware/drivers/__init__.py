"""Touches the Pi: chips, pins, the service manager."""
