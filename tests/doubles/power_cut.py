"""A disk in memory that loses power: what was not synchronised survives whole, torn or not at all.

It stands in front of SQLite as a VFS of apsw. A sector is 512 bytes. After a cut each write since the last sync of its
file survives by chance; the last one may be torn inside. A new name survives once any file was synchronised after it
(the rule of ext4), and so does the end of a deleted one.
"""

import random
from dataclasses import dataclass, field
from typing import Any, Final

import apsw

SECTOR: Final = 512


class PowerCutError(Exception):
    """The power is gone."""


@dataclass
class Blob:
    """One file: what is on the disk for sure, and the writes since."""

    durable: bytearray
    live: bytearray
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)  # None: truncated to that size


class Disk:
    """Files by name. cut_at is the number of the operation at which the power goes; None is never."""

    def __init__(self, files: dict[str, bytes] | None = None, cut_at: int | None = None) -> None:
        self.files = {name: Blob(bytearray(data), bytearray(data)) for name, data in (files or {}).items()}
        self.gone: dict[str, Blob] = {}
        self.operations = 0
        self.cut_at = cut_at

    def operate(self) -> None:
        """Count an operation; raises PowerCutError from the chosen one on."""
        self.operations += 1
        if self.cut_at is not None and self.operations >= self.cut_at:
            raise PowerCutError

    def after_cut(self, chance: random.Random) -> dict[str, bytes]:
        """Return what is found on the disk when the power is back."""
        found = {name: _survivor(blob, chance) for name, blob in self.files.items()}
        for name, blob in self.gone.items():  # a deletion that was not made durable may not have happened
            if name not in found and chance.random() < 0.5:
                found[name] = _survivor(blob, chance)
        return found


def _survivor(blob: Blob, chance: random.Random) -> bytes:
    data = bytearray(blob.durable)
    how = chance.choice(("none", "all", "prefix", "subset"))
    kept = list(blob.pending)
    if how == "none":
        kept = []
    elif how == "prefix":
        kept = kept[: chance.randint(0, len(kept))]
    elif how == "subset":
        kept = [one for one in kept if chance.random() < 0.5]
    for number, (place, content) in enumerate(kept):
        if content is None:
            del data[place:]
            continue
        last = number == len(kept) - 1
        part = content[: SECTOR * chance.randint(0, len(content) // SECTOR)] if last and how != "all" else content
        _put(data, place, part)
    return bytes(data)


def _put(data: bytearray, place: int, content: bytes) -> None:
    if len(data) < place:
        data.extend(bytes(place - len(data)))
    data[place : place + len(content)] = content


class _File:
    """The methods that SQLite calls on an open file."""

    def __init__(self, disk: Disk, name: str) -> None:
        self._disk, self._name = disk, name
        self._blob = disk.files[name]

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802 - the names are SQLite's
        """Return bytes, fewer at the end."""
        return bytes(self._blob.live[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        """Write, not yet durable."""
        self._blob.pending.append((offset, bytes(data)))
        self._disk.operate()
        _put(self._blob.live, offset, bytes(data))

    def xTruncate(self, size: int) -> None:  # noqa: N802
        """Shorten, not yet durable."""
        self._blob.pending.append((size, None))
        self._disk.operate()
        del self._blob.live[size:]

    def xSync(self, _flags: int) -> None:  # noqa: N802
        """Make the file and all names durable."""
        self._disk.operate()
        self._blob.durable = bytearray(self._blob.live)
        self._blob.pending.clear()
        self._disk.gone.clear()

    def xFileSize(self) -> int:  # noqa: N802
        """Size of the file."""
        return len(self._blob.live)

    def xSectorSize(self) -> int:  # noqa: N802
        """Size of what is written whole."""
        return SECTOR

    def xDeviceCharacteristics(self) -> int:  # noqa: N802
        """No promise."""
        return 0

    def xLock(self, _level: int) -> None:  # noqa: N802
        """One connection only."""

    def xUnlock(self, _level: int) -> None:  # noqa: N802
        """One connection only."""

    def xCheckReservedLock(self) -> bool:  # noqa: N802
        """One connection only."""
        return False

    def xFileControl(self, _op: int, _pointer: int) -> bool:  # noqa: N802
        """Nothing special."""
        return False

    def xClose(self) -> None:  # noqa: N802
        """Nothing to do."""


class PowerCutVfs(apsw.VFS):
    """The door of SQLite to a Disk; the disk is exchanged between the runs."""

    def __init__(self, name: str, disk: Disk) -> None:
        self.name, self.disk = name, disk
        super().__init__(name, "")

    def xOpen(self, name: Any, flags: list[int]) -> _File:  # type: ignore[override]  # noqa: N802, ANN401 - duck-typed
        """Open or create."""
        text = name if isinstance(name, str) else (name.filename() if name is not None else f"temp-{id(flags)}")
        if text not in self.disk.files:
            self.disk.files[text] = Blob(bytearray(), bytearray())
        flags[1] = flags[0]
        return _File(self.disk, text)

    def xDelete(self, name: str, _sync: bool) -> None:  # noqa: N802 - SQLite's signature
        """Remove a name."""
        self.disk.operate()
        blob = self.disk.files.pop(name, None)
        if blob is not None:
            self.disk.gone[name] = blob

    def xAccess(self, name: str, _flags: int) -> bool:  # noqa: N802
        """Whether there is such a name."""
        return name in self.disk.files

    def xFullPathname(self, name: str) -> str:  # noqa: N802
        """Names are flat."""
        return name


def connect(vfs: PowerCutVfs, name: str = "acumat.db") -> apsw.Connection:
    """Open a database on the disk; WAL without shared memory needs the file for itself."""
    made = apsw.Connection(name, vfs=vfs.name)
    made.execute("PRAGMA locking_mode=EXCLUSIVE")
    return made
