"""Finishes a release: python systemd/release.py FOLDER [PARTS] packs sdist and printed parts, and writes the checksums.

Everything else in the folder is made reproducible by SOURCE_DATE_EPOCH; `make release` builds twice and compares.
"""

import gzip
import hashlib
import io
import os
import re
import sys
import tarfile
from pathlib import Path

SUMS = "SHA256SUMS"


FACET = re.compile(
    r"facet normal (\S+ \S+ \S+)\s+outer loop\s+vertex (.*?)\s+vertex (.*?)\s+vertex (.*?)\s+endloop\s+endfacet",
    re.DOTALL,
)


def repack(path: Path, epoch: int) -> None:
    """Write a .tar.gz again with its files in order of their names, one time stamp and no owner."""
    with tarfile.open(path) as archive:
        files = {member.name: archive.extractfile(member) for member in archive.getmembers() if member.isfile()}
        contents = {name: file.read() for name, file in files.items() if file is not None}
    pack(path, contents, epoch)


def pack(path: Path, contents: dict[str, bytes], epoch: int) -> None:
    """Write a .tar.gz of these files."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w", format=tarfile.GNU_FORMAT) as out:
        for name in sorted(contents):
            member = tarfile.TarInfo(name)
            member.size, member.mtime, member.mode = len(contents[name]), epoch, 0o644
            out.addfile(member, io.BytesIO(contents[name]))
    path.write_bytes(gzip.compress(held.getvalue(), mtime=0))


def ordered(text: str) -> str:
    """Return an STL text with its triangles in one order: OpenSCAD writes the same ones in another order each time."""
    head, tail = text.partition("\n")[0], text.rstrip().rpartition("\n")[2]
    triangles = []
    for normal, *corners in FACET.findall(text):
        first = corners.index(min(corners))
        triangles.append((corners[first:] + corners[:first], normal))
    lines = [head]
    for (one, two, three), normal in sorted(triangles):
        lines += [f"facet normal {normal}", "outer loop", f"vertex {one}", f"vertex {two}", f"vertex {three}"]
        lines += ["endloop", "endfacet"]
    return "\n".join([*lines, tail]) + "\n"


def sums(folder: Path) -> str:
    """Return the checksum of each file of a folder, in the form that sha256sum reads."""
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.name != SUMS)
    return "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files)


def main(folder: Path, parts: Path | None = None) -> None:
    """Finish the release in a folder; parts is the folder of the printed parts, None for a release without them."""
    epoch = int(os.environ["SOURCE_DATE_EPOCH"])
    for path in folder.glob("*.tar.gz"):
        repack(path, epoch)
    if parts is not None:
        found = sorted(parts.rglob("*.stl"))
        contents = {str(path.relative_to(parts.parent)): ordered(path.read_text()).encode() for path in found}
        pack(folder / "acumat-stl.tar.gz", contents, epoch)
    (folder / SUMS).write_text(sums(folder), encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
