"""From the newest tick to the retained topics and live frames; runs in the thread of the publisher."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from firmware.clock import Clock
from firmware.mqtt.commands import CommandReceiver
from firmware.mqtt.diagnostics import AgeWatch, DiagTopic, LinkFigures
from firmware.mqtt.link import ProtocolVersion
from firmware.mqtt.live import LiveLease
from firmware.mqtt.outbox import Outbox
from firmware.mqtt.parts import MatParts
from firmware.mqtt.payloads import live_payload
from firmware.mqtt.pressure_map import levels, picture
from firmware.mqtt.retained_state import RetainedState
from firmware.mqtt.snapshot import Snapshot
from firmware.mqtt.state_topic import SessionMoments, StateTopic
from firmware.mqtt.stored_values import StoredValues
from firmware.view import Tick
from hardware.board import Board

if TYPE_CHECKING:
    from firmware.mqtt.uplink import Uplink

REFRESH_S: Final = 0.5  # for what changes without a tick, such as the result of a command


class Telemetry:
    """What a dashboard sees."""

    def __init__(
        self,
        outbox: Outbox,
        retained: RetainedState,
        parts: MatParts,
        *,
        board: Board,
        clock: Clock,
        wall_is_set: Callable[[], bool],
        shares: tuple[str, ...],
        commands: CommandReceiver | None,
        lease: LiveLease,
        live_topic: str,
    ) -> None:
        self._outbox, self._retained, self._board = outbox, retained, board
        self._clock, self._wall_is_set, self._parts = clock, wall_is_set, parts
        self._shares, self._commands, self._lease, self._live_topic = shares, commands, lease, live_topic
        self._state, self._moments = StateTopic(shares), SessionMoments(clock)
        self._diag = DiagTopic(self._now_s())
        self._map: tuple[int | None, ...] | None = None
        self._tick: Tick | None = None
        self._refreshed_s = float("-inf")
        self._announced: tuple[str, ...] = ()
        self.ages, self.stored = AgeWatch(), StoredValues(parts)

    def people(self) -> tuple[str, ...]:
        """Return the names to choose from, and note that a dashboard knows them."""
        control = self._parts.control()
        self._announced = control.plan.people if control is not None and "person" in self._shares else ()
        return self._announced

    def refresh(self, uplink: "Uplink") -> None:
        """Update the retained topics from the newest tick."""
        before, tick, now_s = self._tick, self._outbox.latest(), self._now_s()
        if tick is None or (tick is before and now_s - self._refreshed_s < REFRESH_S):
            return
        self._tick, self._refreshed_s = tick, now_s
        self._moments.follow(tick, wall_is_set=self._wall_is_set())
        control = self._parts.control()
        announced = self._announced
        if self.people() != announced:
            self._retained.set_discovery()
        self.stored.read(now_s, control, self._outbox.session_id)
        snapshot = Snapshot(
            tick._replace(faults=self._parts.faults()),
            self._board,
            session_id=self._outbox.session_id,
            started_s=self._moments.started_s,
            goal_reached_s=self._moments.goal_reached_s,
            control=control,
            week=self.stored.week,
            notes=self.stored.notes,
            last_command=None if self._commands is None else self._commands.last,
            accepts_commands=self._retained.accepts_commands,
        )
        self._retained.set_state(*self._state.payload(snapshot))
        if self._outbox.last_session is not None:
            self._retained.last_session.wanted = self._outbox.last_session
        self._draw(tick)
        if self._diag.due(now_s):
            self._retained.diag.wanted = self._diag.payload(
                now_s, tick, self._parts.machine(), self._link(uplink), worst_age_ms=self.ages.worst_ms()
            )

    def live(self) -> tuple[str, bytes] | None:
        """Return topic and payload of a live frame that is due."""
        if self._tick is None or not self._lease.due(self._now_s()):
            return None
        wall_s = self._clock.wall_s() if self._wall_is_set() else None
        payload = live_payload(self._tick, self._board, self._lease.frames, wall_s)
        return None if payload is None else (self._live_topic, payload)

    def _now_s(self) -> float:
        return self._clock.boottime_ns() / 1e9

    def _draw(self, tick: Tick) -> None:
        """Draw the picture where its levels changed; an empty mat is one picture."""
        if tick.signals is None:
            return
        cells_n = tick.signals.cells_n if tick.view.occupied else (0.0,) * len(tick.signals.cells_n)
        shown = levels(cells_n, tick.view.lost)
        if shown != self._map:
            self._map = shown
            self._retained.map.wanted = picture(self._board, shown)

    def _link(self, uplink: "Uplink") -> LinkFigures:
        counts = uplink.counts
        return LinkFigures(
            outbox=len(self._outbox),
            outbox_dropped=self._outbox.events_dropped,
            refused=counts.messages_refused,
            reconnects=max(counts.connections - 1, 0),
            protocol=(uplink.version if uplink.connected else ProtocolVersion.V5).value,
            first_seq=self._outbox.first_seq,
            last_seq=self._outbox.last_seq,
        )
