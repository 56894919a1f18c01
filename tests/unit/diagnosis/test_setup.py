"""`acumat setup`: what the answers of a person lead to, the way back, and answers given as options."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from firmware import config
from firmware.diagnosis import setup
from firmware.diagnosis.setup_context import SetupContext
from firmware.diagnosis.setup_steps import STEPS, address_of
from firmware.errors import DriverError
from hardware.board import BoardError

CLOSED = "127.0.0.1:9"  # the port of the discard service, which nothing offers
PEOPLE = '{"persons": [{"name": "Ana", "level": 1}], "chosen": "Ana"}'


@dataclass
class Person:
    """Answers in order; keeps every question and every text."""

    answers: list[str | None]
    asked: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    def begin(self, number: int, count: int, title: str, text: str) -> None:
        """Note the step."""
        del text
        self.seen.append(f"{number}/{count} {title}")

    def ask(self, what: str, default: str, *, hidden: bool = False) -> str | None:
        """Answer with the next answer."""
        self.asked.append(f"{what} [{default}]{' hidden' if hidden else ''}")
        answer = self.answers.pop(0)
        return default if answer == "" else answer

    def show(self, text: str) -> None:
        """Note a result."""
        self.seen.append(text)


@dataclass
class Verbs:
    """Records the verbs; codes are exit codes by the first word."""

    codes: Mapping[str, int] = field(default_factory=dict)
    installed: bool = True
    starts: bool = True
    done: list[str] = field(default_factory=list)

    def stop(self) -> None:
        """Note it."""
        self.done.append("stop")

    def restart(self) -> None:
        """Note it; fail when it was made so."""
        self.done.append("restart")
        if not self.starts:
            raise DriverError("systemctl restart: no frames")

    def run_verb(self, *words: str) -> int:
        """Note it and return its code."""
        self.done.append(" ".join(words[: words.index("--config")]))
        return self.codes.get(words[0], 0)

    def read_verb(self, *words: str) -> str:
        """Return the people."""
        return PEOPLE if words[0] == "people" else ""


def context(folder: Path, answers: Sequence[str | None], verbs: Verbs | None = None, **given: str) -> SetupContext:
    return SetupContext(folder / "acumat.toml", Person(list(answers)), verbs or Verbs(), given)


def test_enter_five_times_is_a_whole_set_up(tmp_path: Path) -> None:
    """The defaults: the board that comes with the program, pins tested, no broker, the person of before, a zero."""
    at = context(tmp_path, ["", "", "", "", "", ""])
    assert setup.run_setup(at) == 0
    assert isinstance(at.services, Verbs)
    assert at.services.done == [
        "stop", "probe --seconds 4", "outputs-test", "people --choose Ana", "tare", "restart", "doctor",
    ]  # fmt: skip
    assert isinstance(at.questions, Person)
    assert at.questions.seen[-1] == setup.READY
    assert config.load_settings(at.config_file) == config.Settings()


def test_back_leads_to_the_question_before_and_shows_what_was_answered(tmp_path: Path) -> None:
    """From the pins back to the board: the small mat is now the default. Back on the first question stays there."""
    at = context(tmp_path, [None, "mat_3x2", None, "", "skip", "none", "guest", "skip"])
    assert setup.run_setup(at) == 0
    assert isinstance(at.questions, Person)
    boards = [what for what in at.questions.asked if what.startswith("standard")]
    assert [what.rpartition(" ")[2] for what in boards] == ["[standard]", "[standard]", "[mat_3x2]"]
    file = config.load_settings(at.config_file).board.file
    assert file is not None
    assert file.name == "mat_3x2.toml"


def test_a_wrong_answer_is_asked_again_with_the_reason(tmp_path: Path) -> None:
    """A board file that is not there, a name that is too long: nothing is changed."""
    at = context(tmp_path, ["/nowhere.toml", "standard", "skip", "none", "x" * 40, "Bo", "skip"])
    assert setup.run_setup(at) == 0
    assert isinstance(at.questions, Person)
    assert any("/nowhere.toml" in text for text in at.questions.seen)
    assert any("x" * 40 in text for text in at.questions.seen)
    assert isinstance(at.services, Verbs)
    assert "people --add Bo --choose Bo" in at.services.done


def test_pins_that_fail_are_tested_again_or_skipped(tmp_path: Path) -> None:
    """The probe fails: the person corrects a plug and tests again, then skips."""
    verbs = Verbs({"probe": 1})
    at = context(tmp_path, ["", "yes", "yes", "skip", "none", "guest", "skip"], verbs)
    assert setup.run_setup(at) == 0
    assert verbs.done.count("probe --seconds 4") == 2


def test_a_light_that_nobody_saw_is_tested_again(tmp_path: Path) -> None:
    """All verbs succeed, but the person says no."""
    verbs = Verbs()
    at = context(tmp_path, ["", "yes", "no", "yes", "yes", "none", "guest", "skip"], verbs)
    assert setup.run_setup(at) == 0
    assert verbs.done.count("outputs-test") == 2


def test_the_loudness_is_set_where_the_person_wants_to(tmp_path: Path) -> None:
    """The answer after the lights is listen; when nothing was heard the pins are tested again."""
    verbs = Verbs()
    at = context(tmp_path, ["", "yes", "listen", "none", "guest", "skip"], verbs)
    assert setup.run_setup(at) == 0
    assert "outputs-test --listen" in verbs.done
    assert verbs.done.count("outputs-test") == 1


def test_a_broker_that_does_not_answer_is_kept_only_when_asked(tmp_path: Path) -> None:
    """The reason is shown; no leads back to the question, yes keeps it. The password is in a file of its own."""
    address = CLOSED
    answers = ["", "skip", address, "mat", "canary", "no", address, "", "", "yes", "guest", "skip"]
    at = context(tmp_path, answers)
    assert setup.run_setup(at) == 0
    assert isinstance(at.questions, Person)
    assert sum("no connection" in text for text in at.questions.seen) == 2
    mqtt = config.load_settings(at.config_file).mqtt
    assert (mqtt.enabled, mqtt.username, f"{mqtt.host}:{mqtt.port}") == (True, "mat", address)
    password = tmp_path / "mqtt-password"
    assert mqtt.password_file == password
    assert password.read_text() == "canary\n", "an empty answer keeps the password"
    assert password.stat().st_mode & 0o777 == 0o600
    assert "canary" not in at.config_file.read_text() + "".join(at.questions.seen + at.questions.asked)


def test_the_settings_name_the_password_where_the_service_finds_it(tmp_path: Path) -> None:
    """Systemd passes it; the stored file itself is for root alone."""
    at = context(tmp_path, ["", "skip", CLOSED, "mat", "canary", "yes", "guest", "skip"])
    at.credential = Path("/run/credentials/acumat.service/mqtt-password")
    assert setup.run_setup(at) == 0
    assert config.load_settings(at.config_file).mqtt.password_file == at.credential


def test_options_answer_without_a_question(tmp_path: Path) -> None:
    """All five given: nobody is asked, nobody is waited for."""
    at = context(tmp_path, [], board="standard", pins="yes", broker="none", person="Ana", zero="yes")
    assert setup.run_setup(at) == 0
    assert isinstance(at.services, Verbs)
    assert "outputs-test --no-key" in at.services.done


@pytest.mark.parametrize("verb", ["probe", "outputs-test", "people", "tare", "doctor"])
def test_what_an_option_ordered_and_failed_is_not_in_order(tmp_path: Path, verb: str) -> None:
    """The set-up goes on to its end and then returns 1 with what to do."""
    verbs = Verbs({verb: 1})
    at = context(tmp_path, [], verbs, board="standard", pins="yes", broker="none", person="Ana", zero="yes")
    assert setup.run_setup(at) == 1
    assert isinstance(at.questions, Person)
    assert at.questions.seen[-1] == setup.TO_DO


def test_an_option_that_cannot_be_used_is_an_error(tmp_path: Path) -> None:
    """Nobody is there to correct it."""
    with pytest.raises(BoardError, match="nowhere"):
        setup.run_setup(context(tmp_path, [], board="/nowhere.toml"))


def test_a_service_that_does_not_start_is_reported_before_the_doctor(tmp_path: Path) -> None:
    """The doctor still looks, and the set-up is not in order."""
    verbs = Verbs(starts=False)
    at = context(tmp_path, ["", "skip", "none", "guest", "skip"], verbs)
    assert setup.run_setup(at) == 1
    assert verbs.done[-2:] == ["restart", "doctor"]
    assert isinstance(at.questions, Person)
    assert "systemctl restart: no frames" in at.questions.seen


def test_without_a_service_there_is_nothing_to_stop(tmp_path: Path) -> None:
    """A checkout on a desk."""
    verbs = Verbs(installed=False)
    assert setup.run_setup(context(tmp_path, ["", "skip", "none", "guest", "skip"], verbs)) == 0
    assert verbs.done == ["people --choose guest", "doctor"]


def test_every_step_has_an_option_of_its_name() -> None:
    """The options of the verb are the steps and the login of the broker."""
    from firmware.cli.setup import command  # noqa: PLC0415 - only this test needs the command line

    names = {parameter.name for parameter in command.params}
    assert {step.option for step in STEPS} | {"username", "password_file", "tls", "config_file"} == names


@pytest.mark.parametrize(
    ("answer", "address"),
    [
        ("broker.lan", ("broker.lan", 1883)), ("10.0.0.2:8883", ("10.0.0.2", 8883)), ("fd00::1", ("fd00::1", 1883)),
    ],
)  # fmt: skip
def test_address(answer: str, address: tuple[str, int]) -> None:
    """HOST, HOST:PORT, or an IPv6 address."""
    assert address_of(answer) == address
