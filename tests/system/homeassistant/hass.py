"""A real Home Assistant of its own: made once, started with a fresh configuration, and asked over its HTTP interface.

It lives in a root of Debian (debootstrap) with a venv, because it needs a newer Python than the computer may have.
"""

import http
import http.client
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import urlencode

from tests.system.install.machine import mirror

CACHE: Final = Path(os.environ.get("HOMEASSISTANT_ROOT", "/var/cache/acumat-homeassistant"))
SUITE: Final = os.environ.get("HOMEASSISTANT_SUITE", "forky")
VERSION: Final = os.environ.get("HOMEASSISTANT_VERSION", "2026.11.0")
VENV: Final = "/opt/ha"
COMPLETE: Final = "opt/installed"
ADDRESS: Final = "127.0.0.1"
START_S: Final = 120.0
USER: Final = {"name": "Test", "username": "test", "password": "test-test", "language": "en"}
SCRIPT: Final = "/usr/share/debootstrap/scripts/sid"
CERTIFICATES: Final = Path("/etc/ssl/certs/ca-certificates.crt")
# Whose requirements are installed: the integrations of the tests, of the onboarding, and of the frontend's list of
# services. The versions come from Home Assistant's own constraints.
INTEGRATIONS: Final = (
    "mqtt", "frontend", "history", "recorder", "hassio", "conversation", "assist_pipeline", "ffmpeg", "tts", "camera",
    "image", "stream", "infrared", "radio_frequency", "met", "radio_browser", "google_translate",
)  # fmt: skip
CONFIGURATION: Final = """
homeassistant: {name: Home, unit_system: metric, time_zone: UTC, currency: EUR, country: DE, latitude: 52}
frontend:
config:
history:
logbook:
automation: !include automations.yaml
logger: {default: warning, logs: {homeassistant.components.mqtt: warning}}
"""


def missing() -> str | None:
    """Return why no Home Assistant can be started here, or None."""
    if not os.environ.get("HOMEASSISTANT"):
        return "the tests with Home Assistant are run by `make homeassistant`"
    if os.geteuid() != 0:
        return "the tests with Home Assistant need root (chroot)"
    return None if shutil.which("debootstrap") else "they need debootstrap (Debian: apt-get install debootstrap)"


def install() -> Path:
    """Return the root, made at the first call: two minutes, 1.8 GB, a network."""
    root = CACHE / SUITE
    if (root / COMPLETE).exists():
        return root
    shutil.rmtree(root, ignore_errors=True)
    packages = "ca-certificates,python3,python3-venv,python3-dev,gcc,g++,libc6-dev"
    # The script of unstable serves every suite, also those that are newer than this debootstrap.
    _run("debootstrap", "--variant=minbase", f"--include={packages}", SUITE, str(root), mirror(), SCRIPT)
    shutil.copy(CERTIFICATES, root / "etc/ssl/certs/ca-of-host.crt")
    for name in ("resolv.conf", "hosts", "pip.conf"):
        if Path("/etc", name).exists():
            shutil.copy(Path("/etc", name), root / "etc" / name)
    _run(*inside(root, "python3", "-m", "venv", VENV))
    _run(*inside(root, f"{VENV}/bin/pip", "install", "-q", "--prefer-binary", f"homeassistant=={VERSION}"))
    where = "import homeassistant, os; print(os.path.dirname(homeassistant.__file__))"
    package = _run(*inside(root, f"{VENV}/bin/python", "-c", where)).strip()
    constraints, needs = f"{package}/package_constraints.txt", _requirements(root / package[1:])
    _run(*inside(root, f"{VENV}/bin/pip", "install", "-q", "--prefer-binary", "-c", constraints, *needs))
    (root / COMPLETE).touch()
    return root


def _requirements(package: Path) -> set[str]:
    """Return what the integrations of the tests need, as far as this version has them."""
    manifests = [package / "components" / name / "manifest.json" for name in INTEGRATIONS]
    found = [json.loads(path.read_text("utf-8")) for path in manifests if path.exists()]
    return {need for one in found for need in one.get("requirements", ())}


def inside(root: Path, *command: str) -> list[str]:
    """Return a command that runs in the root, with its own /proc and the /dev of the computer."""
    script = (
        'mount --make-rprivate /; mount -t proc proc "$0/proc"; mount --rbind /dev "$0/dev"; '
        'exec chroot "$0" /usr/bin/env -i HOME=/ PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 '
        'SSL_CERT_FILE=/etc/ssl/certs/ca-of-host.crt PIP_CERT=/etc/ssl/certs/ca-of-host.crt "$@"'
    )
    return ["unshare", "-m", "bash", "-c", script, str(root), *command]


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


class HomeAssistant:
    """One process. files are added to its configuration; leaving the context ends it."""

    def __init__(self, root: Path, port: int, files: Mapping[str, str] | None = None) -> None:
        self._root, self.port = root, port
        self._inside = f"/opt/config_{port}"
        self.folder = root / self._inside[1:]
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / ".storage").mkdir(parents=True)
        files = {"automations.yaml": "[]\n"} | dict(files or {})
        files = {"configuration.yaml": CONFIGURATION} | files
        if VERSION < "2026.11":  # newer ones have it in .storage
            files["configuration.yaml"] += f"http: {{server_host: {ADDRESS}, server_port: {port}}}\n"
        for name, text in files.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(text, encoding="utf-8")
        server = {"server_host": [ADDRESS], "server_port": port}
        stored = {"version": 1, "minor_version": 1, "key": "http", "data": server}
        (self.folder / ".storage/http").write_text(json.dumps(stored))
        self._process: subprocess.Popen[bytes] | None = None
        self.token = ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start it and wait until it answers. Raises TimeoutError with its log."""
        command = inside(self._root, f"{VENV}/bin/hass", "--config", self._inside, "--skip-pip")
        with (self.folder / "out.log").open("ab") as out:
            self._process = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True)
        end_s = time.perf_counter() + START_S
        while time.perf_counter() < end_s:
            try:
                if not self.token:
                    self.ask("GET", "/api/onboarding")
                    return
                if self.ask("GET", "/api/config")["state"] == "RUNNING":
                    return
            except (OSError, http.client.HTTPException, RuntimeError):
                pass
            time.sleep(0.5)
        raise TimeoutError(f"Home Assistant does not answer: {self.log[-3000:]}")

    def stop(self) -> None:
        """End it as a restart does."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGTERM)
            try:
                self._process.wait(40)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait(10)
            self._process = None

    @property
    def log(self) -> str:
        """What it has printed so far."""
        return (self.folder / "out.log").read_text(encoding="utf-8", errors="replace")

    @property
    def warnings(self) -> list[str]:
        """Lines of the log with a warning or an error about MQTT, this mat or a template."""
        words = ("mqtt", "acumat", "template", "blueprint", "automation")
        lines = [line for line in self.log.splitlines() if " WARNING " in line or " ERROR " in line]
        if VERSION < "2025":  # it warns of each component that it removes by itself when a device goes
            lines = [line for line in lines if "No device components to cleanup" not in line]
        return [line for line in lines if any(word in line.lower() for word in words)]

    def onboard(self) -> None:
        """Make the first user and log in."""
        client = f"http://{ADDRESS}:{self.port}/"
        made = self.ask("POST", "/api/onboarding/users", USER | {"client_id": client})
        form = {"grant_type": "authorization_code", "code": made["auth_code"], "client_id": client}
        self.tokens = self.ask("POST", "/auth/token", form, form=True)
        self.token = str(self.tokens["access_token"])
        for step, body in (
            ("core_config", {}),
            ("analytics", {}),
            ("integration", {"client_id": client, "redirect_uri": client}),
        ):
            self.ask("POST", f"/api/onboarding/{step}", body)

    def connect_broker(self, port: int) -> None:
        """Add the MQTT integration."""
        flow = self.ask("POST", "/api/config/config_entries/flow", {"handler": "mqtt"})
        if flow["type"] == "menu":
            flow = self.ask("POST", f"/api/config/config_entries/flow/{flow['flow_id']}", {"next_step_id": "broker"})
        values: dict[str, object] = {"broker": ADDRESS, "port": port}
        if any(field["name"] == "other_settings" for field in flow["data_schema"]):
            values["other_settings"] = {"set_client_cert": False, "set_ca_cert": "off"}
        done = self.ask("POST", f"/api/config/config_entries/flow/{flow['flow_id']}", values)
        if done["type"] != "create_entry":
            raise RuntimeError(f"the broker was not added: {done}")

    def state(self, entity_id: str) -> str | None:
        """Return the state of an entity, None when there is none."""
        for one in self.states():
            if one["entity_id"] == entity_id:
                return str(one["state"])
        return None

    def attribute(self, entity_id: str, name: str) -> object:
        """Return an attribute of an entity, None when there is none."""
        for one in self.states():
            if one["entity_id"] == entity_id:
                return one["attributes"].get(name)
        return None

    def states(self) -> list[dict[str, Any]]:
        """Return all entities."""
        found: list[dict[str, Any]] = self.ask("GET", "/api/states")
        return found

    def call(self, service: str, entity_id: str, **data: object) -> None:
        """Call a service such as button.press."""
        self.ask("POST", f"/api/services/{service.replace('.', '/')}", {"entity_id": entity_id, **data})

    def render(self, template: str) -> str:
        """Return what a template shows."""
        return str(self.ask("POST", "/api/template", {"template": template}))

    def ask(self, method: str, path: str, body: object = None, *, form: bool = False) -> Any:  # noqa: ANN401 - JSON
        """Return the answer to a request. Raises RuntimeError with the text of an error."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers["Content-Type"] = "application/x-www-form-urlencoded" if form else "application/json"
        data = None if body is None else urlencode(body).encode() if form else json.dumps(body).encode()  # type: ignore[arg-type]
        connection = http.client.HTTPConnection(ADDRESS, self.port, timeout=30)
        try:
            connection.request(method, path, data, headers)
            response = connection.getresponse()
            text = response.read()
        finally:
            connection.close()
        if response.status >= http.HTTPStatus.BAD_REQUEST:
            raise RuntimeError(f"{method} {path}: {response.status} {text[:500]!r}")
        try:
            return json.loads(text or b"null")
        except ValueError:
            return text.decode()


def until(condition: Any, timeout_s: float = 30.0) -> None:  # noqa: ANN401 - any callable
    """Wait until a condition holds. Raises AssertionError with what it last returned."""
    end_s = time.perf_counter() + timeout_s
    value = None
    while time.perf_counter() < end_s:
        value = condition()
        if value:
            return
        time.sleep(0.2)
    raise AssertionError(f"not within {timeout_s:g} s: {value!r}")
