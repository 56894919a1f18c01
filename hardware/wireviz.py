"""Sheets written for WireViz, a development tool that draws cables (its input is YAML)."""

import json
from collections.abc import Iterator

from hardware.board import Board
from hardware.bom import bom_items
from hardware.sheets import WiringBox, WiringCable, WiringSheet

HEAD = "# Made by `python -m hardware.drawing` from the board file: change that one, not this page.\n"


def harness_yml(board: Board, sheet: WiringSheet) -> str:
    """Return one sheet as WireViz YAML."""
    texts = {item.part.id: item.text for item in bom_items(board)}
    built = f" (built {sheet.copies} times)" if sheet.copies > 1 else ""
    document = {
        "metadata": {"title": sheet.title + built, "notes": "Not tried on real parts yet."},
        "options": {"bgcolor": "WH", "fontname": "sans", "mini_bom_mode": False},
        "connectors": {box.name: _box(box, texts) for box in sheet.boxes},
        "cables": {cable.name: _cable(cable, texts) for cable in sheet.cables},
        "connections": [_connection(cable) for cable in sheet.cables],
    }
    return HEAD + "\n".join(_yaml(document)) + "\n"


def _box(box: WiringBox, texts: dict[str, str]) -> dict[str, object]:
    made: dict[str, object] = {"type": box.text, "pinlabels": list(box.pins)}
    if box.note:
        made["notes"] = box.note
    if box.parts:
        made["additional_components"] = [{"type": texts[part], "qty": pieces} for part, pieces in box.parts]
    return made


def _cable(cable: WiringCable, texts: dict[str, str]) -> dict[str, object]:
    made: dict[str, object] = {"colors": [colour for _, colour, _ in cable.wires]}
    if cable.part:
        made |= {"type": texts[cable.part].split(",")[0], "length": round(cable.length_m, 2)}
    return made


def _connection(cable: WiringCable) -> list[dict[str, object]]:
    return [
        {cable.start: [here for here, _, _ in cable.wires]},
        {cable.name: list(range(1, len(cable.wires) + 1))},
        {cable.end: [there for _, _, there in cable.wires]},
    ]


def _yaml(value: object, indent: int = 0) -> Iterator[str]:
    """Yield block YAML of nested dicts and lists; scalars and flat lists as JSON, which YAML understands."""
    pad = "  " * indent
    if isinstance(value, dict):
        for key, item in value.items():
            if _is_flat(item):
                yield f"{pad}{json.dumps(key)}: {json.dumps(item)}"
            else:
                yield f"{pad}{json.dumps(key)}:"
                yield from _yaml(item, indent + 1)
    elif isinstance(value, list):
        for item in value:
            first, *rest = _yaml(item, indent + 1)
            yield f"{pad}- {first.lstrip()}"
            yield from rest


def _is_flat(value: object) -> bool:
    inner = value if isinstance(value, list) else ()
    return not isinstance(value, dict) and not any(isinstance(item, dict | list) for item in inner)
