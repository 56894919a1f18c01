"""What is read from the database for the page, one connection a request. Every function runs in a thread of its own."""

import math
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Final

from firmware import words
from firmware.storage import connection, history, journal, records
from firmware.web import messages as m
from firmware.words.quantities import kilograms

if TYPE_CHECKING:
    from firmware.programme.levels import Programme

DAY_S: Final = 86_400.0
MARKS: Final = ("wiggle", "repositioned", "discomfort", "eased")
LAST_TIME: Final = ("cover", "surface", "head", "knees")
ENTRIES: Final = 100


class Reader:
    """The database of a mat, opened for each question."""

    def __init__(self, path: Path, cells: int, programme: "Programme") -> None:
        self._path, self._cells, self._programme = path, cells, programme

    def open(self) -> sqlite3.Connection:
        """Return a new connection for reading. Raises StorageError."""
        return connection.read_only(self._path)

    def sessions(self, limit: int) -> m.Sessions:
        """Return the newest sessions of the person whose turn it is; a guest sees all."""
        base = self.open()
        try:
            found = history.sessions(base, person=_whose(base), limit=limit)
            return m.Sessions(tuple(self._line(one) for one in found))
        finally:
            base.close()

    def session(self, number: int) -> m.SessionDetail | None:
        """Return one session in full; None when the person has none of that number."""
        base = self.open()
        try:
            order = [one.id for one in history.sessions(base, person=_whose(base))]
            detail = history.session(base, number, self._cells) if number in order else None
            if detail is None:
                return None
            place = order.index(number)
            return self._detail(
                detail,
                earlier=order[place + 1] if place + 1 < len(order) else None,
                later=order[place - 1] if place else None,
            )
        finally:
            base.close()

    def journal(self) -> m.Journal:
        """Return the newest entries, how the person lay last time, and the session that an entry would be about."""
        base = self.open()
        try:
            who = _whose(base)
            entries = tuple(_entries(base, who))
            last: dict[str, object] = {}
            for entry in entries:
                for name in LAST_TIME:
                    value = getattr(entry.said, name)
                    if value is not None:
                        last.setdefault(name, value)
            newest = history.sessions(base, person=who, limit=1)
            return m.Journal(entries, journal.JournalAnswers(**last), self._line(newest[0]) if newest else None)  # type: ignore[arg-type]  # the names are fields of it
        finally:
            base.close()

    def newest_session(self) -> tuple[str | None, int | None]:
        """Return the person whose turn it is (None for the guest) and the number of their newest closed session."""
        base = self.open()
        try:
            who = _whose(base)
            newest = history.sessions(base, person=who, limit=1)
            return who, newest[0].id if newest else None
        finally:
            base.close()

    def trends(self, weeks: int, now_s: float, week_sessions: int, week_target: int) -> m.TrendsView:
        """Return the weeks before now."""
        base = self.open()
        try:
            who = _whose(base)
            every = history.sessions(base, person=who)
            first_s = min((one.start_s for one in every if one.start_s is not None), default=now_s)
            weeks = weeks or max(1, math.ceil((now_s - first_s) / history.WEEK_S))
            found = history.trends(base, person=who, weeks=weeks, now_s=now_s)
            return m.TrendsView(
                weeks=tuple(m.WeekBar(one.start_s, round(one.minutes, 1), one.sessions) for one in found.weeks),
                pain=tuple(m.PainPair(one.start_s, one.before, one.after) for one in found.pain),
                eased=tuple(m.EasedPoint(start_s, round(seconds, 1)) for start_s, seconds in found.eased),
                sessions=found.sessions,
                day=max(1, math.ceil((now_s - first_s) / DAY_S)),
                week_sessions=week_sessions or (found.weeks[-1].sessions if found.weeks else 0),
                week_target=week_target,
                simulated=found.simulated,
            )
        finally:
            base.close()

    # --- parts -----------------------------------------------------------------------------------
    def _line(self, one: history.Session) -> m.SessionLine:
        level = None if one.level is None or one.level > len(self._programme.level) else one.level
        step = None if level is None else (self._programme.level[level - 1] if level else self._programme.gentle)
        return m.SessionLine(
            id=one.id, start_s=one.start_s, lying_s=round(one.lying_s, 1), goal_s=one.goal_s, reason=one.reason,
            counted=one.counted, simulated=one.simulated, level=level,
            cover=None if step is None else words.COVER_SHORT[step.cover],
            surface=None if step is None else words.SURFACE_SHORT[step.surface],
        )  # fmt: skip

    def _detail(self, detail: history.Detail, *, earlier: int | None, later: int | None) -> m.SessionDetail:
        one, curves = detail.session, detail.curves
        marks = tuple(m.Mark(round(mark.at_s, 1), mark.kind) for mark in detail.markers if mark.kind in MARKS)
        return m.SessionDetail(
            session=self._line(one),
            stages=tuple(m.Mark(round(mark.at_s, 1), mark.kind) for mark in detail.stages),
            marks=marks,
            load_kg=m.Curve(
                tuple(curves.t_s.tolist()), tuple(_kilograms(load_n) for load_n in curves.curves[:, 0].tolist())
            ),
            maps=tuple(
                m.StoredMap(at_s, tuple(_kilograms(load_n) for load_n in row))
                for at_s, row in zip(curves.map_t_s.tolist(), curves.maps.tolist(), strict=True)
            ),
            eased_s=one.eased_s,
            moves=sum(mark.kind == "wiggle" for mark in marks),
            lifts=sum(mark.kind == "repositioned" for mark in marks),
            exit=words.EXIT_SHORT.get(one.exit, words.EXIT_SHORT["unknown"]),
            ended=words.ENDED.get(one.reason, ""),
            earlier=earlier,
            later=later,
            said=detail.said,
        )


def _kilograms(load_n: float) -> float | None:
    return None if math.isnan(load_n) else max(round(kilograms(load_n), 1), 0.0)


def _whose(base: sqlite3.Connection) -> str | None:
    who = records.people(base).who
    return None if who.guest else who.name


def _entries(base: sqlite3.Connection, who: str | None) -> "list[m.Entry]":
    text = (
        "SELECT entry_dated.* FROM entry_dated LEFT JOIN person ON person.id = entry_dated.person "
        "WHERE ? IS NULL OR person.name = ? ORDER BY entry_dated.id DESC LIMIT ?"
    )
    found = []
    for row in base.execute(text, (who, who, ENTRIES)):
        said = journal.decoded(row["body"])
        if said is not None:
            found.append(m.Entry(row["at_s"], row["phase"], row["session"], said))
    return found
