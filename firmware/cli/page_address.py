"""The address of a first visit of the page, in words and as a code for the camera of a phone."""

from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from firmware.errors import StorageError
from firmware.storage.connection import NAME
from firmware.terminal.console import Terminal
from firmware.terminal.qr import qr_lines
from firmware.web.access import is_loopback
from firmware.web.page import shown_address
from firmware.web.token import load_token, visit_address

if TYPE_CHECKING:
    from rich.console import Console

    from firmware.config import Settings


def print_page_address(settings: "Settings") -> None:
    """Print where the page is; without one, how to get one."""
    console = Terminal(soft_wrap=True, highlight=False)
    web, folder = settings.web, Path(settings.storage.state_dir)
    if not web.enabled:
        console.print("\nNo page: put [web] with enabled = true into the settings file, then restart.", markup=False)
        return
    if not (folder / NAME).exists():
        console.print("\nThe page: its address is shown here once the mat has run.")
        return
    try:
        address = visit_address(shown_address(web.address), web.port, load_token(folder))
    except StorageError as error:
        console.print(f"\nThe page: {error}", markup=False)
        return
    print_address(console, address)


def announce(listened: str, address: str, to: "TextIO") -> None:
    """Show the address of a page that is opened to the home network, to a person only: a token belongs in no log."""
    if to.isatty() and not is_loopback(listened):
        print_address(Terminal(file=to, soft_wrap=True, highlight=False), address)


def print_address(console: "Console", address: str) -> None:
    """Print an address and its code."""
    console.print(f"\nThe page, by an address that only the people of the house should see:\n{address}\n", markup=False)
    for line in qr_lines(address):
        console.print(line)
