"""A real Home Assistant with a simulated mat: run by `make homeassistant`, outside CI."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from sim.broker import ADDRESS, Mosquitto
from tests.doubles.old_broker import OldBroker
from tests.system.homeassistant.hass import HomeAssistant, install, missing, until

ROOT = Path(__file__).resolve().parents[3]
MAT = "simulated_acupressure_mat"
BLUEPRINTS = sorted((ROOT / "docs/homeassistant").glob("*_*.yaml"))

pytestmark = pytest.mark.skipif(missing() is not None, reason=str(missing()))


def free_port() -> int:
    with socket.create_server((ADDRESS, 0)) as probe:
        return int(probe.getsockname()[1])


def automations(device_id: str) -> str:
    """One automation of each blueprint; the lamp is a helper that any installation has."""
    inputs = {
        "session_start": {"mat": device_id, "lights": {"entity_id": "light.none"}},
        "goal_light": {"mat": device_id, "lamp": {"entity_id": "light.none"}},
        "evening_reminder": {
            "reminder": f"text.{MAT}_reminder",
            "sessions_today": f"sensor.{MAT}_sessions_today",
            "remind": [],
        },
    }
    made = [
        {"id": name, "alias": name, "use_blueprint": {"path": f"acumat/{name}.yaml", "input": values}}
        for name, values in inputs.items()
    ]
    return json.dumps(made)


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    with Mosquitto(tmp_path_factory.mktemp("broker")) as broker:
        yield broker


@pytest.fixture(scope="module")
def hass(broker: Mosquitto) -> Iterator[HomeAssistant]:
    files = {f"blueprints/automation/acumat/{path.name}": path.read_text(encoding="utf-8") for path in BLUEPRINTS}
    with HomeAssistant(install(), free_port(), files) as hass:
        hass.onboard()
        hass.connect_broker(broker.port)
        yield hass


@pytest.fixture
def mat(broker: Mosquitto, hass: HomeAssistant) -> Iterator[Callable[..., "subprocess.Popen[bytes]"]]:
    running: list[subprocess.Popen[bytes]] = []

    def start(speed: float, *more: str, port: int = broker.port) -> "subprocess.Popen[bytes]":
        address = f"{ADDRESS}:{port}"
        command = [sys.executable, "-m", "sim", "session", "--speed", f"{speed:g}", "--mqtt", address, *more]
        running.append(subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL))
        until(lambda: hass.state(f"sensor.{MAT}_stage") not in {None, "unknown", "unavailable"}, 120)
        return running[-1]

    yield start
    for process in running:
        with suppress(ProcessLookupError):
            process.terminate()
        process.wait(20)


def test_a_session_from_start_to_end(hass: HomeAssistant, mat: Callable[..., "subprocess.Popen[bytes]"]) -> None:
    """Everything that people want to see has a value; controls are there when they can be used; nothing is left."""
    process = mat(20)
    until(lambda: hass.state(f"binary_sensor.{MAT}_session") == "on", 60)
    assert hass.state(f"button.{MAT}_carry_on") == "unavailable"
    assert hass.state(f"button.{MAT}_take_zero") == "unavailable"
    assert hass.state(f"button.{MAT}_end_session") == "unknown"  # a button that was never pressed, and can be
    assert hass.state(f"binary_sensor.{MAT}") == "on"
    assert float(hass.state(f"sensor.{MAT}_load") or 0) > 10
    until(lambda: hass.state(f"sensor.{MAT}_last_session_end") == "goal reached", 90)
    assert hass.state(f"sensor.{MAT}_last_getting_up") == "rolled"
    until(lambda: hass.state(f"event.{MAT}_session_events") not in {None, "unknown"})
    process.wait(30)
    until(lambda: not [one for one in hass.states() if MAT in one["entity_id"]])
    assert hass.warnings == []


def controls(hass: HomeAssistant) -> dict[str, str]:
    """The state of every control with a value."""
    kinds = ("number.", "select.", "text.")
    return {one["entity_id"]: one["state"] for one in hass.states() if one["entity_id"].startswith(kinds)}


def until_equal(hass: HomeAssistant, wanted: dict[str, str]) -> None:
    """Wait until every control shows what it should."""
    shown: dict[str, str] = {}
    for _ in range(120):
        if (shown := controls(hass)) == wanted:
            return
        time.sleep(0.5)
    assert shown == wanted


def test_a_refused_command_is_seen_and_each_control_is_true(
    hass: HomeAssistant, mat: Callable[..., "subprocess.Popen[bytes]"]
) -> None:
    """A refused press, choices, a note; all controls are true after a restart of both sides."""
    process = mat(1)
    until(lambda: hass.state(f"number.{MAT}_back_pain_before") == "unknown")
    until(lambda: hass.state(f"binary_sensor.{MAT}_session") == "on")  # it would use up a goal that was chosen before
    fresh = controls(hass)
    hass.call("number.set_value", f"number.{MAT}_goal_of_the_next_session", value=25)
    hass.call("select.select_option", f"select.{MAT}_sound", option="quiet")
    hass.call("select.select_option", f"select.{MAT}_who_lies_here", option="Ana")
    hass.call("text.set_value", f"text.{MAT}_reminder", value="20:15")
    hass.call("number.set_value", f"number.{MAT}_back_pain_before", value=6)
    until(lambda: hass.state(f"number.{MAT}_goal_of_the_next_session") == "25.0")
    until(lambda: hass.state(f"select.{MAT}_sound") == "quiet")
    until(lambda: hass.state(f"select.{MAT}_who_lies_here") == "Ana")
    until(lambda: hass.state(f"text.{MAT}_reminder") == "20:15")
    until(lambda: hass.state(f"sensor.{MAT}_last_command") not in {None, "unknown"})
    assert hass.state(f"number.{MAT}_back_pain_after") == "unavailable"  # asked after a session
    hass.ask("POST", "/api/services/mqtt/publish", {"topic": "acumat/simulated/cmd/carry_on", "payload": ""})
    until(lambda: "carry_on: " in (hass.state(f"sensor.{MAT}_last_command") or ""))
    assert "done" not in (hass.state(f"sensor.{MAT}_last_command") or "")
    until(lambda: hass.attribute(f"event.{MAT}_system_events", "event_type") == "command_refused")
    chosen = controls(hass)
    assert len(chosen) > 10
    assert chosen != fresh
    hass.stop()
    hass.start()
    until_equal(hass, chosen)
    process.terminate()
    process.wait(20)
    mat(1)  # a new one, with an empty database
    until_equal(hass, fresh)
    assert hass.warnings == []


def test_a_broker_of_3_1_1_has_no_controls_and_nothing_is_left_of_those_before(
    hass: HomeAssistant, broker: Mosquitto, mat: Callable[..., "subprocess.Popen[bytes]"]
) -> None:
    """A mat with controls leaves its discovery behind; then its broker knows MQTT 3.1.1 only: it says so."""
    process = mat(1, "--keep")
    until(lambda: hass.state(f"button.{MAT}_it_hurts_now") == "unknown")
    assert hass.state(f"binary_sensor.{MAT}_accepts_commands") == "on"
    process.terminate()
    process.wait(20)
    until(lambda: hass.state(f"sensor.{MAT}_stage") == "unavailable")
    with OldBroker(broker.port) as door:
        process = mat(20, port=door.port)
        until(lambda: hass.state(f"binary_sensor.{MAT}_accepts_commands") == "off")
        until(lambda: not [one for one in hass.states() if one["entity_id"].startswith(f"button.{MAT}")])
        assert controls(hass) == {}
        until(lambda: hass.state(f"sensor.{MAT}_last_session_end") == "goal reached", 120)
        process.wait(30)
    until(lambda: not [one for one in hass.states() if MAT in one["entity_id"]])
    assert hass.warnings == []


def test_the_blueprints_load(hass: HomeAssistant, mat: Callable[..., "subprocess.Popen[bytes]"]) -> None:
    """One automation of each, with the device triggers of the mat: all are on."""
    mat(1)
    device_id = hass.render(f"{{{{ device_id('sensor.{MAT}_stage') }}}}")
    (hass.folder / "automations.yaml").write_text(automations(device_id), encoding="utf-8")
    hass.ask("POST", "/api/services/automation/reload", {})
    time.sleep(2)
    states = {name: hass.state(f"automation.{name}") for name in ("session_start", "goal_light", "evening_reminder")}
    assert set(states.values()) == {"on"}, states
    assert hass.warnings == []
