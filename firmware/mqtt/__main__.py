"""Print the page about MQTT: python -m firmware.mqtt > docs/mqtt.md."""

import sys

from firmware.mqtt.reference import reference_page

sys.stdout.write(reference_page())
