"""MQTT: topics, payloads, Home Assistant discovery, commands, and the publisher that connects to the broker."""

from firmware.mqtt.publisher import LinkHealth, Publisher

__all__ = ["LinkHealth", "Publisher"]
