"""The dispatcher: key, requests, people, night and edited files come to the core between two blocks."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from firmware import daemon
from firmware.commands import Request
from firmware.core import MatCore
from firmware.cues import table as cues
from firmware.cues.night import NightHours
from firmware.dispatcher import PENDING_MOST, CommandDispatcher
from firmware.enums import Reason
from firmware.events import Discomfort, EndRequested, SessionEnded
from firmware.frames import ButtonEdge, Frames
from firmware.programme import levels as programme
from firmware.programme.people import People
from firmware.programme.plan import Plan
from firmware.signal.calibration import Calibration
from firmware.storage.database import Database
from firmware.storage.file_watcher import FileWatcher, WatchedFile
from firmware.storage.last_good import LastGood
from firmware.storage.session_store import SessionStore
from hardware import board as boards
from sim.frames import Bench, FrameSource, blocks_from
from sim.people import story as stories
from sim.people.acts import Leave, Lie, Lower, Roll, Sit, Wait
from sim.people.story import Story
from tests.doubles.clock import ManualClock
from tests.doubles.commands import apply
from tests.doubles.scripted import Heard, Scripted, still

if TYPE_CHECKING:
    from firmware.view import Tick

BOARD = boards.load_board()
KNOWN = Calibration((1000.0,) * len(BOARD.cells), (1000,) * len(BOARD.cells))
VISIT = (Wait(seconds=3), Sit(seconds=5), Lower(seconds=4), Lie(seconds=75), Roll(seconds=2), Leave(seconds=1.6))


class Key:
    """A key that is pressed by a script: (t_s, down) of the story."""

    def __init__(self, *edges: tuple[float, bool]) -> None:
        self._edges = [ButtonEdge(round(t_s * 1e9), down) for t_s, down in edges]

    def edges(self) -> Sequence[ButtonEdge]:
        """Return all that is left."""
        edges, self._edges = self._edges, []
        return edges


class Answers(list[str | None]):
    """What the dispatcher said."""

    def request(self, name: str, value: object = None) -> Request:
        """Return a request that is answered here."""
        return Request(name, value, self.append)


def dispatcher_of(
    core: MatCore | None = None, *, night: bool = False, set_: bool = True, **more: object
) -> CommandDispatcher:
    clock = ManualClock()
    hours = NightHours("00:00", "23:59") if night else NightHours("00:00", "00:00")  # wherever this runs
    given = core or MatCore(BOARD, KNOWN)
    plan = Plan(programme.shipped_programme())
    return CommandDispatcher(given, plan, clock, wall_is_set=lambda: set_, night=hours, **more)  # type: ignore[arg-type]


@pytest.fixture
def answers() -> Answers:
    return Answers()


def test_the_key_reaches_the_session() -> None:
    """Pressed short at 40 s and long at 60 s of a story, through the loop: it hurts, and the end is theirs."""
    bench = Bench(Story("a visit", acts=(*VISIT, Wait(seconds=10))), BOARD, 1)
    core = MatCore(BOARD, bench.calibration)
    dispatcher = dispatcher_of(core, button=Key((40, True), (40.2, False), (60, True), (62.5, False)))
    heard = Heard()
    daemon.run_loop(FrameSource(bench), core, sinks=[dispatcher, heard], attend=dispatcher.process_pending)
    events = [event for tick in heard.ticks for event in tick.events]
    assert len([event for event in events if isinstance(event, Discomfort)]) == 1
    assert [event.reason for event in events if isinstance(event, EndRequested)] == [Reason.DISCOMFORT]
    [summary] = [event.summary for event in events if isinstance(event, SessionEnded)]
    assert (summary.reason, summary.discomforts) == (Reason.DISCOMFORT, 1)


def test_requests_are_answered(answers: Answers) -> None:
    """The goal is taken, an end without a session is rejected in words, silence comes in the next hop."""
    core = MatCore(BOARD, KNOWN)
    dispatcher = dispatcher_of(core)
    for name, value in (("goal_min", 20), ("end", None), ("silent", None), ("mode", "quiet"), ("person", "Nobody")):
        dispatcher.submit(answers.request(name, value))
    dispatcher.process_pending()
    assert answers[:4] == [None, "There is no session: lie down first.", None, None]
    assert "nobody of that name" in str(answers[4])
    [tick, *_] = list(core.push(still(1)))
    assert tick.view.goal_s == 1200.0


def test_too_many_requests_are_rejected_at_once(answers: Answers) -> None:
    """Nothing waits without bound; what waits when the mat is switched off is answered too."""
    dispatcher = dispatcher_of()
    for _ in range(PENDING_MOST + 2):
        dispatcher.submit(answers.request("silent"))
    assert answers == ["too many at once: wait a moment"] * 2
    dispatcher.close()
    assert answers[2:] == ["the mat is switching off"] * PENDING_MOST


@pytest.mark.requirement("D42")
def test_a_session_belongs_to_whose_turn_it_was(tmp_path: Path, answers: Answers) -> None:
    """Ana lies down for a quick one: it is kept for her in the store, and the next goal is the level's again."""
    clock = ManualClock()
    store = SessionStore(Database(tmp_path, clock, boot_id="one"), clock, cells=12)
    bench = Bench(Story("a visit", acts=(*VISIT, Wait(seconds=60))), BOARD, 1)
    core = MatCore(BOARD, bench.calibration)
    dispatcher = dispatcher_of(core, store=store)
    for name, value in (("add_person", "Ana"), ("person", "Ana"), ("acknowledge", 1), ("preset", "quick")):
        dispatcher.submit(answers.request(name, value))
    heard = Heard()
    daemon.run_loop(FrameSource(bench), core, sinks=[dispatcher, store, heard], attend=dispatcher.process_pending)
    assert answers == [None] * 4
    [summary] = [e.summary for tick in heard.ticks for e in tick.events if isinstance(e, SessionEnded)]
    assert summary.goal_s == 300.0
    assert dispatcher.plan.goal_s == 600.0
    again = SessionStore(Database(tmp_path, clock, boot_id="two"), clock, cells=12)
    again.close()
    assert [past.preset.value for past in again.past["Ana"]] == ["quick"]
    assert again.people.who.acknowledgement is not None


def test_without_a_set_clock_the_programme_has_a_calendar_of_its_own(answers: Answers) -> None:
    """The text may be read, nothing is offered yet, and the pod is cautious: it may be night."""
    core = MatCore(BOARD, KNOWN)
    dispatcher = dispatcher_of(core, set_=False)
    for name, value in (("add_person", "Ana"), ("person", "Ana"), ("acknowledge", 1), ("accept", None)):
        dispatcher.submit(answers.request(name, value))
    dispatcher.process_pending()
    assert answers == [None, None, None, "Nothing is offered."]
    acknowledgement = dispatcher.plan.people.who.acknowledgement
    assert acknowledgement is not None
    assert acknowledgement.date == "unknown"


@pytest.mark.requirement("D08")
def test_a_session_without_a_clock_counts_and_is_dated_later(answers: Answers) -> None:
    """Nobody knows the day when Ana lies down; when the clock is set, her session gets its true one."""
    bench = Bench(Story("a visit", acts=(*VISIT, Wait(seconds=60))), BOARD, 1)
    known: list[bool] = []
    clock = ManualClock()
    dispatcher = CommandDispatcher(
        MatCore(BOARD, bench.calibration), Plan(programme.shipped_programme()), clock, wall_is_set=lambda: bool(known)
    )
    for name, value in (("add_person", "Ana"), ("person", "Ana")):
        dispatcher.submit(answers.request(name, value))
    core = dispatcher._core  # noqa: SLF001 - the loop of the test
    daemon.run_loop(FrameSource(bench), core, sinks=[dispatcher], attend=dispatcher.process_pending)
    [record] = dispatcher.plan.past("Ana")
    assert record.day < 10
    known.append(True)
    clock.sleep_s(3600)
    dispatcher.process_pending()
    [dated] = dispatcher.plan.past("Ana")
    assert dated.end_s == pytest.approx(clock.wall_s() - 3600, abs=1.0)
    assert dated.day == pytest.approx(dated.end_s / 86_400, abs=1.5)


def test_ten_seconds_on_an_empty_mat_switch_off() -> None:
    """The long press ends the program by the way it was given."""
    asked: list[bool] = []
    core = MatCore(BOARD, KNOWN)
    dispatcher = dispatcher_of(core, button=Key((1, True), (11.5, False)), shutdown=lambda: asked.append(True))
    daemon.run_loop(Scripted([still(13)]), core, sinks=[dispatcher], attend=dispatcher.process_pending)
    assert asked == [True]


@pytest.fixture
def text(tmp_path: Path) -> Path:
    return tmp_path / "edited.toml"


def test_a_bad_cue_file_is_reported_whole_and_the_last_good_one_stays(
    text: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Two faults, two lines with key, value and bound; then a good file is taken; a bad one again changes nothing."""
    source = Path(cues.__file__).with_name("cues.toml").read_text()
    taken: list[object] = []
    text.write_text(source.replace("[state.idle]", "[state.idle]\nbrightnes = 3\n", 1) + "\n[event.nonsense]\n")
    watch = FileWatcher(
        [WatchedFile(text, LastGood(cues.shipped_cue_table(), cues.parse_cue_table), taken.append)], every_s=3600
    )
    assert len(caplog.records) == 2
    assert all("edited.toml" in record.message for record in caplog.records)
    assert taken == []
    text.write_text(source + "\n# mine\n")
    watch.check()
    assert len(taken) == 1
    text.write_text("not TOML")
    watch.check()
    watch.check()
    assert (len(taken), len(caplog.records)) == (1, 3)
    text.unlink()
    watch.check()
    watch.close()
    assert "cannot be read" in caplog.records[-1].message


def test_a_new_programme_holds_from_the_next_session_on(text: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Edited while the mat runs: rejected with every fault, then taken between two blocks."""
    caplog.set_level(logging.WARNING)
    core = MatCore(BOARD, KNOWN)
    dispatcher = dispatcher_of(core)
    apply(dispatcher.plan, "add_person", "Ana", None)
    apply(dispatcher.plan, "person", "Ana", None)
    source = Path(programme.__file__).with_name("programme.toml").read_text()
    text.write_text(source.replace("minutes = 10.0", "minutes = 4.0").replace("share = 0.9", "share = 9"))
    take = WatchedFile(
        text,
        LastGood(programme.shipped_programme(), programme.parse_programme),
        lambda new: dispatcher.call_soon(lambda: dispatcher.replace_programme(new)),
    )
    watch = FileWatcher([take], every_s=3600)
    dispatcher.process_pending()
    assert len(caplog.records) >= 2
    assert next(iter(core.push(still(1)))).view.goal_s == 600.0
    text.write_text(source.replace("minutes = 10.0", "minutes = 12.0"))
    watch.check()
    dispatcher.process_pending()
    watch.close()
    assert next(iter(core.push(still(1, start_ns=1_000_000_000)))).view.goal_s == 720.0


@pytest.mark.requirement("D22")
@pytest.mark.parametrize(("eased_by_s", "late"), [(300.0, False), (60.0, True)])
def test_a_late_press_is_late_by_the_rules_of_the_programme(eased_by_s: float, late: bool) -> None:
    """It hurts after 66 s of lying: expected where the rules allow five minutes to ease, late where they allow one."""
    shipped = programme.shipped_programme()
    rules = replace(shipped, rules=replace(shipped.rules, eased_by_s=eased_by_s))
    bench = Bench(Story("a visit", acts=(*VISIT, Wait(seconds=60))), BOARD, 1)
    core = MatCore(BOARD, bench.calibration)
    dispatcher = dispatcher_of(core, button=Key((78, True), (78.2, False)))
    dispatcher.replace_programme(rules)
    heard = Heard()
    daemon.run_loop(FrameSource(bench), core, sinks=[dispatcher, heard], attend=dispatcher.process_pending)
    [summary] = [e.summary for tick in heard.ticks for e in tick.events if isinstance(e, SessionEnded)]
    assert (summary.discomforts, summary.pressed_late) == (1, late)


def blocks(bench: Bench) -> Iterator[Frames]:
    return blocks_from(FrameSource(bench))


def test_at_night_the_lamp_is_dim() -> None:
    """The wall clock says so, and only that: the same visit, the same times."""
    found = []
    for night in (False, True):
        bench = Bench(stories.load_story("attempt"), BOARD, 1)
        core = MatCore(BOARD, bench.calibration)
        dispatcher = dispatcher_of(core, night=night)
        ticks: list[Tick] = []
        for frames in blocks(bench):
            dispatcher.process_pending()
            ticks += core.push(frames)
        found.append((max(tick.output.blue for tick in ticks), [tick.events for tick in ticks]))
    assert found[1][0] <= 0.05 < found[0][0]
    assert found[0][1] == found[1][1]


@pytest.mark.requirement("D15")
@pytest.mark.parametrize(("who", "shown"), [("Ana", True), ("Bo", False)])
def test_the_small_of_the_back_is_shown_to_whom_it_belongs(who: str, shown: bool) -> None:
    """Ana asked for the hint and usually rests heavier there: the light of the hint is sent in her session only."""
    bench = Bench(Story("lies", acts=(Wait(seconds=75), *VISIT[1:4])), BOARD, 1, rate_hz=10.0)
    core = MatCore(BOARD, bench.calibration)
    plan = Plan(programme.shipped_programme(), People().add("Bo").add("Ana").choose(who))
    CommandDispatcher(core, plan, ManualClock(), wall_is_set=lambda: False, lumbar={"Ana": 0.9})
    started: list[str] = []
    for frames in blocks(bench):
        for _ in core.push(frames):
            started += core.started
    assert started.count("event.lumbar_low") == int(shown)


def presses(number: int, start_s: float = 3.0) -> Key:
    """Return the key, pressed so many times within two seconds and a half."""
    downs_s = [start_s + 0.4 * turn for turn in range(number)]
    return Key(*(edge for at_s in downs_s for edge in ((at_s, True), (at_s + 0.1, False))))


@pytest.mark.requirement("D24")
@pytest.mark.parametrize(
    ("number", "shown"), [(3, "choice_2"), (4, "choice_2"), (5, "choice_2"), (6, "choice_2"), (7, "choice_3")]
)
def test_an_evening_is_chosen_by_the_key_alone(number: int, shown: str) -> None:
    """Quick, quiet, night, the next person, a new person: answered by its number in light and notes."""
    core = MatCore(BOARD, KNOWN)
    dispatcher = dispatcher_of(core, button=presses(number))
    dispatcher.plan.add_person("Ana")
    dispatcher.process_pending()
    cues: list[str] = []
    mode, notes = "", 0
    sounding = False
    for tick in core.push(still(12)):
        dispatcher.offer(tick)
        cues += core.started
        mode = tick.mode
        notes += tick.output.tone_hz is not None and not sounding
        sounding = tick.output.tone_hz is not None
    assert [cue for cue in cues if cue.startswith("event.choice")] == [f"event.{shown}"]
    assert notes == (0 if number == 5 else int(shown[-1]))  # by night it is light and touch alone
    assert (dispatcher.plan.goal_s == 300.0) is (number == 3)
    assert mode == ("quiet" if number == 4 else "normal")
    assert core.turn_night() == (1 if number == 5 else 2)
    assert dispatcher.plan.people.who.name == {6: "Ana", 7: "Person 1"}.get(number, "guest")


def test_choices_go_round_and_end_where_they_began() -> None:
    """Twice the length, three times the sound, each person and then the guest; a name that is taken is not used."""
    core = MatCore(BOARD, KNOWN)
    plan = dispatcher_of(core).plan
    assert [plan.next_length() for _ in range(3)] == [2, 1, 2]
    assert [core.next_mode() for _ in range(4)] == [2, 3, 1, 2]
    assert [core.turn_night() for _ in range(3)] == [2, 1, 2]
    plan.add_person("person 1")
    assert (plan.new_person(), plan.people.who.name) == (3, "Person 2")
    assert [plan.next_person() for _ in range(4)] == [1, 2, 3, 1]
