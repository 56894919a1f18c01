"""A release: the lock file is complete and names no registry, archives and triangles come in one order."""

import gzip
import io
import re
import tarfile
import tomllib
from pathlib import Path

from tests.doubles.scripts import load_script

ROOT = Path(__file__).resolve().parents[2]
LOCK = (ROOT / "requirements.lock").read_text("utf-8")


def test_the_lock_file_has_every_dependency_with_its_checksums() -> None:
    """Each package is pinned to one version, and pip can check each file of it."""
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    pinned = re.findall(r"^([\w.-]+)==\S+ \\\n((?:    --hash=sha256:[0-9a-f]{64}.*\n)+)", LOCK, flags=re.MULTILINE)
    names = {name for name, _ in pinned}
    assert {re.match(r"[\w.-]+", line)[0] for line in wanted} <= names  # type: ignore[index] # each line has a name
    assert len(names) == LOCK.count("==")


def test_the_lock_file_names_no_registry() -> None:
    """Where packages come from is the matter of the computer that installs them."""
    assert not re.search(r"https?:|--index-url|--find-links|--trusted-host", LOCK)


def test_an_archive_has_one_order_one_date_and_no_owner(tmp_path: Path) -> None:
    """The same files, packed by two people on two days, are the same bytes."""
    made = load_script("systemd/release.py")
    archives = []
    for owner, names in (("one", ("b", "a")), ("two", ("a", "b"))):
        path = tmp_path / f"{owner}.tar.gz"
        with tarfile.open(path, "w:gz") as archive:
            for name in names:
                member = tarfile.TarInfo(f"acumat/{name}")
                member.uname, member.size = owner, 1
                archive.addfile(member, io.BytesIO(name.encode()))
        made.repack(path, 1_700_000_000)
        archives.append(path.read_bytes())
    assert archives[0] == archives[1]
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(archives[0]))) as archive:
        assert [(member.name, member.mtime) for member in archive] == [
            ("acumat/a", 1_700_000_000),
            ("acumat/b", 1_700_000_000),
        ]


def test_triangles_come_in_one_order() -> None:
    """Two files with the same triangles, each starting at another corner, become the same text."""
    one, two = "0 0 0", "5 0 0"
    facet = "facet normal 0 0 1\nouter loop\nvertex {}\nvertex {}\nvertex {}\nendloop\nendfacet\n"
    first = "solid A\n" + facet.format(one, two, "0 1 0") + facet.format("1 1 1", "2 2 2", "3 3 3") + "endsolid A\n"
    second = "solid A\n" + facet.format("2 2 2", "3 3 3", "1 1 1") + facet.format(two, "0 1 0", one) + "endsolid A\n"
    made = load_script("systemd/release.py")
    assert made.ordered(first) == made.ordered(second)
    assert made.ordered(first).count("vertex") == 6
    mirrored = "solid A\n" + facet.format(two, one, "0 1 0") + facet.format("1 1 1", "2 2 2", "3 3 3") + "endsolid A\n"
    assert made.ordered(mirrored) != made.ordered(first)


def test_checksums_are_those_that_sha256sum_reads(tmp_path: Path) -> None:
    """One line for each file, the list itself left out."""
    (tmp_path / "b").write_text("b")
    (tmp_path / "a").write_text("")
    (tmp_path / "SHA256SUMS").write_text("old")
    lines = load_script("systemd/release.py").sums(tmp_path).splitlines()
    assert lines[0] == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a"
    assert [line.split("  ")[1] for line in lines] == ["a", "b"]
