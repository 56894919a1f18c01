"""How the packages of the other backends are installed: acumat comes from a checkout, no index has it."""

import sys


def how_to_install(extra: str) -> str:
    """Give the command for one of the extras of pyproject.toml, with the Python that runs now."""
    return (
        f"in the checkout of acumat type {sys.executable} -m pip install '.[{extra}]', with sudo where you are not root"
    )
