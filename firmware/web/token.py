"""The token of the page: made once, kept in the state folder, readable by the user of the service only."""

import hmac
import os
import secrets
from pathlib import Path
from typing import Final

from firmware.errors import StorageError

NAME: Final = "page.token"
BYTES: Final = 18
COOKIE: Final = "acumat"


def load_token(folder: Path) -> str:
    """Return the token of a state folder, made by the first call. Raises StorageError when it cannot be kept."""
    path = folder / NAME
    try:
        found = path.read_text("ascii").strip() if path.exists() else ""
        if len(found) >= BYTES:
            return found
        made = secrets.token_urlsafe(BYTES)
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            os.fchmod(descriptor, 0o600)
            file.write(made + "\n")
    except (OSError, UnicodeDecodeError) as error:
        raise StorageError(f"{path}: the token of the page cannot be kept ({error})") from error
    return made


def matches(given: str, token: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), token.encode("ascii"))


def visit_address(host: str, port: int, token: str) -> str:
    """Return the address of a first visit. What stands behind the # never leaves the browser in a request line."""
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}/#visit={token}"
