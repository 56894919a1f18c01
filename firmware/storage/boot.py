"""The name of this power-on."""

from pathlib import Path
from typing import Final

BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")


def current_boot_id() -> str:
    """Return the name that the kernel gives this power-on; "unknown" without a kernel that has one."""
    try:
        return BOOT_ID.read_text("ascii").strip()
    except OSError:
        return "unknown"
