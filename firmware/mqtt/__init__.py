"""Leaves the Pi: topics, discovery, the publisher."""

from firmware.mqtt.publisher import Health, Publisher

__all__ = ["Health", "Publisher"]
