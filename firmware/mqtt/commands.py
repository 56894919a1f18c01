"""Commands from cmd/<name>: parsed, validated and submitted to the dispatcher; each is answered on cmd_result.

A command is a bare value, or a JSON object with value and optionally id (repeated in the result; the same id is obeyed
once) and t (seconds since 1970). Retained commands are ignored: they would be executed again at every connection. No
command from MQTT erases data, or makes the mat louder or brighter than its settings allow. "It hurts" and "end" have
a rate limit of their own, so that a flood of others cannot keep them out.
"""

from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import msgspec

from firmware.clock import Clock
from firmware.commands import COMMANDS, Request, request_refusal
from firmware.enums import Command
from firmware.mqtt.payload_types import CommandEnvelope, ResultPayload, encode
from firmware.mqtt.rate_limit import TokenBucket
from firmware.mqtt.topics import COMMAND, RESULT, TopicNames

PAYLOAD_MAX_BYTES: Final = 512  # bytes
BURST: Final = 10
PER_S: Final = 1.0
AHEAD_S: Final = 30.0
MAX_AGE_S: Final = 30.0
RESULTS_MAX: Final = 256
IDS_MAX: Final = 256
LOCAL_ONLY: Final = ("remove_person",)
SAFETY: Final = (Command.DISCOMFORT, Command.END)
NOT_HERE: Final = "not available over MQTT, where any client of the broker could erase personal data"
TOO_MANY: Final = f"too many commands: at most {BURST} at once and {PER_S:g} a second"
NO_CLOCK: Final = "the clock of the mat is not set, so the age of t is unknown: send the command without t"
ENDING: Final = "the mat is switching off"

Value = bool | int | float | str | None


@dataclass(frozen=True, slots=True)
class OwnCommand:
    """A command that MQTT itself obeys. run returns why it refuses, None when it does not."""

    text: str
    does: str
    run: Callable[[Value], str | None]


@dataclass(frozen=True, slots=True)
class LastCommand:
    """The newest command and its result, for a dashboard."""

    name: str
    error: str | None


class CommandReceiver:
    """Receives the commands of one mat. submit must accept a request from any thread, answer it once, never block.

    own are further commands by name; routes: where those go that the dispatcher does not know. refused is called with
    name and reason of each refusal that was not for the rate.
    """

    def __init__(
        self,
        names: TopicNames,
        submit: Callable[[Request], None],
        clock: Clock,
        wall_is_set: Callable[[], bool],
        *,
        refused: Callable[[str, str], None] = lambda _name, _error: None,
    ) -> None:
        self.subscription = names.of(COMMAND)
        self._prefix = self.subscription.removesuffix("+")
        self.result_topic = names.of(RESULT)
        self._submit, self._clock, self._wall_is_set = submit, clock, wall_is_set
        self._refused = refused
        self.own: dict[str, OwnCommand] = {}
        self.routes: dict[str, Callable[[Request], None]] = {}
        self._results: deque[bytes] = deque()
        self._rejected: deque[bytes] = deque(maxlen=RESULTS_MAX)  # for the rate: sent when nothing else waits
        self._others, self._safety = (TokenBucket(BURST, PER_S, self._now_s()) for _ in range(2))
        self._ids: OrderedDict[tuple[str, str | int], ResultPayload | None] = OrderedDict()
        self.last: LastCommand | None = None
        self.ending = False
        self.ignored = 0

    def receive(self, topic: str, payload: bytes, *, retained: bool) -> bool:
        """Process a message; False when its topic is not a command topic."""
        if not topic.startswith(self._prefix):
            return False
        name = topic.removeprefix(self._prefix)
        if retained:
            self.ignored += 1
            return True
        bucket = self._safety if name in SAFETY else self._others
        if not bucket.take(self._now_s()):
            self.ignored += 1
            self._rejected.append(self._encoded(name, _id_of(payload), TOO_MANY))
            return True
        try:
            envelope = _read(payload)
        except ValueError as error:
            self._answer(name, None, str(error))
            return True
        if envelope.id is not None and (name, envelope.id) in self._ids:
            self._repeat(name, envelope.id)
            return True
        self._remember(name, envelope.id, None)
        self._obey(name, envelope)
        return True

    def next_result(self) -> bytes | None:
        """Remove and return the next result, None when there is none."""
        queue = self._results or self._rejected
        return queue.popleft() if queue else None

    def _obey(self, name: str, envelope: CommandEnvelope) -> None:
        value, request_id = envelope.value if envelope.since_seq is None else envelope.since_seq, envelope.id
        own = self.own.get(name)
        reason = ENDING if self.ending else self._expired(envelope)
        if name in LOCAL_ONLY:
            reason = NOT_HERE
        if reason is None and own is not None:
            reason = own.run(value)
        elif reason is None and name not in self.routes:
            reason = self._unknown(name) or request_refusal(name, value)
        if own is not None or reason is not None:
            self._answer(name, request_id, reason)
        else:
            submit = self.routes.get(name, self._submit)
            submit(Request(name, value, lambda error: self._answer(name, request_id, error)))

    def _unknown(self, name: str) -> str | None:
        known = (*COMMANDS, *self.routes, *self.own)
        return None if name in known else f"unknown command; known are {', '.join(known)}"

    def _now_s(self) -> float:
        return self._clock.boottime_ns() / 1e9

    def _expired(self, envelope: CommandEnvelope) -> str | None:
        if envelope.t is None:
            return None
        if not self._wall_is_set():
            return NO_CLOCK
        age_s = self._clock.wall_s() - envelope.t
        if -AHEAD_S <= age_s <= MAX_AGE_S:
            return None
        return f"older than {MAX_AGE_S:g} s" if age_s > 0 else f"more than {AHEAD_S:g} s in the future"

    def _remember(self, name: str, request_id: str | int | None, result: ResultPayload | None) -> None:
        if request_id is not None:
            self._ids[name, request_id] = result
            while len(self._ids) > IDS_MAX:
                self._ids.popitem(last=False)

    def _repeat(self, name: str, request_id: str | int) -> None:
        """Answer a command that came twice as the first time; while the first is being obeyed its answer is enough."""
        result = self._ids[name, request_id]
        if result is not None:
            self._add(encode(result))

    def _answer(self, name: str, request_id: str | int | None, error: str | None) -> None:
        """Queue the result of a command; called once for each, by any thread."""
        result = self._result(name, request_id, error)
        self._remember(name, request_id, result)
        self.last = LastCommand(result.name, result.error)
        self._add(encode(result))
        if result.error is not None:
            self._refused(result.name, result.error)

    def _add(self, result: bytes) -> None:
        self._results.append(result)
        while len(self._results) > RESULTS_MAX:
            self._results.popleft()

    def _result(self, name: str, request_id: str | int | None, error: str | None) -> ResultPayload:
        return ResultPayload(
            id=request_id,
            name=_encodable(name)[:64],
            ok=error is None,
            error=None if error is None else _encodable(error),
            t=round(self._clock.wall_s(), 3) if self._wall_is_set() else None,
        )

    def _encoded(self, name: str, request_id: str | int | None, error: str) -> bytes:
        return encode(self._result(name, request_id, error))


def _id_of(payload: bytes) -> str | int | None:
    """Return the id of a command that is refused unread."""
    try:
        return _read(payload).id
    except ValueError:
        return None


def _read(payload: bytes) -> CommandEnvelope:
    """Parse a payload. Raises ValueError with the remedy."""
    if len(payload) > PAYLOAD_MAX_BYTES:
        raise ValueError(f"{len(payload)} bytes: at most {PAYLOAD_MAX_BYTES} are allowed")
    text = payload.decode("utf-8", errors="strict").strip()
    if text.startswith("{"):
        try:
            return msgspec.json.decode(text, type=CommandEnvelope)
        except (msgspec.MsgspecError, RecursionError) as error:
            raise ValueError(f"{error}: the fields are value, id and t") from error
    if not text:
        return CommandEnvelope()
    try:
        return CommandEnvelope(msgspec.json.decode(text, type=Value))
    except msgspec.MsgspecError as error:
        if text.startswith('"'):
            raise ValueError(f"{error}: a text in quotes must be JSON") from error
        return CommandEnvelope(text)


def _encodable(text: str) -> str:
    """A text that UTF-8 can encode, whatever it quotes."""
    return text.encode("utf-8", "replace").decode("utf-8")
