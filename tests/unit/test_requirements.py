"""The page of requirements is made of the tests as they are."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROBE = """
import sys
sys.path.insert(0, "tests")
import requirements
wanted, held = requirements.wanted(), requirements.held()
assert set(held) <= set(wanted), f"marked, but not in requirements.toml: {set(held) - set(wanted)}"
assert sorted(wanted) == [f"D{number:02}" for number in range(1, 46)]
for number, line in wanted.items():
    assert set(line) <= {"text", "channel", "place", "not_built", "not_experienced"}, number
    assert len({"channel", "not_built", "not_experienced"} & set(line)) == 1, f"{number}: one channel, or one reason"
    assert "not_built" not in line or number not in held, f"{number} is held by a test and said not to be built"
    assert "place" not in line or (requirements.ROOT / line["place"]).exists(), line
assert requirements.answer({"text": "x"}, []) == "**gap**"
fresh = requirements.PAGE.exists() and requirements.PAGE.read_text(encoding="utf-8") == requirements.page()
assert fresh, "docs/requirements.md is not of these tests: run python tests/requirements.py"
"""


def test_every_mark_has_its_line_and_the_page_is_fresh() -> None:
    """A person marks a test, or takes one away: the page has to be made again."""
    done = subprocess.run([sys.executable, "-c", PROBE], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
