"""The files of the page, read once, compressed once. Nothing else of the disk is ever served."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

KINDS: Final = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "webmanifest": "application/manifest+json",
}
INDEX: Final = "index.html"


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file. tag changes with its bytes."""

    kind: str
    body: bytes
    packed: bytes
    tag: str


@cache
def static_files() -> dict[str, StaticFile]:
    """Return the files of the page by name."""
    found = {}
    for entry in sorted(files("firmware.web").joinpath("static").iterdir(), key=lambda one: one.name):
        kind = KINDS.get(entry.name.rpartition(".")[2])
        if kind is not None:
            body = entry.read_bytes()
            packed = gzip.compress(body, 9, mtime=0)
            found[entry.name] = StaticFile(kind, body, packed, f'"{hashlib.sha256(body).hexdigest()[:16]}"')
    return found
