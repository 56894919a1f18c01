"""`acumat`, also as `python -m firmware`."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read when numpy is imported: no thread and no buffer for each core

from firmware.cli.main import acumat


def main() -> None:
    """Run the command line."""
    acumat(prog_name="acumat")


if __name__ == "__main__":
    main()
