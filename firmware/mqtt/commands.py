"""What comes in on cmd/<name>: read, weighed and handed to the dispatcher; each is answered on cmd_result.

A command is a bare value, or a JSON object with value and, if wanted, id (given back in the answer) and t (seconds
since 1970: an old command is not obeyed). Retained ones are not obeyed: they would be again at every start. Nothing
that comes this way erases anything, or makes the mat louder or brighter than its settings allow.
"""

import json
from collections import deque
from collections.abc import Callable
from typing import Final

import msgspec

from firmware.clock import Clock
from firmware.commands import Request, refusal
from firmware.mqtt.topics import COMMAND, RESULT

PAYLOAD_MAX_BYTES: Final = 512  # bytes
BURST: Final = 10
PER_S: Final = 1.0
MAX_AGE_S: Final = 30.0
RESULTS_MAX: Final = 32
LOCAL_ONLY: Final = ("remove_person",)


class Envelope(msgspec.Struct, forbid_unknown_fields=True):
    """A command with its labels."""

    value: object = None
    id: str | int | None = None
    t: float | None = None


class CommandReceiver:
    """One mat's ear. serve takes a request from any thread and answers it once; it never blocks."""

    def __init__(
        self, device_id: str, submit: Callable[[Request], None], clock: Clock, wall_is_set: Callable[[], bool]
    ) -> None:
        self._prefix = COMMAND.of(device_id).removesuffix("+")
        self.result_topic = RESULT.of(device_id)
        self.subscriptions = COMMAND.of(device_id)
        self._submit, self._clock, self._wall_is_set = submit, clock, wall_is_set
        self._results: deque[bytes] = deque(maxlen=RESULTS_MAX)
        self._tokens, self._filled_s = float(BURST), self._now_s()
        self.ignored = 0

    def take(self, topic: str, payload: bytes, *, retained: bool) -> bool:
        """Hear a message; false when it is no command at all."""
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
        refused = self._expired(envelope) or refusal(name, envelope.value)
        if name in LOCAL_ONLY:
            refused = "not by MQTT: whoever reaches the broker could erase what people have kept"
        if refused is not None:
            self._queue_result(name, envelope.id, refused)
            return True
        known = envelope.id
        self._submit(Request(name, envelope.value, lambda error: self._queue_result(name, known, error)))
        return True

    def next_result(self) -> bytes | None:
        """Take out the oldest answer."""
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

    def _expired(self, envelope: Envelope) -> str | None:
        if envelope.t is None or not self._wall_is_set():
            return None
        return None if self._clock.wall_s() - envelope.t <= MAX_AGE_S else f"older than {MAX_AGE_S:g} s"

    @staticmethod
    def _read(payload: bytes) -> Envelope:
        """Raise ValueError with what to mend."""
        if len(payload) > PAYLOAD_MAX_BYTES:
            raise ValueError(f"{len(payload)} bytes: give at most {PAYLOAD_MAX_BYTES}")
        text = payload.decode("utf-8", errors="strict").strip()
        if text.startswith("{"):
            try:
                return msgspec.json.decode(text, type=Envelope)
            except msgspec.MsgspecError as error:
                raise ValueError(f"{error}: give value, id and t") from error
        try:
            bare = json.loads(text) if text else None
        except (ValueError, RecursionError):
            bare = text
        return Envelope(bare)

    def _queue_result(self, name: str, known: str | int | None, error: str | None) -> None:
        result: dict[str, object] = {"v": 1, "id": known, "name": name[:64], "ok": error is None, "error": error}
        result["t"] = round(self._clock.wall_s(), 3) if self._wall_is_set() else None
        self._results.append(msgspec.json.encode(result))
