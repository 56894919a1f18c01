"""The crash report in the small, and that it would notice."""

from tests.bench import crash, ten_years
from tests.doubles import power_cut
from tests.doubles.power_cut import Disk, PowerCutVfs


def test_every_row_holds_in_the_small() -> None:
    """5,000 power cuts, 60 kills and 200 damages are for `make crash`; here some of each."""
    rows = [*crash.cut_rows(400), *crash.kill_rows(3), *crash.damage_rows(20)]
    assert [one for one in rows if not one.holds] == []


def test_a_kill_of_the_whole_mat_loses_nothing_that_was_answered() -> None:
    """Sixty are for `make crash`; here two, with sessions and commands in between."""
    assert [one for one in crash.daemon_rows(2) if not one.holds] == []


def test_wrong_clocks_and_some_weeks_there_and_back() -> None:
    """Ten years are for `make crash`."""
    assert [one for one in ten_years.clocks() if not one.holds] == []


def test_five_thousand_power_cuts() -> None:
    """On a disk of its own seed: nothing damaged, nothing acknowledged lost."""
    tally = crash.power_cuts(5_000, seed=7)
    assert tally.cuts >= 5_000
    assert (tally.corrupt, tally.lost, tally.unopened) == (0, 0, 0)


def test_a_disk_that_is_not_synchronised_loses_rows() -> None:
    """The same cuts without synchronisation: what the product relies on is what the test checks."""
    tally = crash.power_cuts(300, seed=3, synchronous="OFF")
    assert tally.lost + tally.corrupt + tally.unopened > 0


def test_the_disk_keeps_what_was_synchronised() -> None:
    """Through the door of SQLite: a row is there after a cut that comes later."""
    vfs = PowerCutVfs("plain", Disk())
    made = power_cut.connect(vfs)
    made.execute("CREATE TABLE a (b)")
    made.execute("INSERT INTO a VALUES (1)")
    made.close()
    found = {name: bytes(blob.durable) for name, blob in vfs.disk.files.items()}
    vfs.disk = Disk(found)
    again = power_cut.connect(vfs)
    assert again.execute("SELECT b FROM a").fetchall() == [(1,)]
    again.close()
