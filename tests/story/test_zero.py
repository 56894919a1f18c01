"""The zero through a whole mat: power-up, drift, wrong samples, what is laid on it, and who asks for a new one."""

from dataclasses import replace

import pytest

from firmware.core import MatCore
from firmware.events import GetUp, LieDown, Lowering, MatEmptied, Seated, SensorLost, Zeroed
from firmware.view import Tick
from hardware import board as boards
from hardware.board import STANDARD_GRAVITY
from sim.frames import Bench, FrameSource, blocks_from
from sim.people.acts import Leave, Lie, Lower, Roll, Sit, Wait
from sim.people.body import Body
from sim.people.household import Visit
from sim.people.story import Story
from sim.people.vitals import Vitals
from sim.sensors.cell_model import CellModel
from sim.sensors.faults import FaultKind
from sim.sensors.mishaps import CellBreaks, ZeroKnock
from tests.doubles.played import play

BOARD = boards.load_board()
KG = STANDARD_GRAVITY
COME = (Sit(seconds=8), Lower(seconds=5))
GO = (Roll(seconds=2.5), Leave(seconds=1.6), Wait(seconds=65))
PRESENCE = (Seated, Lowering, LieDown, GetUp, MatEmptied)
LIGHT = Body(mass_kg=45, hips_on=False, head_on=True)  # 15 kg on the mat
SHALLOW = Vitals(breath_n=0.25, pulse_n=0.02, restless_n=0.0)


def shown_kg(tick: Tick) -> float:
    return 0.0 if tick.signals is None else tick.signals.load_n / KG


def run(
    story: Story, *, rate_hz: float = 10.0, shifted_n: float = 0.0, zeroed: bool = True, ask_s: float | None = None
) -> tuple[MatCore, list[Tick]]:
    """Play a story; the zero that was kept is off by so much on every cell; a person asks for a zero at ask_s."""
    bench = Bench(story, BOARD, 3, rate_hz=rate_hz)
    kept = bench.calibration
    zero = tuple(
        round(count - shifted_n * per_n)
        for count, per_n in zip(kept.zero_counts or (), kept.counts_per_newton, strict=True)
    )
    core = MatCore(BOARD, replace(kept, zero_counts=zero if zeroed else None))
    ticks: list[Tick] = []
    for frames in blocks_from(FrameSource(bench)):
        if ask_s is not None and ticks and ticks[-1].t_s >= ask_s:
            core.ask_zero()
            ask_s = None
        ticks += core.push(frames)
    return core, ticks


def events(ticks: list[Tick], *kinds: type) -> list[object]:
    return [event for tick in ticks for event in tick.events if isinstance(event, kinds)]


@pytest.mark.parametrize("rate_hz", [10.0, 80.0])
@pytest.mark.parametrize(
    ("body", "vitals"), [(Body(), Vitals()), (LIGHT, SHALLOW)], ids=["75 kg", "15 kg, hardly breathing"]
)
def test_power_comes_back_while_a_person_lies_there(body: Body, vitals: Vitals, rate_hz: float) -> None:
    """For five minutes no zero is taken, though the light one may be taken for an object; afterwards one is."""
    _, ticks = run(Story("on", body=body, vitals=vitals, acts=(Lie(seconds=300), *GO)), rate_hz=rate_hz, shifted_n=0.5)
    on = [tick for tick in ticks if 10 < tick.t_s < 300]
    assert events(on, Zeroed) == []
    load_kg = on[0].signals.load_n / KG if on[0].signals else 0.0
    assert load_kg == pytest.approx(17.8 if body is LIGHT else 39.8, abs=1.5)
    assert all(shown_kg(tick) == pytest.approx(load_kg, abs=0.5) for tick in on)
    [zeroed] = events(ticks, Zeroed)
    assert isinstance(zeroed, Zeroed)
    assert zeroed.reason == "start"
    assert shown_kg(ticks[-1]) == pytest.approx(0, abs=0.2)


def test_without_a_zero_nothing_is_reported_until_a_person_says_empty() -> None:
    """A person lies there, leaves, and nothing is guessed; asked for on the empty mat, a zero is taken."""
    story = Story("on", acts=(Lie(seconds=60), *GO, Wait(seconds=20)))
    core, ticks = run(story, zeroed=False)
    assert {tick.signals for tick in ticks} == {None}
    assert str(core.zero_refusal) == "not_zeroed"
    core, ticks = run(story, zeroed=False, ask_s=30.0)
    assert {tick.signals for tick in ticks} == {None}
    core, ticks = run(story, zeroed=False, ask_s=90.0)
    [zeroed] = events(ticks, Zeroed)
    assert isinstance(zeroed, Zeroed)
    assert (zeroed.reason, core.zero_refusal) == ("asked", None)
    assert 93 < zeroed.t_s < 97
    assert shown_kg(ticks[-1]) == pytest.approx(0, abs=0.1)


def test_asking_while_a_person_lies_there_is_rejected() -> None:
    """Any person who asks: the session goes on, and the reason is there to report."""
    core, ticks = run(Story("", acts=(Wait(seconds=5), *COME, Lie(seconds=60))), ask_s=40.0)
    assert [type(event) for event in events(ticks, Zeroed)] == [Zeroed]  # the one at the start
    assert str(core.zero_refusal) == "occupied"


@pytest.mark.parametrize("sign", [1, -1])
def test_half_an_hour_of_drift(sign: int) -> None:
    """Ten kilograms an hour, up or down: the empty mat shows nothing, and a session after it is as ever."""
    cells = CellModel(drift_n_per_h=sign * 10 * KG / 12)
    _, ticks = run(Story("", cells=cells, acts=(Wait(seconds=1800), *COME, Lie(seconds=70), *GO)))
    assert max(abs(shown_kg(tick)) for tick in ticks[20:17_900]) < 0.5
    assert [type(event) for event in events(ticks, *PRESENCE)] == list(PRESENCE)
    [lying] = events(ticks, LieDown)
    assert isinstance(lying, LieDown)
    assert lying.load_n == pytest.approx(390, abs=15)


@pytest.mark.parametrize("rate_hz", [10.0, 80.0])
@pytest.mark.parametrize("seed", [1, 2])
def test_five_percent_of_wrong_samples(seed: int, rate_hz: float) -> None:
    """Five minutes empty, a session, five minutes empty: presence changes as it truly does."""
    cells = CellModel(glitch_share=0.05)
    story = Story("", cells=cells, acts=(Wait(seconds=300), *COME, Lie(seconds=120), *GO, Wait(seconds=300)))
    played = play(story, seed, rate_hz=rate_hz)
    assert [type(event) for event in played.of(*PRESENCE)] == list(PRESENCE)
    [session], [lying] = played.sessions, played.truth.lyings
    assert session.start_s == pytest.approx(lying.start_s - played.origin_s, abs=0.5)
    assert session.end_s == pytest.approx(lying.end_s - played.origin_s, abs=4.0)  # rolling may count as the end


def test_mat_and_towel_are_laid_on_and_taken_off() -> None:
    """Reported both times (a third of it hangs over the edge), and between them a person weighs what they weigh."""
    towel = Visit(what="mat_and_towel", start_s=20, seconds=260)
    _, ticks = run(Story("", acts=(Wait(seconds=60), *COME, Lie(seconds=120), *GO, Wait(seconds=100)), visits=(towel,)))
    reported = [
        (event.reason, round(event.offset_n / KG, 1)) for event in events(ticks, Zeroed) if isinstance(event, Zeroed)
    ]
    assert reported == [("start", 0.0), ("placed", 1.1), ("lifted", -1.1)]
    [lying] = events(ticks, LieDown)
    assert isinstance(lying, LieDown)
    assert lying.load_n == pytest.approx(392, abs=10)
    assert events(ticks, MatEmptied)[1:] == []


def test_a_tile_that_was_knocked_is_zeroed_but_never_under_a_person() -> None:
    """Three kilograms for good: while nobody is there that is a thing on the mat, during a session it waits."""
    knocks = (ZeroKnock(7, 30.0, 3 * KG), ZeroKnock(2, 150.0, 3 * KG))
    _, ticks = run(Story("", acts=(Wait(seconds=60), *COME, Lie(seconds=180), *GO, Wait(seconds=20)), mishaps=knocks))
    reported = [event for event in events(ticks, Zeroed) if isinstance(event, Zeroed)]
    assert [event.reason for event in reported] == ["start", "placed", "placed"]
    assert 40 < reported[1].t_s < 43
    assert reported[2].t_s > 255


def test_cells_that_fail_while_nobody_is_there_bring_nobody() -> None:
    """One after the other swings, sticks, saturates, falls silent: reported by the lost bits, and no session."""
    kinds = (FaultKind.FLOATING, FaultKind.FROZEN, FaultKind.SATURATED_HIGH, FaultKind.UNPLUGGED, FaultKind.STUCK_LOW)
    for number, kind in enumerate(kinds):
        mishaps = (CellBreaks(2 * number, 20.0, kind), CellBreaks(2 * number, 80.0, FaultKind.OK))
        _, ticks = run(Story("", seconds=140, mishaps=mishaps))
        assert events(ticks, LieDown, SensorLost) == []
        assert {tick.signals.lost for tick in ticks[400:780] if tick.signals} == {1 << 2 * number}
        assert ticks[-1].signals is not None
        assert ticks[-1].signals.lost == 0
        assert shown_kg(ticks[-1]) == pytest.approx(0, abs=0.3)
