"""The id of this mat, from the settings or else from the machine, so that two mats never share one."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Final

from firmware.config import Device

MACHINE_ID: Final = Path("/etc/machine-id")
SALT: Final = b"acumat"  # machine-id(5): the id itself should not leave the machine
FALLBACK: Final = "mat"


def identified(device: Device, machine_id: Path = MACHINE_ID) -> Device:
    """Return the device with an id: its own, else one of the machine, else `mat`."""
    if device.id:
        return device
    try:
        known = machine_id.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        known = ""
    return replace(device, id=f"mat-{hashlib.sha256(SALT + known.encode()).hexdigest()[:8]}" if known else FALLBACK)
