"""A private mosquitto on a free port of the loopback, in a folder of its own."""

import getpass
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Self

START_S: Final = 10.0
STOP_S: Final = 5.0
ADDRESS: Final = "127.0.0.1"
SEARCH_PATH: Final = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))  # Debian: /usr/sbin


def mosquitto_installed() -> bool:
    """Whether mosquitto is installed."""
    return shutil.which("mosquitto", path=SEARCH_PATH) is not None


class Mosquitto:
    """One mosquitto process. Signals go to this process only; leaving the context ends it.

    users maps names to passwords; without them anybody may connect. port is taken where it is free. lines are added to
    its configuration.
    Raises FileNotFoundError when mosquitto is not installed, TimeoutError when it does not start (with its log).
    """

    def __init__(
        self,
        folder: Path,
        users: Mapping[str, str] | None = None,
        lines: Sequence[str] = (),
        *,
        port: int | None = None,
    ) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.port = port if port is not None and _is_free(port) else _free_port()
        access = ["allow_anonymous true"]
        if users is not None:
            access = ["allow_anonymous false", f"password_file {folder / 'passwords'}"]
            (folder / "passwords").touch(mode=0o600)
            for name, password in users.items():
                command = ["mosquitto_passwd", "-b", str(folder / "passwords"), name, password]
                environment = os.environ | {"PATH": SEARCH_PATH}
                subprocess.run(command, check=True, capture_output=True, env=environment)  # noqa: S603 - our own arguments
        # Written at its end by SIGTERM; max_queued: for a listener that is away.
        keep = ["persistence true", f"persistence_location {folder}/", "max_queued_messages 10000"]
        conf = [f"listener {self.port} {ADDRESS}", f"user {getpass.getuser()}", *access, *keep, *lines]
        (folder / "mosquitto.conf").write_text("\n".join(conf) + "\n", encoding="utf-8")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.resume()
        self.end(signal.SIGTERM)

    @property
    def log(self) -> str:
        """Its log so far."""
        return (self._folder / "mosquitto.log").read_text(encoding="utf-8", errors="replace")

    def until_logged(self, text: str) -> None:
        """Wait until its log has this text. Raises TimeoutError."""
        for _ in range(int(STOP_S / 0.02)):
            if text in self.log:
                return
            time.sleep(0.02)
        raise TimeoutError(f"mosquitto did not log {text!r}: {self.log}")

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        program = shutil.which("mosquitto", path=SEARCH_PATH)
        if program is None:
            raise FileNotFoundError("mosquitto is not installed: apt-get install mosquitto")
        with (self._folder / "mosquitto.log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - a program found by its name, and a file of ours
                [program, "-v", "-c", str(self._folder / "mosquitto.conf")], stdout=log, stderr=log
            )
        for _ in range(int(START_S / 0.02)):
            if self._process.poll() is not None:
                break
            try:
                socket.create_connection((ADDRESS, self.port), timeout=1.0).close()
            except OSError:
                time.sleep(0.02)
            else:
                return
        self.end(signal.SIGKILL)
        raise TimeoutError(f"mosquitto does not start: {self.log.strip()}")

    def end(self, number: signal.Signals) -> None:
        """End it: SIGTERM lets it disconnect its clients and write its state, SIGKILL does not."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(STOP_S)
            self._process = None

    def pause(self) -> None:
        """Freeze it: connections stay, nothing is answered."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)


def _is_free(port: int) -> bool:
    """Whether nothing listens there."""
    try:
        socket.create_server((ADDRESS, port)).close()
    except OSError:
        return False
    return True


def _free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.create_server((ADDRESS, 0)) as probe:
        return int(probe.getsockname()[1])
