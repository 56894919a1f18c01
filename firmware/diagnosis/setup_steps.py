"""The five steps of `acumat setup`. Each asks, carries the answer out at once, and returns where to go."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from firmware.clock import SystemClock
from firmware.commands import request_refusal
from firmware.diagnosis.setup_context import Move, SetupContext
from firmware.errors import AcumatError, ConfigError
from firmware.mqtt import connection_test
from firmware.storage.settings_file import change_settings
from hardware import board as boards

if TYPE_CHECKING:
    from firmware.config import Settings

STANDARD: Final = "standard"
NONE: Final = "none"
GUEST: Final = "guest"
YES: Final = "yes"
NO: Final = "no"
SKIP: Final = "skip"
LISTEN: Final = "listen"
CELLS_S: Final = "4"
PASSWORD_FILE: Final = "mqtt-password"  # noqa: S105 - the name of the file
PORT: Final = 1883
SHIPPED: Final = boards.DEFAULT_PATH.with_name("boards")


def choose_board(at: SetupContext) -> Move:
    """Choose the board file."""
    now = at.settings.board.file
    names = {STANDARD: None, **{path.stem: path for path in sorted(SHIPPED.glob("*.toml"))}}
    known = next((name for name, path in names.items() if path == now), str(now))
    answer = at.answer("board", f"{', '.join(names)}, or a file", known)
    if answer is None:
        return Move.BACK
    path = names[answer] if answer in names else Path(answer).absolute()
    found = boards.load_board(path)
    change_settings(at.config_file, "board", {"file": None if path is None else str(path)})
    at.questions.show(f"{found.name}: {len(found.cells)} cells")
    return Move.NEXT


def try_pins(at: SetupContext) -> Move:
    """Read the cells, then show every light and sound of the pod."""
    ordered = "pins" in at.given
    answer = at.answer("pins", f"Test them now: {YES} or {SKIP}", YES)
    if answer is None:
        return Move.BACK
    if answer != YES:
        return Move.NEXT
    cells = at.verb("probe", "--seconds", CELLS_S)
    pod = at.verb("outputs-test", *(["--no-key"] if ordered else []))
    if ordered:
        at.failed |= not (cells and pod)
        return Move.NEXT
    if cells and pod:
        came = at.questions.ask(f"Did each light and tone come: {YES} or {NO}; {LISTEN} sets how loud they are", YES)
        if came == YES or (came == LISTEN and at.verb("outputs-test", "--listen")):
            return Move.NEXT
    at.questions.show(f"Correct what is wrong and test again; {SKIP} goes on without.")
    return Move.AGAIN


def choose_broker(at: SetupContext) -> Move:
    """Choose the broker of the dashboard, and connect to it once."""
    mqtt = at.settings.mqtt
    now = f"{mqtt.host}:{mqtt.port}" if mqtt.enabled else NONE
    answer = at.answer("broker", f"{NONE}, HOST or HOST:PORT", now)
    if answer is None:
        return Move.BACK
    if answer == NONE:
        change_settings(at.config_file, "mqtt", {"enabled": False})
        at.questions.show("Nothing leaves the mat.")
        return Move.NEXT
    host, port = address_of(answer)
    username = at.answer("username", "User name at the broker, empty for none", mqtt.username)
    password = at.answer("password", "Password", "", hidden=True) if username else ""
    if username is None or password is None:
        return Move.AGAIN
    stored = store_password(at.config_file, password) if username else None
    chosen: dict[str, str | bool | float | None] = {"enabled": True, "host": host, "port": port}
    password_file = None if stored is None else str(at.credential or stored)
    chosen |= {"username": username or None, "password_file": password_file}
    chosen |= {} if at.tls is None else {"tls": at.tls}
    problem = broker_problem(change_settings(at.config_file, "mqtt", chosen), stored)
    if problem is None:
        at.questions.show(f"{host}:{port} answers.")
        return Move.NEXT
    at.questions.show(problem)
    if "broker" in at.given:
        at.failed = True
        return Move.NEXT
    return Move.NEXT if at.questions.ask(f"Keep this broker all the same: {YES} or {NO}", NO) == YES else Move.AGAIN


def address_of(answer: str) -> tuple[str, int]:
    """Return host and port of HOST or HOST:PORT; an IPv6 address has no port here."""
    host, colon, port = answer.rpartition(":")
    return (host, int(port)) if colon and ":" not in host and port.isdecimal() else (answer, PORT)


def store_password(config_file: Path, password: str) -> Path:
    """Store a password beside the settings, readable by its owner only; an empty one keeps what is there."""
    path = config_file.absolute().with_name(PASSWORD_FILE)
    try:
        path.touch(mode=0o600)
        path.chmod(0o600)
        if password:
            path.write_text(password + "\n", encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written ({error.strerror}): use sudo") from error
    return path


def broker_problem(settings: "Settings", password_file: Path | None) -> str | None:
    """Connect once with the stored password; return why that fails, None when it does not."""
    mqtt = replace(settings.mqtt, password_file=password_file)
    try:
        dial = connection_test.probe_dialer(mqtt, settings.device)
        connection_test.probe_connection(dial, connection_test.topic_names(mqtt, settings.device), SystemClock())
    except AcumatError as error:
        return str(error)
    return None


class Listed(msgspec.Struct):
    """A person in the list of `acumat people --json`."""

    name: str


class People(msgspec.Struct):
    """What of `acumat people --json` is needed here."""

    persons: list[Listed] = []
    chosen: str = GUEST


def choose_person(at: SetupContext) -> Move:
    """Choose whose turn it is; a new name becomes a person."""
    printed = at.services.read_verb("people", "--json", "--config", str(at.config_file))
    people = msgspec.json.decode(printed, type=People) if printed else People()
    names = [person.name for person in people.persons]
    answer = at.answer("person", f"{', '.join([GUEST, *names])}, or a new name", people.chosen)
    if answer is None:
        return Move.BACK
    if answer.lower() != GUEST and answer not in names:
        if (problem := request_refusal("add_person", answer)) is not None:
            raise ConfigError(f"{answer!r}: {problem}")
        done = at.verb("people", "--add", answer, "--choose", answer)
    else:
        done = at.verb("people", "--choose", answer)
    at.failed |= not done and "person" in at.given
    return Move.NEXT if done or "person" in at.given else Move.AGAIN


def take_zero(at: SetupContext) -> Move:
    """Take the zero of the empty mat."""
    answer = at.answer("zero", f"Is the mat empty? Take its zero now: {YES} or {SKIP}", YES)
    if answer is None:
        return Move.BACK
    if answer != YES:
        return Move.NEXT
    done = at.verb("tare")
    at.failed |= not done and "zero" in at.given
    return Move.NEXT if done or "zero" in at.given else Move.AGAIN


class Step(NamedTuple):
    """One step: the option that answers it, its title, what it is about, and what it does."""

    option: str
    title: str
    text: str
    carry_out: Callable[[SetupContext], Move]


STEPS: Final = (
    Step("board", "Board", "Which mat is connected?", choose_board),
    Step("pins", "Pins", "The cells are read, then each light and sound comes once. Nobody is on the mat.", try_pins),
    Step("broker", "Dashboard", "A broker passes sessions to a dashboard at home. It may be left out.", choose_broker),
    Step("person", "Person", "Who uses the mat first? A guest has no programme of their own.", choose_person),
    Step("zero", "Zero", "The mat must be empty and stand where it will be used.", take_zero),
)
