"""Who may import whom. Each contract is broken once, to see that it catches."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINT = Path(sys.executable).with_name("lint-imports")

BREAKS = {
    "houses": ("firmware/frames.py", "import sim"),
    "rooms inside firmware": ("firmware/signal/frontend.py", "import firmware.session.machine"),
    "pure rooms": ("firmware/session/machine.py", "import time"),
    "pure rooms, the clock too": ("firmware/cues/player.py", "import firmware.clock"),
    "line backends": ("firmware/daemon.py", "import firmware.drivers.gpiochip"),
}


def lint(folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([LINT, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages and the contracts in a folder that may be spoilt."""
    folder = tmp_path_factory.mktemp("tree")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for package in ("firmware", "hardware", "sim"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def test_the_tree_keeps_its_contracts(copy: Path) -> None:
    """As it is, nothing is broken."""
    done = lint(copy)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("contract", BREAKS)
def test_a_forbidden_import_is_caught(contract: str, copy: Path) -> None:
    """One line in the wrong room breaks its contract, by name."""
    file, line = copy / BREAKS[contract][0], BREAKS[contract][1]
    before = file.read_text()
    file.write_text(before + f"\n{line}\n")
    try:
        done = lint(copy)
    finally:
        file.write_text(before)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{contract.partition(',')[0]}" in next(row for row in done.stdout.splitlines() if "BROKEN" in row)
