"""A canary: whether the password of the broker or the key of the certificate is anywhere where it can be read.

A whole `acumat run` on simulated cells, with user name, password, client certificate and key, at a mosquitto that asks
for all of them; then the same with a wrong password, and a crash whose report is printed.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from sim.broker import ADDRESS, Mosquitto
from tests.bench.report import ROOT, Row, row

PASSWORD: Final = "canary-7f3a91c2"  # noqa: S105 - of the broker of this report
USER: Final = "mat"
PATIENCE_S: Final = 120.0
TOPICS: Final = ("acumat/#", "homeassistant/#")


def canary() -> list[Row]:
    """Return, for each place, how often a secret was found there."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("broker", "mat"):
            (folder / part).mkdir()
        _certificates(folder)
        lines = [
            f"cafile {folder}/ca.pem", f"certfile {folder}/server.pem", f"keyfile {folder}/server.key",
            "require_certificate true",
        ]  # fmt: skip
        key = (folder / "mat.key").read_text().split("-----")[2].split()[0]
        with Mosquitto(folder / "broker", {USER: PASSWORD, "eye": "eye"}, lines) as broker:
            _settings(folder, broker.port, PASSWORD)
            places = _places(folder, broker)
            (folder / "password").write_text("wrong-" + PASSWORD)
            places["log of a refused login"] = _refused(folder)
        how = "password and one line of the key are searched in what `acumat run` left there; n is the bytes searched"
        return [
            row(f"canary, found in {place}", sum(text.count(secret.encode()) for secret in (PASSWORD, key)), "", "== 0",
                n=len(text), label="measured", how=how)
            for place, text in places.items()
        ]  # fmt: skip


def _places(folder: Path, broker: Mosquitto) -> dict[str, bytes]:
    eye = ["mosquitto_sub", "-h", ADDRESS, "-p", str(broker.port), "-u", "eye", "-P", "eye", "-v", "-W", "60"]
    eye += ["--cafile", str(folder / "ca.pem"), "--cert", str(folder / "mat.pem"), "--key", str(folder / "mat.key")]
    eye += [word for topic in TOPICS for word in ("-t", topic)]
    with (folder / "seen").open("wb") as seen, (folder / "log").open("wb") as log:
        watching = subprocess.Popen(eye, stdout=seen, stderr=subprocess.DEVNULL)
        mat = _run(folder, log)
        try:
            _until(lambda: b"session_started" in (folder / "seen").read_bytes())
            processes = b"".join(_process_list(mat.pid))
            mat.send_signal(signal.SIGABRT)  # PYTHONFAULTHANDLER prints the stack of every thread
            mat.wait(60)
        finally:
            mat.kill()
            mat.wait()
            watching.terminate()
            watching.wait()
    stored = b"".join(path.read_bytes() for path in (folder / "mat").rglob("*") if path.is_file())
    log_text = (folder / "log").read_bytes()
    assert b"Fatal Python error" in log_text, log_text[-2000:]
    return {
        "log and crash report": log_text,
        "log of the broker": broker.log.encode(),
        "topics": (folder / "seen").read_bytes(),
        "process list": processes,
        "config dump": _verb(folder, "config", "show"),
        "doctor": _verb(folder, "doctor"),
        "state folder": stored,
    }


def _refused(folder: Path) -> bytes:
    with (folder / "refused").open("wb") as log:
        mat = _run(folder, log)
        _until(lambda: b"check mqtt.username" in (folder / "refused").read_bytes())
        mat.terminate()
        mat.wait(60)
    return (folder / "refused").read_bytes()


def _run(folder: Path, log: IO[bytes]) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "sim", "try", "--folder", str(folder / "mat"), "--speed", "20", "run", "--jsonl"]
    environment = os.environ | {"PYTHONFAULTHANDLER": "1"}
    return subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, env=environment)


def _verb(folder: Path, *words: str) -> bytes:
    command = [sys.executable, "-m", "firmware", *words, "--config", str(folder / "mat/acumat.toml")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    return done.stdout + done.stderr


def _process_list(parent: int) -> Iterator[bytes]:
    """Yield command line and environment of a process and its children."""
    for task in Path("/proc").glob("[0-9]*/stat"):
        number, started_by = int(task.parent.name), task.read_text().rpartition(")")[2].split()[1]
        if parent in (number, int(started_by)):
            yield (task.parent / "cmdline").read_bytes() + (task.parent / "environ").read_bytes()


def _settings(folder: Path, port: int, password: str) -> None:
    (folder / "password").write_text(password + "\n")
    (folder / "mat/acumat.toml").write_text(
        f'[storage]\nstate_dir = "."\n[mqtt]\nenabled = true\nhost = "{ADDRESS}"\nport = {port}\nusername = "{USER}"\n'
        f'password_file = "{folder}/password"\ntls = true\ntls_ca_file = "{folder}/ca.pem"\n'
        f'tls_cert_file = "{folder}/mat.pem"\ntls_key_file = "{folder}/mat.key"\nshare_pain = true\n'
    )
    command = [sys.executable, "-m", "sim", "try", "--folder", str(folder / "mat"), "--speed", "0", "tare"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)


def _certificates(folder: Path) -> None:
    new = ["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    for name, more in (
        ("ca", ["-x509"]),
        ("server", ["-x509", "-CA", "ca.pem", "-CAkey", "ca.key", "-addext", f"subjectAltName=IP:{ADDRESS}"]),
        ("mat", ["-x509", "-CA", "ca.pem", "-CAkey", "ca.key"]),
    ):
        files = ["-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj", f"/CN={name}"]
        subprocess.run([*new, *more, *files], check=True, capture_output=True, cwd=folder)


def _until(condition: object) -> None:
    assert callable(condition)
    for _ in range(round(PATIENCE_S / 0.1)):
        if condition():
            return
        time.sleep(0.1)
    raise TimeoutError("the mat does not get there")
