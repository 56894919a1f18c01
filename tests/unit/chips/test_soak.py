"""The soak itself, in the size that every change has to pass; and that it would notice."""

from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from firmware.drivers.hx711 import BankReader
from sim.chips.wires import VirtualLines
from tests.bench import soak
from tests.bench.report import holds, publish, row
from tests.doubles.chip_truth import Judge, scrambled_chips

SMALL = 25_000


def test_thousands_of_reads_without_a_wrong_value() -> None:
    """Every condition of `make soak`, a small part of its length: every row holds."""
    grid = list(soak.cases())
    assert len(grid) == 108
    rows = soak.rows_of([soak.run(case, -(-SMALL // len(grid))) for case in grid])
    assert [one for one in rows if not one.holds] == []
    assert rows[0].n >= SMALL


@dataclass(slots=True)
class Careless:
    """Wires that keep from the driver that time passed while an operation was held up."""

    wires: VirtualLines
    hidden_ns: int = 0

    def read_all(self) -> int:
        """Every 997th look takes three milliseconds that no clock shows."""
        if self.wires.operations.reads % 997 == 0:
            self.wires.t_ns += 3_000_000
            self.hidden_ns += 3_000_000
        return self.wires.read_all()

    def set_sck(self, bank: int, *, level: bool) -> None:
        """Pass it on."""
        self.wires.set_sck(bank, level=level)

    def now_ns(self) -> int:
        """Return the time without the hidden part."""
        return self.wires.now_ns() - self.hidden_ns

    def sleep_ns(self, duration_ns: int) -> None:
        """Pass it on."""
        self.wires.sleep_ns(duration_ns)

    def close(self) -> None:
        """Pass it on."""
        self.wires.close()


def test_judge_notices_words_that_were_mixed() -> None:
    """A driver with a clock that lies runs into updates without knowing: wrong values are accepted, and are seen."""
    wires = VirtualLines(scrambled_chips(12, 80, spread=0.05, seed=4), [tuple(range(12))])
    reader, judge = BankReader(Careless(wires), [tuple(range(12))], 12, 80), Judge(wires)
    while wires.t_ns < 20_000_000_000:
        frame = reader.read_frame(1.0)
        if frame is not None:
            judge.check(frame)
    assert judge.verdict.wrong > 0


def test_a_report_with_a_broken_bound_has_exit_code_1(tmp_path: Path) -> None:
    """Two figures, one out of bounds: rows on disk, a page that says NO, exit code 1."""
    (tmp_path / "docs").mkdir()
    good = row("pace", 0.99, "", ">= 0.97", n=3, label="simulated", how="counted")
    bad = row("wrong", 1, "values", "== 0", n=9, label="simulated", how="counted")
    assert publish("x", "X", "words", [good], root=tmp_path) == 0
    assert publish("x", "X", "words", [good, bad], root=tmp_path) == 1
    assert [one["holds"] for one in msgspec.json.decode((tmp_path / "build/x.json").read_bytes())] == [True, False]
    assert "**NO**" in (tmp_path / "docs/x.md").read_text("utf-8")


def test_the_page_opens_with_the_worst_row_of_each_family(tmp_path: Path) -> None:
    """Three rows of one family become one line: the one nearest to its bound; the whole table is in the appendix."""
    (tmp_path / "docs").mkdir()
    rows = [
        row("cost, one", 5, "us", "<= 10", n=1, label="measured", how="timed"),
        row("cost, two", 9, "us", "<= 10", n=1, label="measured", how="timed"),
        row("cost, free", 99, "us", "", n=1, label="measured", how="timed"),
        row("lost", 0, "rows", "== 0", n=1, label="measured", how="counted"),
    ]
    publish("x", "X", "Opening.\n\nMethod.", rows, root=tmp_path)
    summary, method, figures = (tmp_path / "docs/x.md").read_text("utf-8").split("## Appendix: ")
    assert "Opening." in summary
    assert "**All 3 bounds hold.** Figures without a bound, in the appendix: 1." in summary
    assert "| cost, two | 9 us | <= 10 | yes | 2 |" in summary
    assert "cost, one" not in summary
    assert "Method." in method
    assert all(one.name in figures for one in rows)


@pytest.mark.parametrize("bound", ["=> 3", "3", "<="])
def test_bound_that_cannot_be_read_is_refused(bound: str) -> None:
    with pytest.raises(ValueError, match="must be <=, >="):
        holds(1.0, bound)


def test_a_figure_without_a_bound_always_holds() -> None:
    assert holds(1e9, "")
