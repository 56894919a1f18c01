"""The doctor on simulated mats: each thing that can be wrong, one at a time, and a screen that fits."""

import dataclasses
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from click.testing import CliRunner

from firmware import config, mat
from firmware.cli.main import acumat
from firmware.clock import SystemClock
from firmware.diagnosis.checks import CHECKS, Finding, Severity, flicker_g, realtime_allowed, run_checks
from firmware.diagnosis.context import DiagnosticContext, open_or_defaults
from firmware.drivers.factory import BackendChoice
from firmware.errors import DriverError
from firmware.mqtt import connection_test
from firmware.mqtt.backoff import ConnectionFailure
from firmware.signal.calibration import Calibration
from firmware.storage import calibration as calibrations
from firmware.storage.fault_log import FaultLog
from firmware.terminal.doctor_screen import doctor_screen
from firmware.view import Fault
from hardware import board as boards
from sim.frames import Bench, FrameSource
from sim.people.story import Story
from sim.sensors.faults import FaultKind
from sim.sensors.mishaps import AnyMishap, CellBreaks
from tests.doubles.clock import ManualClock
from tests.doubles.fake_broker import FakeBroker

if TYPE_CHECKING:
    from collections.abc import Callable

    from firmware.mqtt.link import Dial
    from firmware.ports import Source

BOARD = boards.load_board()
ROOT = Path(__file__).parents[3]


def refuse(text: str) -> "Callable[[], Source]":
    def open_source() -> "Source":
        raise DriverError(text)

    return open_source


def mat_in_order(folder: Path, *mishaps: AnyMishap, seconds: float = 40.0) -> DiagnosticContext:
    """A calibrated mat in order, on a Pi in order, whose story has mishaps; everything of it lives in a folder."""
    bench = Bench(Story("empty", seconds=seconds, mishaps=mishaps), BOARD, 3, rate_hz=10)
    settings = config.Settings(storage=config.Storage(state_dir=folder))
    calibrations.save(folder, bench.calibration, calibrations.Provenance("weights of 5 kg", 1.8e9, 0.012))
    synced = folder / "root" / "run/systemd/timesync/synchronized"
    synced.parent.mkdir(parents=True, exist_ok=True)
    synced.touch()
    throttled(folder, "0")
    opened = mat.Mat(settings, BOARD, bench.calibration, calibrated=True, number=1)
    return DiagnosticContext(
        opened,
        folder / "acumat.toml",
        15.0,
        source=lambda: FrameSource(bench),
        choose=lambda: BackendChoice("gpiochip", "/dev/gpiochip0 is the GPIO device of this Raspberry Pi"),
        dial=lambda: connection_test.probe_dialer(settings.mqtt, settings.device),
        clock=SystemClock(),
        may_realtime=lambda: True,
        root=folder / "root",
    )


def throttled(folder: Path, text: str) -> None:
    path = folder / "root/sys/devices/platform/soc/soc:firmware/get_throttled"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_the_faults_of_the_running_mat_are_the_first_row(tmp_path: Path) -> None:
    """No mat, a mat in order, and one whose disk is full: each with its remedy."""
    one = mat_in_order(tmp_path)

    def service() -> Finding:
        [row] = run_checks(one, [check for check in CHECKS if check.name == "service"])
        return row.finding

    assert service().fact == "no mat runs now"
    now: list[Fault] = []
    noted = FaultLog(tmp_path, lambda: tuple(now), SystemClock())
    until(lambda: "runs for" in service().fact)
    assert service().severity is Severity.FINE
    now.append(Fault("database", "the disk is full: make room"))
    until(lambda: service().severity is Severity.FAIL)
    assert service().fact.splitlines()[1:] == ["database: the disk is full: make room"]
    noted.close()


def until(wish: "Callable[[], bool]") -> None:
    for _ in range(100):
        if wish():
            return
        time.sleep(0.1)
    pytest.fail("never happened")


def finding(one: DiagnosticContext, name: str) -> Finding:
    [row] = [row for row in run_checks(one) if row.name == name]
    return row.finding


def test_a_mat_in_order_is_fine_on_one_screen(tmp_path: Path) -> None:
    """Eighty columns, twenty-four lines, no fault; every fact is reported."""
    rows = run_checks(mat_in_order(tmp_path))
    assert [row.name for row in rows] == [check.name for check in CHECKS]
    assert {row.finding.severity for row in rows} == {Severity.FINE}
    lines = [line.plain for line in doctor_screen(rows, BOARD, simulated=False)]
    assert len(lines) <= 22  # and two for the page
    assert max(len(line) for line in lines if str(tmp_path) not in line) <= 80
    assert lines[1] == "Is this mat in order? Yes."
    facts = {row.name: row.finding.fact for row in rows}
    assert facts["board"] == "mat_4x3: 4 x 3, 12 cells of quad50, 4 clocks"
    assert facts["backend"] == "gpiochip: /dev/gpiochip0 is the GPIO device of this Raspberry Pi"
    assert facts["cells"].startswith("12 of 12 cells, 9.")
    assert facts["calibration"] == "number 1 on 2027-01-15 by weights of 5 kg, ±1.2% a tile; zero +0.0 kg since"
    assert facts["power"] == "no undervoltage, no throttling since power-on"
    assert facts["broker"] == "off: nothing leaves the mat"


def test_every_check_has_a_name_and_a_remedy() -> None:
    """The table is whole."""
    assert len({check.name for check in CHECKS}) == len(CHECKS)
    assert all(check.remedy for check in CHECKS)


@pytest.mark.parametrize(
    ("kinds", "grade", "fact"),
    [
        ((FaultKind.UNPLUGGED,), Severity.FAIL, "11 of 12 cells, 9.7 frames/s; B2 lost; an even load reads 8% low"),
        ((FaultKind.SATURATED_LOW,), Severity.FAIL, "B2 saturated"),
        ((FaultKind.FROZEN,), Severity.FAIL, "B2 stuck"),
        ((FaultKind.FLOATING,), Severity.FAIL, "B2 floating"),
        ((FaultKind.NOISY,), Severity.NOTE, "12 of 12 cells, 9.7 frames/s; B2 noisy"),
        (
            (FaultKind.UNPLUGGED,) * 4,
            Severity.FAIL,
            "8 of 12 cells, 9.7 frames/s; B2 lost, B3 lost, C1 lost, C2 lost; an",
        ),
        ((FaultKind.UNPLUGGED,) * 4, Severity.FAIL, "too few to recognise what happens on the mat"),
    ],
)  # fmt: skip
def test_cells(kinds: tuple[FaultKind, ...], grade: Severity, fact: str, tmp_path: Path) -> None:
    """What is wrong with which, and what that costs."""
    broken = tuple(CellBreaks(4 + number, 2.0, kind) for number, kind in enumerate(kinds))
    found = finding(mat_in_order(tmp_path, *broken), "cells")
    assert found.severity is grade
    assert fact in found.fact
    assert [text.endswith(" g") for text in found.cells].count(False) == len(kinds)


def test_what_is_at_fault_stands_first(tmp_path: Path) -> None:
    """The verdict counts, the remedy stands below, the silent cell lies in its place: column 0 on the right."""
    one = mat_in_order(tmp_path, CellBreaks(4, 2.0, FaultKind.UNPLUGGED))
    (one.root / "run/systemd/timesync/synchronized").unlink()
    lines = [line.plain for line in doctor_screen(run_checks(one), BOARD, simulated=True)]
    assert "SIMULATED MAT" in lines[0]
    assert lines[1] == "Is this mat in order? Not quite: 1 fault, 1 thing to know about."
    assert lines[3].startswith("✗ FAULT  Cells")
    [silent] = [line for line in lines if line.split()[:1] == ["B3"]]
    assert silent.split()[3:5] == ["B2", "lost"]  # in the middle
    assert any("→ Let the Pi reach a time server once" in line for line in lines)
    assert max(len(line) for line in lines if str(tmp_path) not in line) <= 80


def test_the_flicker_of_a_cell() -> None:
    """A standard deviation in grams, whatever drifts slowly beside it."""
    chance = np.random.default_rng(3)
    noise = chance.normal(0, 40, (5_000, 12)) + np.linspace(0, 5_000, 5_000)[:, None]
    grams = flicker_g(np.rint(noise).astype(np.int32), BOARD)
    expected = 1000 * 40 / BOARD.counts_per_newton / 9.80665
    assert grams == pytest.approx([expected] * 12, rel=0.1)


def test_cells_that_cannot_be_opened(tmp_path: Path) -> None:
    """Held by our own service: that is no fault. By somebody else, or absent: one, and the same text once only."""
    one = mat_in_order(tmp_path)
    ours = dataclasses.replace(one, source=refuse("acumat holds GPIO 27 (data of cell A1); another copy is running"))
    assert finding(ours, "cells") == Finding(Severity.NOTE, "the service is running and holds the lines")
    other = dataclasses.replace(one, source=refuse("spi0 CS0 holds GPIO 8 (data of cell C2); switch it off"))
    assert finding(other, "cells") == Finding(Severity.FAIL, "spi0 CS0 holds GPIO 8 (data of cell C2); switch it off")

    def no_chip() -> BackendChoice:
        raise DriverError("no GPIO chip of a Raspberry Pi")

    absent = dataclasses.replace(one, choose=no_chip, source=refuse("no GPIO chip of a Raspberry Pi"))
    assert finding(absent, "backend") == Finding(Severity.FAIL, "no GPIO chip of a Raspberry Pi")
    assert finding(absent, "cells") == Finding(Severity.FAIL, "see backend")


def test_no_frame_at_all(tmp_path: Path) -> None:
    """A source that is over before it began."""
    assert finding(mat_in_order(tmp_path, seconds=0.1), "cells") == Finding(Severity.FAIL, "no frame came")


def test_a_source_that_says_nothing_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    """Twice the time that was asked for, and five seconds."""
    clock = ManualClock()

    class Silent:
        def read(self, timeout_s: float) -> None:
            clock.sleep_s(timeout_s)

        def close(self) -> None:
            clock.sleep_s(1000)

    one = dataclasses.replace(mat_in_order(tmp_path), source=Silent, clock=clock, seconds=2.0)
    begin_s = clock.now_s
    assert finding(one, "cells") == Finding(Severity.FAIL, "no frame came")
    assert 1009 <= clock.now_s - begin_s < 1011


def test_calibration(tmp_path: Path) -> None:
    """None, none but a zero, and one whose zero has moved since by two kilograms."""
    one = mat_in_order(tmp_path)
    scale = one.mat.calibration.counts_per_newton
    zero = one.mat.calibration.zero_counts
    assert zero is not None
    moved = tuple(round(count + 2 * 9.80665 / 12 * per_n) for count, per_n in zip(zero, scale, strict=True))
    elsewhere = dataclasses.replace(one.mat, calibration=Calibration(scale, moved))
    assert finding(dataclasses.replace(one, mat=elsewhere), "calibration").fact.endswith("; zero +2.0 kg since")
    calibrations.save(tmp_path, Calibration(scale))
    bare = finding(one, "calibration")
    assert bare == Finding(Severity.FINE, "number 2 by unknown")
    (tmp_path / "calibration.json").unlink()
    note = Finding(Severity.NOTE, "not calibrated: loads follow the board's nominal scale")
    assert finding(one, "calibration") == note
    without = dataclasses.replace(one.mat, calibration=Calibration(scale))
    no_zero = Finding(Severity.FAIL, "no zero is known, so no load can be reported")
    assert finding(dataclasses.replace(one, mat=without), "calibration") == no_zero


def test_time_and_power(tmp_path: Path) -> None:
    """Notes, and one fault: undervoltage at this moment."""
    one = mat_in_order(tmp_path)
    (one.root / "run/systemd/timesync/synchronized").unlink()
    assert finding(one, "time").severity is Severity.NOTE
    for text, found in {
        "50005\n": Finding(Severity.FAIL, "now: undervoltage, throttled"),
        "50000\n": Finding(Severity.NOTE, "since power-on: undervoltage, throttled"),
        "e0008": Finding(Severity.FAIL, "now: too warm"),
    }.items():
        throttled(tmp_path, text)
        assert finding(one, "power") == found
    throttled(tmp_path, "no number")
    nothing = "nothing to do on this computer; a Raspberry Pi has them"
    unknown = Finding(Severity.NOTE, "not known: this computer has no such flags", nothing)
    assert finding(one, "power") == unknown
    monitors = one.root / "sys/class/hwmon"
    for number, name in enumerate(("cpu_thermal", "rpi_volt")):
        (monitors / f"hwmon{number}").mkdir(parents=True)
        (monitors / f"hwmon{number}" / "name").write_text(name + "\n")
    assert finding(one, "power") == unknown
    (monitors / "hwmon1" / "in0_lcrit_alarm").write_text("1\n")
    assert finding(one, "power") == Finding(Severity.FAIL, "now: undervoltage")
    (monitors / "hwmon1" / "in0_lcrit_alarm").write_text("0\n")
    assert finding(one, "power").severity is Severity.FINE


def with_broker(one: DiagnosticContext, clock: ManualClock, dial: "Dial") -> DiagnosticContext:
    settings = dataclasses.replace(one.mat.settings, mqtt=config.Mqtt(enabled=True, host="attic.lan"))
    return dataclasses.replace(one, mat=dataclasses.replace(one.mat, settings=settings), clock=clock, dial=lambda: dial)


def test_broker(tmp_path: Path) -> None:
    """It answers; or why it does not, with the remedy; and never a password."""
    clock = ManualClock()
    broker = FakeBroker(clock)
    one = with_broker(mat_in_order(tmp_path), clock, broker.dial)
    one = dataclasses.replace(one, source=refuse("acumat holds GPIO 27"))
    assert finding(one, "broker") == Finding(Severity.FINE, "attic.lan:1883 takes MQTT 5")
    broker.refuse = ConnectionFailure.REFUSED
    found = finding(one, "broker")
    assert found.severity is Severity.FAIL
    assert found.fact.endswith("check mqtt.username and mqtt.password_file")


def test_rights(tmp_path: Path) -> None:
    """What a user may not is noted: the service may. It is tried, and both answers are answers."""
    one = dataclasses.replace(mat_in_order(tmp_path), may_realtime=lambda: False)
    assert finding(one, "rights").severity is Severity.NOTE
    assert realtime_allowed() in {True, False}


def test_storage(tmp_path: Path) -> None:
    """A folder that is there, has room and can be written; the doctor makes none and leaves nothing behind."""
    one = mat_in_order(tmp_path)
    before = sorted(tmp_path.iterdir())
    assert finding(one, "storage").fact.startswith(f"{tmp_path}: ")
    assert sorted(tmp_path.iterdir()) == before

    def stored_in(folder: Path) -> Finding:
        settings = dataclasses.replace(one.mat.settings, storage=config.Storage(state_dir=folder))
        return finding(dataclasses.replace(one, mat=dataclasses.replace(one.mat, settings=settings)), "storage")

    absent = tmp_path / "absent"
    found = stored_in(absent)
    assert (found.severity, found.fact) == (Severity.FAIL, f"{absent}: there is no such folder")
    assert f"`sudo install -d -o acumat -g acumat -m 700 {absent}`" in found.remedy
    assert "sudo install -d -o acumat -g acumat -m 700 /var/lib/acumat" in (ROOT / "hardware/ASSEMBLY.md").read_text()
    assert not absent.exists()
    full = Path("/proc/self")
    assert stored_in(full).severity is Severity.FAIL
    assert finding(dataclasses.replace(one, free_mb=1e12), "storage").severity is Severity.FAIL


def test_a_slow_disk_is_noted(tmp_path: Path) -> None:
    """A card that needs seconds for one small file."""

    class Slow(ManualClock):
        def boottime_ns(self) -> int:
            self.now_s += 2.0
            return super().boottime_ns()

    one = dataclasses.replace(mat_in_order(tmp_path), clock=Slow(), source=refuse("acumat holds GPIO 27"))
    assert finding(one, "storage").severity is Severity.NOTE


def test_settings_that_cannot_be_read_are_a_finding_and_the_rest_is_examined(tmp_path: Path) -> None:
    """The first lines of the error stand in the row of the settings, and defaults for what follows."""
    path = tmp_path / "acumat.toml"
    path.write_text("[mqtt]\nport = 0\nhots = 1\n[storag]\n[session]\ngoal_min = 3\n")
    opened, failures = open_or_defaults(path)
    assert opened.settings == config.Settings()
    rows = {row.name: row for row in run_checks(dataclasses.replace(mat_in_order(tmp_path), failures=failures))}
    assert rows["settings"].finding.severity is Severity.FAIL
    assert rows["settings"].finding.fact.splitlines()[-1] == "and 1 more"
    assert len(rows["settings"].finding.fact.splitlines()) == 4
    assert "did you mean host?" in rows["settings"].finding.fact
    assert rows["settings"].remedy == "correct the file; the checks below use the defaults"
    assert {row.finding.severity for name, row in rows.items() if name != "settings"} == {Severity.FINE}
    path.write_text(f'[storage]\nstate_dir = "{tmp_path}"\n')
    opened, failures = open_or_defaults(path)
    assert (opened.settings.storage.state_dir, failures) == (tmp_path, {})


def test_what_is_sound_stays_in_use_beside_what_is_not(tmp_path: Path) -> None:
    """A board file or a calibration at fault is reported in its own row; the settings are those of the file."""
    path = tmp_path / "acumat.toml"
    path.write_text(f'[board]\nfile = "absent.toml"\n[storage]\nstate_dir = "{tmp_path}"\n')
    opened, failures = open_or_defaults(path)
    assert (opened.settings.storage.state_dir, list(failures)) == (tmp_path, ["board"])
    one = dataclasses.replace(mat_in_order(tmp_path), failures=failures)
    assert finding(one, "settings").severity is Severity.FINE
    assert finding(one, "board").severity is Severity.FAIL
    assert finding(one, "board").fact.startswith(f"{tmp_path / 'absent.toml'}: cannot be read")
    path.write_text(f'[storage]\nstate_dir = "{tmp_path}"\n')
    (tmp_path / "calibration.json").write_text('{"version": 7}')
    opened, failures = open_or_defaults(path)
    assert (opened.calibrated, list(failures)) == (False, ["calibration"])
    assert "is of version 7" in failures["calibration"]


@pytest.mark.parametrize("name", ["programme", "cues"])
def test_files_that_the_settings_name(name: str, tmp_path: Path) -> None:
    """None, one that is absent, at fault or no text, and a sound one."""
    path = tmp_path / f"{name}.toml"
    one = mat_in_order(tmp_path)
    assert finding(one, name) == Finding(Severity.FINE, "the one that comes with the program")
    settings = dataclasses.replace(
        one.mat.settings, session=config.Session(programme_file=path), outputs=config.Outputs(cue_file=path)
    )
    one = dataclasses.replace(one, mat=dataclasses.replace(one.mat, settings=settings))
    assert finding(one, name) == Finding(Severity.FAIL, f"{path}: cannot be read (No such file or directory)")
    path.write_text("[unknown_section]\n")
    assert finding(one, name).severity is Severity.FAIL
    assert finding(one, name).fact.startswith(f"{path}: [unknown_section]" if name == "cues" else f"{path}: ")
    path.write_bytes(b"\xff")
    assert finding(one, name) == Finding(Severity.FAIL, f"{path}: is not UTF-8 text (byte 0)")
    folder = ROOT / "firmware" / {"programme": "programme/programme.toml", "cues": "cues/cues.toml"}[name]
    path.write_text(folder.read_text("utf-8"))
    assert finding(one, name) == Finding(Severity.FINE, str(path))


@pytest.mark.skipif(Path("/dev/gpiochip0").exists(), reason="this machine has GPIO lines: leave them alone")
def test_the_command_on_a_computer_that_is_no_pi(tmp_path: Path) -> None:
    """Exit 1, the table with what to do, and no secret."""
    (tmp_path / "password").write_text("hunter2\n")
    path = tmp_path / "acumat.toml"
    path.write_text(
        f'[storage]\nstate_dir = "{tmp_path}"\n[mqtt]\nenabled = true\nhost = "127.0.0.1"\nport = 1\n'
        'username = "attic"\npassword_file = "password"\n'
    )
    done = CliRunner().invoke(acumat, ["doctor", "--config", str(path), "--seconds", "2"])
    assert done.exit_code == 1
    assert "No GPIO chip of a Raspberry Pi" in done.output.replace("\n", " ")
    assert "127.0.0.1:1" in done.output
    assert "hunter2" not in done.output
    assert "→ Clear the mat, then `acumat calibrate`" in done.output
