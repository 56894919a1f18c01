"""The errors of a set of load cells and converters, each as a named number."""

import msgspec

from sim.bounds import Bounds, check_bounds

BOUNDS: Bounds = {
    "gain_spread": (0, 0.2),
    "zero_spread_counts": (0, 1e6),
    "noise_nv": (0, 5e4),
    "supply_v": (1, 6),
    "hum_nv": (0, 5e4),
    "offcentre_share": (0, 0.3),
    "crosstalk_share": (0, 0.2),
    "creep_share": (0, 0.05),
    "creep_s": (1, 1e5),
    "hysteresis_full_scale": (0, 0.05),
    "hysteresis_span_n": (0.1, 1000),
    "zero_full_scale_per_k": (0, 0.01),
    "span_per_k": (0, 0.01),
    "warming_k": (0, 20),
    "warming_s": (1, 1e5),
    "room_k": (0, 20),
    "drift_n_per_h": (-200, 200),
    "drift_spread_n_per_h": (0, 200),
    "glitch_share": (0, 1),
}


class CellModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The errors of the cells; with every number 0 they are perfect.

    Shares are of full scale where the name says so, else of the load. Catalogues: 0.02 % of full scale a kelvin for
    zero and span, 0.03 to 0.2 % creep, 0.03 to 0.1 % hysteresis; the data sheet of the converter 90 nV noise at 80 Hz
    and 50 nV at 10 Hz, of which real boards show about twice. Crosstalk is the cover sheet that bridges two tiles.
    """

    gain_spread: float = 0.08
    zero_spread_counts: float = 100_000.0
    noise_nv: float = 180.0  # rms at 80 Hz; 5/9 of it at 10 Hz
    supply_v: float = 3.3  # excitation and reference of the bridge
    hum_nv: float = 10.0  # what is left of 50 Hz mains
    offcentre_share: float = 0.02  # gain at the edge of a tile against its middle
    crosstalk_share: float = 0.04  # of a tile's load that goes to each neighbour
    creep_share: float = 0.0005
    creep_s: float = 600.0
    hysteresis_full_scale: float = 0.0003
    hysteresis_span_n: float = 40.0
    zero_full_scale_per_k: float = 0.0002
    span_per_k: float = 0.0002
    warming_k: float = 2.0  # a body warms the cells under it
    warming_s: float = 900.0
    room_k: float = 1.0  # how far the room wanders in an hour
    drift_n_per_h: float = 0.0  # of every cell alike
    drift_spread_n_per_h: float = 0.2  # and each by itself
    glitch_share: float = 1e-6  # wild codes that no check of the reading detects

    def __post_init__(self) -> None:
        check_bounds(self, BOUNDS)


PERFECT_CELLS = CellModel(
    gain_spread=0,
    zero_spread_counts=0,
    noise_nv=0,
    hum_nv=0,
    offcentre_share=0,
    crosstalk_share=0,
    creep_share=0,
    hysteresis_full_scale=0,
    zero_full_scale_per_k=0,
    span_per_k=0,
    warming_k=0,
    room_k=0,
    drift_spread_n_per_h=0,
    glitch_share=0,
)
