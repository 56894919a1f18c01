"""One month of one person as a page to print: no scripts, pictures inside, nothing fetched from anywhere."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from firmware import words
from firmware.storage import journal
from firmware.words import journal as journal_words
from firmware.words.quantities import kilograms

if TYPE_CHECKING:
    from firmware.storage.history import Detail
    from hardware.board import Board

Element = ET.Element
INK, FAINT, FILLED, PAPER = "#22233a", "#857c70", "#414d9e", "#f1ede4"
STYLE: Final = f"""
@page {{ size: A4; margin: 16mm }}
body {{ font: 11pt/1.45 system-ui, sans-serif; color: {INK}; max-width: 178mm; margin: 0 auto; padding: 4mm }}
h1 {{ font-size: 20pt; margin: 0 }} h2 {{ font-size: 13pt; margin: 7mm 0 2mm; break-after: avoid }}
.badge {{ display: inline-block; background: {INK}; color: #fff; padding: 1mm 3mm; font-weight: bold }}
table {{ border-collapse: collapse; width: 100%; font-size: 9.5pt }}
th, td {{ text-align: left; vertical-align: top; padding: 1mm 2mm 1mm 0; border-bottom: .2mm solid {FAINT} }}
td:nth-child(-n + 2) {{ white-space: nowrap }}
tr, svg {{ break-inside: avoid }} svg {{ width: 100%; height: auto }} .small {{ font-size: 9pt }}
"""
BARS: Final = (620.0, 120.0)  # width and height of a picture, in units of its own
PAIN_ROW: Final = 16.0
CELL: Final = (70.0, 44.0)
DARK: Final = 0.5  # share of the colour from which its number is white


@dataclass(frozen=True, slots=True)
class Month:
    """Sessions of a month, oldest first. first is its first day."""

    person: str
    first: dt.date
    details: "tuple[Detail, ...]"

    @property
    def days(self) -> int:
        """How many days the month has."""
        return ((self.first.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - self.first).days


def month_page(month: Month, board: "Board") -> str:
    """Return the page as HTML."""
    html = ET.Element("html", lang="en")
    head = _add(html, "head")
    _add(head, "meta", charset="utf-8")
    title = f"{month.first:%B %Y} on the mat: {month.person}"
    _add(head, "title", title)
    _add(head, "style", STYLE)
    body = _add(html, "body")
    _add(body, "h1", title)
    sessions = [one.session for one in month.details]
    if any(one.simulated for one in sessions):
        _add(_add(body, "p"), "span", "SIMULATED: no person is behind these figures", **{"class": "badge"})
    counted = [one for one in sessions if one.counted]
    minutes = sum(one.lying_s for one in counted) / 60
    _add(body, "p", f"{words.PRODUCT} {_times(len(counted))}, {minutes:.0f} minutes on the mat.")
    if sessions:
        body.extend(_pictures(month, board))
        _add(body, "h2", "Each session")
        body.append(_table(month.details))
    _add(body, "h2", "How to read this")
    _add(body, "p", journal_words.TRENDS)
    _add(body, "p", words.DISCLAIMER, **{"class": "small"})
    return "<!DOCTYPE html>\n" + ET.tostring(html, encoding="unicode", method="html") + "\n"


def _pictures(month: Month, board: "Board") -> Iterator[Element]:
    yield _heading("Minutes each day")
    yield _minutes(month)
    rated = [(one, *_pain(one)) for one in month.details]
    known = [(one, before, after) for one, before, after in rated if isinstance(before, int) and isinstance(after, int)]
    if known:
        yield _heading("Back pain before (open) and after (filled), 0 to 10")
        yield _pain_picture(known)
    maps = [one.map_n for one in month.details if one.map_n is not None]
    if maps:
        yield _heading("Where your weight lay on average, in kg, seen from above")
        yield _map_picture(sum(maps) / len(maps), board)


def _minutes(month: Month) -> Element:
    """Return a bar for each day of the month."""
    by_day = [0.0] * month.days
    for one in month.details:
        by_day[_local(one).day - 1] += one.session.lying_s / 60
    width, height = BARS
    step, most = width / month.days, max(*by_day, 1.0)
    svg = _svg(width, height + 22, f"Minutes on the mat for each day of {month.first:%B %Y}")
    for number, minutes in enumerate(by_day):
        tall, x = minutes / most * (height - 14), number * step
        if minutes:
            _add(svg, "rect", x=f"{x + 2:.1f}", y=f"{height - tall:.1f}", width=f"{step - 4:.1f}",
                 height=f"{tall:.1f}", fill=FILLED)  # fmt: skip
            _text(svg, x + step / 2, height - tall - 3, f"{minutes:.0f}")
        _text(svg, x + step / 2, height + 16, str(number + 1), fill=FAINT)
    return svg


def _pain_picture(known: "Sequence[tuple[Detail, int, int]]") -> Element:
    left, step = 90.0, 50.0
    svg = _svg(BARS[0], PAIN_ROW * (len(known) + 1) + 6, "Back pain before and after each session, 0 to 10")
    for number, (one, before, after) in enumerate(known):
        y = PAIN_ROW * number + 12
        _text(svg, 0, y + 4, f"{_local(one):%a} {_local(one).day}", anchor="start")
        x1, x2 = left + step * before, left + step * after
        _add(svg, "line", x1=f"{x1:g}", x2=f"{x2:g}", y1=f"{y:g}", y2=f"{y:g}", stroke=FILLED)
        _add(svg, "circle", cx=f"{x1:g}", cy=f"{y:g}", r="5", fill="#fff", stroke=FILLED)
        _add(svg, "circle", cx=f"{x2:g}", cy=f"{y:g}", r="3.5", fill=FILLED)
    for value in range(0, 11, 5):
        _text(svg, left + step * value, PAIN_ROW * len(known) + 14, str(value), fill=FAINT)
    return svg


def _map_picture(newtons: "Sequence[float]", board: "Board") -> Element:
    """Return the cells where they lie: head on top, the left hand on the right, as seen from above."""
    across, along = CELL
    width, height = across * board.cols, along * board.rows
    svg = _svg(BARS[0], height + 34, "Average load of each cell")
    most, x0 = max(*newtons, 1.0), (BARS[0] - width) / 2
    _text(svg, BARS[0] / 2, 11, "Head")
    for cell in board.cells:
        x, y = x0 + (board.cols - 1 - cell.col) * across, 16 + (board.rows - 1 - cell.row) * along
        share = max(newtons[cell.index], 0.0) / most
        _add(svg, "rect", x=f"{x:g}", y=f"{y:g}", width=f"{across - 2:g}", height=f"{along - 2:g}", rx="4",
             fill=_mixed(share))  # fmt: skip
        _text(svg, x + across / 2 - 1, y + along / 2 + 4, f"{kilograms(newtons[cell.index]):.1f}",
              fill="#fff" if share > DARK else INK)  # fmt: skip
    _text(svg, x0, height + 30, "Your right", anchor="start")
    _text(svg, BARS[0] / 2, height + 30, "Hips")
    _text(svg, x0 + width - 2, height + 30, "Your left", anchor="end")
    return svg


def _table(details: "Sequence[Detail]") -> Element:
    table = ET.Element("table")
    row = _add(table, "tr")
    for name in ("When", "On the mat", "How it ended", "Moved", "Hurt", "Got up", "Your notes"):
        _add(row, "th", name)
    for one in details:
        session, row = one.session, _add(table, "tr")
        local = _local(one)
        notes = "; ".join(f"{phase}: {', '.join(journal.said_texts(said))}" for phase, said in one.said.items())
        for text in (
            f"{local:%a} {local.day} {local:%b} {local:%H:%M}",
            f"{session.lying_s / 60:.0f} of {session.goal_s / 60:.0f} min",
            words.ENDED.get(session.reason, ""),
            str(session.wiggles or "–"),
            str(session.discomforts or "–"),
            words.EXIT_SHORT.get(session.exit, "–"),
            notes,
        ):
            _add(row, "td", text)
    return table


def _pain(one: "Detail") -> tuple[int | None, int | None]:
    before, after = one.said.get("before"), one.said.get("after")
    return (before.back_pain if before else None), (after.back_pain if after else None)


def _local(one: "Detail") -> dt.datetime:
    return dt.datetime.fromtimestamp(one.session.start_s or 0.0).astimezone()


def _times(number: int) -> str:
    return "One session" if number == 1 else f"{number} sessions"


def _mixed(share: float) -> str:
    """Return a colour between paper and filled."""
    low, high = bytes.fromhex(PAPER[1:]), bytes.fromhex(FILLED[1:])
    return "#" + bytes(round(one + (two - one) * share) for one, two in zip(low, high, strict=True)).hex()


def _svg(width: float, height: float, label: str) -> Element:
    return ET.Element("svg", {"viewBox": f"0 0 {width:g} {height:g}", "role": "img", "aria-label": label})


def _text(parent: Element, x: float, y: float, text: str, *, fill: str = INK, anchor: str = "middle") -> None:
    place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "fill": fill, "text-anchor": anchor, "font-size": "11"}
    _add(parent, "text", text, **place)


def _heading(text: str) -> Element:
    made = ET.Element("h2")
    made.text = text
    return made


def _add(parent: Element, tag: str, content: str | None = None, **attributes: str) -> Element:
    made = ET.SubElement(parent, tag, attributes)
    made.text = content
    return made
