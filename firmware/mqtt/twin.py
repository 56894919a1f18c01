"""Another mat with the same id, distinguished from a broker that restarts: it publishes an info of its own."""

import msgspec

from firmware.mqtt.topics import INFO, TopicNames


class TwinWatch:
    """The mat subscribes to its own info. Once the broker has this run's, any other run's is that of a twin."""

    def __init__(self, names: TopicNames, run_id: str) -> None:
        self._topic, self._run_id = names.of(INFO), run_id
        self._published = False
        self._reported = False

    def connected(self) -> None:
        """On a new connection a twin may be reported once more."""
        self._reported = False

    def published(self, path: str) -> None:
        """The broker has acknowledged a retained topic."""
        self._published = self._published or path == self._topic

    def is_twin(self, topic: str, payload: bytes) -> bool:
        """Whether a message shows a twin; True once a connection."""
        if topic != self._topic or not self._published or self._reported:
            return False
        try:
            run = msgspec.json.decode(payload).get("run")
        except (msgspec.MsgspecError, AttributeError, RecursionError):
            return False
        self._reported = isinstance(run, str) and run != self._run_id
        return self._reported
