"""`acumat`, also as `python -m firmware`."""

from firmware.cli.main import acumat


def main() -> None:
    """Run the command line."""
    acumat(prog_name="acumat")


if __name__ == "__main__":
    main()
