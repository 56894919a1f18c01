"""Lines for VictoriaMetrics: enrolled mats, known keys, numbers."""

from firmware.site.live import Newest
from firmware.site.measures import lines


def test_only_enrolled_mats_and_known_numbers_become_lines() -> None:
    """A name or a text never becomes a label, and no payload makes a new series."""
    newest = Newest(
        {
            "state": {
                "attic": b'{"load_kg":41.5,"occupied":"ON","fault":"maybe","new":7,"wiggles":true}',
                "nobody": b'{"load_kg":1}',
            },
            "live": {"attic": b'{"load_kg":42.25}', "cellar": b"{"},
        },
        {"attic": 50, "cellar": 3},
    )
    assert lines("north", newest, {"attic": None, "cellar": None}, 1234) == [
        "acumat,site=north,mat=attic frames=50,load_kg=42.25,occupied=1 1234",
        "acumat,site=north,mat=cellar frames=3 1234",
    ]
