"""What the steps of `acumat setup` work on: the settings file, a person to ask, the program's own verbs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import Protocol

from firmware import config


class Move(IntEnum):
    """Where a step leads."""

    BACK = -1
    AGAIN = 0
    NEXT = 1


class Questions(Protocol):
    """How a person is asked."""

    def begin(self, number: int, count: int, title: str, text: str) -> None:
        """Show the number and title of a step, and what it is about."""
        ...

    def ask(self, what: str, default: str, *, hidden: bool = False) -> str | None:
        """Return the answer, the default for an empty one, None for the way back."""
        ...

    def show(self, text: str) -> None:
        """Show a result."""
        ...


class Services(Protocol):
    """The service and the program's own verbs, as firmware.drivers.service has them."""

    @property
    def installed(self) -> bool:
        """Whether the service can be stopped and started here."""
        ...

    def stop(self) -> None:
        """Stop it. Raises DriverError."""
        ...

    def restart(self) -> None:
        """Start it; returns when frames arrive. Raises DriverError."""
        ...

    def run_verb(self, *words: str) -> int:
        """Run a verb in this terminal; return its exit code."""
        ...

    def read_verb(self, *words: str) -> str:
        """Return what a verb prints; empty when it fails."""
        ...


@dataclass
class SetupContext:
    """given are answers by the name of their question, which are not asked for.

    credential is the file in which the service finds the password, None when it reads the stored file itself. failed
    is set when a test that was ordered by an option did not pass.
    """

    config_file: Path
    questions: Questions
    services: Services
    given: Mapping[str, str] = field(default_factory=dict)
    tls: bool | None = None
    credential: Path | None = None
    failed: bool = False

    def answer(self, name: str, what: str, default: str, *, hidden: bool = False) -> str | None:
        """Return the answer that was given as an option, else ask; None is the way back."""
        if name in self.given:
            return self.given[name]
        answer = self.questions.ask(what, default, hidden=hidden)
        return None if answer is None else answer.strip()

    def verb(self, *words: str) -> bool:
        """Run a verb with these settings; return whether it succeeded."""
        return self.services.run_verb(*words, "--config", str(self.config_file)) == 0

    @property
    def settings(self) -> config.Settings:
        """The settings as they are now; the defaults while there is no file. Raises ConfigError."""
        return config.load_settings(self.config_file if self.config_file.exists() else None)
