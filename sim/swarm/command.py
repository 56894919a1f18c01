"""`acumat-sim swarm`."""

import ipaddress
import resource
import signal
import socket
import ssl
from pathlib import Path

import click
import msgspec

from firmware.clock import SystemClock
from firmware.storage.atomic_write import atomic_write
from firmware.terminal.arguments import FiniteRange
from sim.swarm.mat import SwarmMat
from sim.swarm.swarm import Load, Swarm

SECONDS_MAX = 3600
FILES_BESIDE = 64


def _loopback(_ctx: click.Context, _option: click.Parameter, value: str) -> tuple[str, int]:
    """Return host and port of HOST:PORT. Raises BadParameter for any host that is not this computer."""
    host, _, port = value.rpartition(":")
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM)}
    except (OSError, ValueError) as error:
        raise click.BadParameter(f"{value!r} is not HOST:PORT, as in localhost:1883") from error
    if not found or not all(ipaddress.ip_address(address).is_loopback for address in found):
        raise click.BadParameter(
            f"{host} is not this computer: a swarm loads a broker of your own on the loopback only"
        )
    return host, int(port)


@click.command(context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.option("--mats", type=click.IntRange(1, 5000), default=10, help="How many.")
@click.option("--rate", "rate_hz", type=FiniteRange(0, 50), default=5.0, help="Live frames a second of each mat.")
@click.option("--events", type=click.IntRange(0, 100_000), default=16, help="Of each mat; eight make a session.")
@click.option("--seconds", type=FiniteRange(1, SECONDS_MAX), default=60.0, help="How long.")
@click.option("--broker", callback=_loopback, default="127.0.0.1:1883", metavar="HOST:PORT", help="On this computer.")
@click.option("--prefix", default="swarm-", help="Of the names of the mats; a number follows.")
@click.option(
    "--credentials",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder with one folder a mat, as `acumat-site enrol` writes them; without it no TLS.",
)
@click.option(
    "--linger", "linger_s", type=FiniteRange(0, SECONDS_MAX), default=0.0, help="Seconds to stay on afterwards."
)
@click.option("--truth", type=click.Path(path_type=Path), help="Write what was sent to this file, as JSON.")
def command(
    *,
    mats: int,
    rate_hz: float,
    events: int,
    seconds: float,
    linger_s: float,
    broker: tuple[str, int],
    prefix: str,
    credentials: Path | None,
    truth: Path | None,
) -> None:
    """Run many simulated mats against a broker on this computer.

    Payloads and their delivery are those of a mat; bodies and cells are not simulated, sessions last seconds, and live
    frames flow all the time, as if a viewer held the lease. An event is sent until the broker acknowledges it, and
    again on cmd/replay.
    """
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, mats + FILES_BESIDE) if hard > 0 else mats, hard))
    clock = SystemClock()
    run = f"{clock.boottime_ns() // 1_000_000:x}"
    swarm_mats = [SwarmMat(f"{prefix}{number}", run) for number in range(1, mats + 1)]

    def tls_of(name: str) -> ssl.SSLContext | None:
        if credentials is None:
            return None
        context = ssl.create_default_context(cafile=credentials / name / "ca.crt")
        context.load_cert_chain(credentials / name / "mat.crt", credentials / name / "mat.key")
        return context

    ended: list[int] = []
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda number, _frame: ended.append(number))
    swarm = Swarm(swarm_mats, broker, Load(rate_hz, events, seconds, linger_s), clock, tls_of)
    swarm.run(lambda: bool(ended), lambda: _report(swarm_mats, run, truth))


def _report(mats: list[SwarmMat], run: str, truth: Path | None) -> None:
    totals = {
        name: sum(getattr(mat, name) for mat in mats)
        for name in ("frames", "frames_dropped", "sessions", "replays", "connects", "unacknowledged")
    }
    totals["events"] = sum(len(mat.journal) for mat in mats)
    if truth is not None:
        each = {mat.name: {"events": len(mat.journal), "sessions": mat.sessions} for mat in mats}
        atomic_write(truth, msgspec.json.encode({"run": run, "totals": totals, "mats": each}).decode())
    click.echo(f"{len(mats)} simulated mats: " + ", ".join(f"{name} {value}" for name, value in totals.items()))
