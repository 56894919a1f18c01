"""Hostile input for every boundary: payloads of MQTT and every kind of file."""
