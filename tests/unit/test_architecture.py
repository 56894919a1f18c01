"""Who may import whom. Each contract is broken once, to see that it catches."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINT = Path(sys.executable).with_name("lint-imports")

# One line in one file for each contract; a name before the comma is the beginning of the contract's name.
BREAKS = {
    "houses": ("firmware/frames.py", "import sim"),
    "rooms inside firmware": ("firmware/signal/frontend.py", "import firmware.session.machine"),
    "rooms inside firmware, a new file without a room": ("firmware/helpers.py", ""),
    "pure rooms": ("firmware/session/machine.py", "import time"),
    "pure rooms, the clock too": ("firmware/cues/player.py", "import firmware.clock"),
    "line backends": ("firmware/drivers/hx711.py", "import firmware.drivers.gpiochip"),
    "the site": ("firmware/site/store.py", "import firmware.storage.journal"),
    "no circles": ("sim/sensors/noise.py", "import sim.sensors.grid"),
    "no circles, between folders": ("sim/sensors/tiles.py", "import sim.people.scene"),
    "no circles, inside a room": ("firmware/session/stages.py", "import firmware.session.machine"),
}


def lint(folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([LINT, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages and the contracts in a folder that may be changed."""
    folder = tmp_path_factory.mktemp("tree")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for package in ("firmware", "hardware", "sim"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def test_the_tree_keeps_its_contracts(copy: Path) -> None:
    """Unchanged, every contract is kept."""
    done = lint(copy)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("contract", BREAKS)
def test_a_forbidden_import_is_caught(contract: str, copy: Path) -> None:
    """One line in the wrong room breaks its contract, by name."""
    file, line = copy / BREAKS[contract][0], BREAKS[contract][1]
    before = file.read_text() if file.exists() else None
    file.write_text(f"{before or ''}\n{line}\n")
    try:
        done = lint(copy)
    finally:
        file.unlink() if before is None else file.write_text(before)
    assert done.returncode == 1, done.stdout + done.stderr
    assert contract.partition(",")[0] in (done.stdout + done.stderr)
    if line:
        assert contract.partition(",")[0] in next(row for row in done.stdout.splitlines() if "BROKEN" in row)


def test_each_contract_is_broken_once() -> None:
    """A new contract needs a line above that breaks it."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    names = {contract.partition(",")[0] for contract in BREAKS}
    for contract in contracts:
        assert any(contract["name"].startswith(name) for name in names), contract["name"]
    assert len(contracts) == len(names)
