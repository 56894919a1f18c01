"""Runs in the lane's kernel: reads frames of the default board through a virtio GPIO chip and prints them as JSON."""

import json
import sys

from firmware.drivers.direct import DirectSource
from firmware.drivers.gpiochip import GpiochipLines
from hardware import board as boards


def main(wanted: int) -> None:
    """Read until so many frames are whole, at most three times as many."""
    board = boards.load_board()
    source = DirectSource(GpiochipLines(board, "/dev/gpiochip0"), board)
    heard: list[dict[str, object]] = []
    good = 0
    while good < wanted and len(heard) < 3 * wanted:
        frames = source.read(1.0)
        if frames is None:
            break
        (t_ns,), (counts,), (status,) = frames.t_ns.tolist(), frames.counts.tolist(), frames.status.tolist()
        heard.append({"t_ns": t_ns, "counts": counts, "status": status})
        good += not any(status)
    source.close()
    json.dump({"frames": heard}, sys.stdout)


if __name__ == "__main__":
    main(int(sys.argv[1]))
