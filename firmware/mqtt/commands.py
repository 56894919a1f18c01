"""Commands from cmd/<name>: parsed, validated and submitted to the dispatcher; each result goes to cmd_result.

A command is a bare value, or a JSON object with value and optionally id (repeated in the result) and t (seconds since
1970; an old command is rejected). Retained commands are ignored: they would be executed again at every connection. No
command from MQTT erases data, or makes the mat louder or brighter than its settings allow.
"""

from collections import deque
from collections.abc import Callable
from typing import Annotated, Final

import msgspec

from firmware.clock import Clock
from firmware.commands import Request, request_refusal
from firmware.mqtt.topics import COMMAND, RESULT

PAYLOAD_MAX_BYTES: Final = 512  # bytes
BURST: Final = 10
PER_S: Final = 1.0
MAX_AGE_S: Final = 30.0
RESULTS_MAX: Final = 32
LOCAL_ONLY: Final = ("remove_person",)


Value = bool | int | float | str | None


class CommandEnvelope(msgspec.Struct, forbid_unknown_fields=True):
    """A command with its id and time."""

    value: Value = None
    id: Annotated[str, msgspec.Meta(max_length=64)] | int | None = None
    t: float | None = None


class CommandReceiver:
    """Receives the commands of one mat. submit must accept a request from any thread, answer it once, never block."""

    def __init__(
        self, device_id: str, submit: Callable[[Request], None], clock: Clock, wall_is_set: Callable[[], bool]
    ) -> None:
        self.subscription = COMMAND.of(device_id)
        self._prefix = self.subscription.removesuffix("+")
        self.result_topic = RESULT.of(device_id)
        self._submit, self._clock, self._wall_is_set = submit, clock, wall_is_set
        self._results: deque[bytes] = deque(maxlen=RESULTS_MAX)
        self._tokens, self._filled_s = float(BURST), self._now_s()
        self.ignored = 0

    def receive(self, topic: str, payload: bytes, *, retained: bool) -> bool:
        """Process a message; False when its topic is not a command topic."""
        if not topic.startswith(self._prefix):
            return False
        name = topic.removeprefix(self._prefix)
        if retained or not self._take_token():
            self.ignored += 1
            return True
        try:
            envelope = self._read(payload)
        except ValueError as error:
            self._queue_result(name, None, str(error))
            return True
        refused = self._expired(envelope) or request_refusal(name, envelope.value)
        if name in LOCAL_ONLY:
            refused = "not available over MQTT, where any client of the broker could erase personal data"
        if refused is not None:
            self._queue_result(name, envelope.id, refused)
            return True
        request_id = envelope.id
        self._submit(Request(name, envelope.value, lambda error: self._queue_result(name, request_id, error)))
        return True

    def next_result(self) -> bytes | None:
        """Remove and return the oldest result, None when there is none."""
        return self._results.popleft() if self._results else None

    def _now_s(self) -> float:
        return self._clock.boottime_ns() / 1e9

    def _take_token(self) -> bool:
        now_s = self._now_s()
        self._tokens = min(float(BURST), self._tokens + PER_S * (now_s - self._filled_s))
        self._filled_s = now_s
        if self._tokens < 1.0:
            return False
        self._tokens -= 1.0
        return True

    def _expired(self, envelope: CommandEnvelope) -> str | None:
        if envelope.t is None or not self._wall_is_set():
            return None
        return None if self._clock.wall_s() - envelope.t <= MAX_AGE_S else f"older than {MAX_AGE_S:g} s"

    @staticmethod
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

    def _queue_result(self, name: str, request_id: str | int | None, error: str | None) -> None:
        result: dict[str, object] = {
            "v": 1,
            "id": request_id,
            "name": name[:64],
            "ok": error is None,
            "error": _encodable(error),
        }
        result["t"] = round(self._clock.wall_s(), 3) if self._wall_is_set() else None
        self._results.append(msgspec.json.encode(result))


def _encodable(text: str | None) -> str | None:
    """A reason of a rejection that UTF-8 can encode, whatever it quotes."""
    return None if text is None else text.encode("utf-8", "replace").decode("utf-8")
