"""The loop: its input, its sinks, and that everything is closed however it ends."""

import dataclasses
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin

from firmware import daemon, ports
from firmware.core import MatCore
from firmware.drivers.notify import Notifier
from firmware.drivers.pins import PodPins
from firmware.frames import Frames
from firmware.signal.calibration import Calibration
from firmware.view import DARK, Tick
from hardware import board as boards
from sim.frames import Bench, FrameSource
from sim.people import story as stories
from tests.doubles.scripted import Heard, Scripted, Shown, still

BOARD = boards.load_board()


def core() -> MatCore:
    cells = len(BOARD.cells)
    return MatCore(BOARD, Calibration((1000.0,) * cells, (1000,) * cells))


class Manager:
    """The service manager's end of the socket."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self.socket.bind(str(path))

    def heard(self) -> list[str]:
        """Return what came since the last call, one entry a message, the status left out."""
        messages = []
        while True:
            try:
                messages.append(self.socket.recv(4096).decode().splitlines()[0])
            except BlockingIOError:
                return messages


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    made = Manager(tmp_path / "notify")
    yield made
    made.socket.close()


def test_every_block_becomes_ticks_for_every_sink() -> None:
    """Three seconds in three blocks: the same thirty hops for both, the lamp shown once a block, all closed."""
    source = Scripted([still(1, start_ns=turn * 1_000_000_000) for turn in range(3)])
    one, other, lamp = Heard(), Heard(), Shown()
    daemon.run_loop(source, core(), sinks=[one, other], outputs=lamp)
    assert [round(tick.t_s, 1) for tick in one.ticks] == [hop / 10 for hop in range(1, 31)]
    assert one.ticks == other.ticks
    assert len(lamp.outputs) == 3
    assert [part.closed for part in (source, one, other, lamp)] == [1, 1, 1, 1]


def test_reads_in_which_nothing_came_are_no_end() -> None:
    """None and an empty block: the loop asks again, each time with a deadline."""
    nothing = still(0)
    source, heard = Scripted([None, nothing, None, still(1), None]), Heard()
    daemon.run_loop(source, core(), sinks=[heard])
    assert len(heard.ticks) == 10
    assert source.waited_s == [ports.READ_TIMEOUT_S] * 6


def test_no_frame_at_all_is_an_end_without_ticks() -> None:
    """And without a lamp or a service manager too."""
    heard = Heard()
    daemon.run_loop(Scripted([]), core(), sinks=[heard])
    assert (heard.ticks, heard.closed) == ([], 1)


def test_it_stops_when_asked_to() -> None:
    """The block that is under way is still heard of; the next is not read."""
    heard = Heard()
    endless = Scripted(still(1, start_ns=turn * 1_000_000_000) for turn in range(1_000_000))
    daemon.run_loop(endless, core(), sinks=[heard], stop=lambda: len(heard.ticks) >= 9)
    assert len(heard.ticks) == 10
    assert endless.closed == 1


def angry(tick: Tick) -> None:
    if tick.t_s > 0.45:
        raise RuntimeError("a sink broke")


@pytest.mark.parametrize("broken", ["source", "sink", "core"])
def test_everything_is_closed_after_any_exception(broken: str, manager: Manager) -> None:
    """The error is not swallowed; light and buzzer go off, the broker connection is closed, the lines are released."""
    entries = [still(1), RuntimeError("a source broke") if broken == "source" else still(1, start_ns=1_000_000_000)]
    if broken == "core":
        entries[1] = still(1, cells=3, start_ns=1_000_000_000)
    source, lamp = Scripted(entries), Shown()
    sinks = [Heard(), Heard(angry if broken == "sink" else None), Heard()]
    with pytest.raises((RuntimeError, ValueError)):
        daemon.run_loop(source, core(), sinks=sinks, outputs=lamp, notifier=Notifier(str(manager.path)))
    assert (source.closed, lamp.closed, [sink.closed for sink in sinks]) == (1, 1, [1, 1, 1])
    assert manager.heard()[-1] == "STOPPING=1"


def test_a_close_that_fails_keeps_the_others_from_nothing() -> None:
    """A sink that cannot even be closed."""

    class Stubborn(Heard):
        def close(self) -> None:
            super().close()
            raise OSError("the disk is gone")

    source, lamp, sinks = Scripted([still(1)]), Shown(), [Heard(), Stubborn(), Heard()]
    with pytest.raises(OSError, match="the disk is gone"):
        daemon.run_loop(source, core(), sinks=sinks, outputs=lamp)
    assert (source.closed, lamp.closed, [sink.closed for sink in sinks]) == (1, 1, [1, 1, 1])


def test_ready_is_said_with_the_first_frame_and_not_before(manager: Manager) -> None:
    """Start-up is not over while the cells say nothing; at the end STOPPING comes once."""
    seen: list[list[str]] = []

    def script() -> Iterator[Frames | None]:
        for entry in (None, still(0), still(1), still(1, start_ns=1_000_000_000)):
            seen.append(manager.heard())
            yield entry
        seen.append(manager.heard())

    daemon.run_loop(Scripted(script()), core(), notifier=Notifier(str(manager.path)))
    assert seen == [[], [], [], ["READY=1"], []]
    assert manager.heard() == ["STOPPING=1"]


def test_the_watchdog_is_fed_only_while_frames_advance(manager: Manager, monkeypatch: pytest.MonkeyPatch) -> None:
    """A loop that turns without new frames is not alive: reads without frames, and the same frame over and over."""
    monkeypatch.setenv("WATCHDOG_USEC", "3")  # so short that every new frame feeds it
    frozen = still(0.1)
    seen: list[list[str]] = []

    def script() -> Iterator[Frames | None]:
        for entry in (frozen, frozen, None, frozen, still(0.1, start_ns=1_000_000_000), None):
            yield entry
            seen.append(manager.heard())

    daemon.run_loop(Scripted(script()), core(), notifier=Notifier(str(manager.path)))
    assert seen == [["READY=1", "WATCHDOG=1"], [], [], [], ["WATCHDOG=1"], []]


def test_an_open_session_is_reported_at_the_end() -> None:
    """The last hop of a recording is heard of, though it is not full."""
    heard = Heard()
    daemon.run_loop(Scripted([still(0.25)]), core(), sinks=[heard])
    assert [round(tick.t_s, 1) for tick in heard.ticks] == [0.1, 0.2, 0.3]
    assert heard.ticks[-1].output == DARK


def test_the_light_is_on_while_somebody_lies_and_off_afterwards() -> None:
    """Real pod pins on gpiozero's pretended ones: amber during the first minute, dark when the loop has ended."""
    factory = MockFactory(pin_class=MockPWMPin)
    red: list[float] = []
    bench = Bench(stories.load_story("attempt"), BOARD, seed=1)
    bench.scene = dataclasses.replace(bench.scene, length_s=35.0)
    heard = Heard(lambda _: red.append(float(factory.pin(BOARD.red_bcm).state)))
    daemon.run_loop(
        FrameSource(bench), MatCore(BOARD, bench.calibration), sinks=[heard], outputs=PodPins(BOARD, factory)
    )
    assert max(red) > 0.05
    assert [factory.pin(pin).state for pin in (BOARD.red_bcm, BOARD.green_bcm, BOARD.blue_bcm)] == [0, 0, 0]


CHILD = """
import signal
import sys
from firmware import daemon, ports
from firmware.clock import SystemClock
from firmware.core import MatCore
from firmware.signal.calibration import Calibration
from hardware import board as boards
from sim.pace import PacedSource
from tests.doubles.scripted import Heard, Scripted, Shown, still

signal.signal(signal.SIGINT, signal.default_int_handler)  # whatever was ignored by who began this
source = PacedSource(Scripted(still(0.1, start_ns=turn * 100_000_000) for turn in range(600)), 1.0, SystemClock())
lamp = Shown()
heard = Heard(lambda tick: print("tick", flush=True))
with daemon.stop_on_signals() as stop:
    core = MatCore(boards.load_board(), Calibration((1000.0,) * 12))
    daemon.run_loop(source, core, sinks=[heard], outputs=lamp, stop=stop)
print("closed", heard.closed, lamp.closed, flush=True)
if sys.argv[1:]:
    signal.raise_signal(signal.SIGINT)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_real_signal_ends_it_in_order(number: signal.Signals) -> None:
    """A stop by systemctl and Ctrl-C: the loop ends by itself within a second, everything closed, exit code 0."""
    with subprocess.Popen([sys.executable, "-c", CHILD], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "tick\n"
        os.kill(child.pid, number)
        printed = child.communicate(timeout=5)[0]
    assert printed.splitlines()[-1] == "closed 1 1"
    assert child.returncode == 0


def test_afterwards_signals_do_what_they_did_before() -> None:
    """The handlers are put back: a later Ctrl-C raises again."""
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, "again"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "tick\n"
        os.kill(child.pid, signal.SIGTERM)
        printed, errors = child.communicate(timeout=5)
    assert "closed 1 1" in printed
    assert errors.splitlines()[-1] == "KeyboardInterrupt"
