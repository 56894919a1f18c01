"""How to install the packages of the optional backends; acumat is installed from a checkout, not from an index."""

import sys


def how_to_install(extra: str) -> str:
    """Return the command that installs an extra of pyproject.toml for the running Python."""
    return (
        f"in the checkout of acumat type {sys.executable} -m pip install '.[{extra}]', with sudo where you are not root"
    )
