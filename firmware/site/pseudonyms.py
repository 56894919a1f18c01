"""A person of a site is a keyed digest of the name that a mat sent. The key never leaves this machine's files."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import Final

KEY_FILE: Final = "pseudonyms.key"
KEY_BYTES: Final = 32
DIGITS: Final = 20  # of sixteen values each: 80 bits, so that no two people of a site meet


def load_key(folder: Path) -> bytes:
    """Return the key of a site; it is made at the first call."""
    path = folder / KEY_FILE
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
    return path.read_bytes()


def pseudonym(key: bytes, name: str) -> str:
    """Return the pseudonym of a name; capitals and blanks around it make no difference."""
    return "p-" + hmac.new(key, name.strip().casefold().encode(), hashlib.sha256).hexdigest()[:DIGITS]
