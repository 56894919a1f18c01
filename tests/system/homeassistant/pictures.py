"""The device page and the example view as Home Assistant shows them: python -m tests.system.homeassistant.pictures.

Needs what `make homeassistant` needs, and Debian's Chromium.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from playwright.sync_api import sync_playwright

from sim.broker import ADDRESS, Mosquitto
from tests.system.homeassistant.hass import CONFIGURATION, HomeAssistant, install, until
from tests.system.homeassistant.test_home_assistant import MAT, ROOT, free_port

if TYPE_CHECKING:
    from playwright.sync_api import Page

DOCS: Final = ROOT / "docs/homeassistant"
VIEW: Final = (
    "lovelace: {dashboards: {mat-view: {mode: yaml, title: Mat, filename: view.yaml, show_in_sidebar: true}}}\n"
)
CHROMIUM: Final = "/usr/bin/chromium"
SIZES: Final = {"device": (1280, 1900), "view": (1680, 1080)}


def log_in(page: "Page", hass: HomeAssistant) -> None:
    """Put the tokens where the frontend keeps them, before it looks: it would go to its login."""
    url = f"http://{ADDRESS}:{hass.port}"
    tokens = {**hass.tokens, "hassUrl": url, "clientId": f"{url}/", "expires": int(time.time_ns() / 1e6) + 10**9}
    page.add_init_script(f"localStorage.setItem('hassTokens', {json.dumps(json.dumps(tokens))})")


def main() -> None:
    """Write the pictures."""
    view = (DOCS / "view.yaml").read_text(encoding="utf-8").replace("acupressure_mat", MAT)
    files = {"configuration.yaml": CONFIGURATION + VIEW, "view.yaml": view}
    with (
        tempfile.TemporaryDirectory() as folder,
        Mosquitto(Path(folder)) as broker,
        HomeAssistant(install(), free_port(), files) as hass,
        sync_playwright() as playwright,
    ):
        hass.onboard()
        hass.connect_broker(broker.port)
        address = f"{ADDRESS}:{broker.port}"
        command = [sys.executable, "-m", "sim", "session", "--speed", "2", "--mqtt", address]
        mat = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        for entity, value in (("back_pain_before", 6), ("goal_of_the_next_session", 15)):
            until(lambda entity=entity: hass.state(f"number.{MAT}_{entity}") not in {None, "unavailable"}, 60)
            hass.call("number.set_value", f"number.{MAT}_{entity}", value=value)
        hass.call("text.set_value", f"text.{MAT}_reminder", value="20:15")
        until(lambda: hass.state(f"sensor.{MAT}_breaths") not in {None, "unknown", "unavailable"}, 200)
        device = hass.render(f"{{{{ device_id('sensor.{MAT}_stage') }}}}")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for name, path in (("device", f"/config/devices/device/{device}"), ("view", "/mat-view/mat")):
            width, height = SIZES[name]
            page = browser.new_page(viewport={"width": width, "height": height})
            log_in(page, hass)
            page.goto(f"http://{ADDRESS}:{hass.port}{path}")
            page.wait_for_selector("home-assistant-main", timeout=60_000)
            page.wait_for_timeout(12_000)  # cards and the picture of the load come after it
            page.screenshot(path=DOCS / f"{name}.png")
        browser.close()
        mat.terminate()
        mat.wait(20)


if __name__ == "__main__":
    main()
