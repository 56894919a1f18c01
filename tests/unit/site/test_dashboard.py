"""The Grafana dashboard against the types of Grafana: no key that it does not know, no measure that is not stored."""

import json
import re
from pathlib import Path
from typing import Any

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from firmware.site.measures import DIAGNOSTICS, NUMBERS, SWITCHES

FILE = Path(__file__).parents[3] / "systemd/site/grafana.json"


def left_out(given: Any, kept: Any, path: str = "") -> list[str]:  # noqa: ANN401 - JSON
    """Return the places of a document that are missing or different in another one."""
    if isinstance(given, dict) and isinstance(kept, dict):
        return [place for key in given for place in left_out(given[key], kept.get(key, "nothing"), f"{path}/{key}")]
    if isinstance(given, list) and isinstance(kept, list) and len(given) == len(kept):
        return [place for index, one in enumerate(given) for place in left_out(one, kept[index], f"{path}/{index}")]
    return [] if given == kept else [path]


def through_grafana(document: Any) -> Any:  # noqa: ANN401 - JSON
    """Return a dashboard as Grafana's types read it and write it again."""
    register_default_plugins()
    return json.loads(JSONEncoder(sort_keys=True).encode(Dashboard.from_json(document)))


def test_grafana_knows_every_key() -> None:
    """Its types drop what they do not know, as a misspelt key shows."""
    document = json.loads(FILE.read_text("utf-8"))
    assert left_out(document, through_grafana(json.loads(FILE.read_text("utf-8")))) == []
    document["panels"][0]["gridpos"] = {}
    assert left_out(document, through_grafana(document)) == ["/panels/0/gridpos"]


def test_every_measure_is_one_that_the_collector_writes() -> None:
    """Each panel asks for at least one."""
    document = json.loads(FILE.read_text("utf-8"))
    written = {f"acumat_{name}" for name in (*NUMBERS, *SWITCHES, *DIAGNOSTICS, "frames")}
    for panel in document["panels"]:
        asked = set(re.findall(r"acumat_\w+", panel["targets"][0]["expr"]))
        assert asked, panel["title"]
        assert asked <= written
