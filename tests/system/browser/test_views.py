"""Every view and state in Chromium: accessible, quiet, at home, and as its stored picture."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser

from sim import history
from tests.doubles.browser import Watched, watched
from tests.doubles.clock import ManualClock
from tests.doubles.page_states import STATES
from tests.doubles.served import ServedMat, served_mat
from tests.doubles.ticks import tick
from tests.system.browser import pictures

VIEWS = ("/", "/sessions", "/session/1", "/journal", "/journal#after", "/trends", "/set-up", "/help", "/welcome")


@pytest.fixture(scope="module")
def mat(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedMat]:
    """A mat with three months of invented sessions."""
    folder = tmp_path_factory.mktemp("state")
    end = dt.datetime.fromtimestamp(ManualClock().wall_s(), tz=dt.UTC)
    history.write_history(folder, 13, 1, end=end)
    with served_mat(folder) as made, made.holding(tick(1.0)):
        yield made


def violations(seen: Watched) -> list[str]:
    """Return what axe-core finds, of any impact."""
    found = Axe().run(seen.page)
    return [
        f"{one['id']} ({one['impact']}): {one['help']}: {[node['target'] for node in one['nodes']][:4]}"
        for one in found.response["violations"]
    ]


@pytest.mark.parametrize("screen", ["light", "dark"])
@pytest.mark.parametrize("path", VIEWS)
def test_a_view_is_accessible_quiet_and_at_home(browser: Browser, mat: ServedMat, path: str, screen: str) -> None:
    """No violation of any impact, no console message, no request to anybody else, nothing wider than the screen."""
    with watched(browser, 360, 780, color_scheme=screen) as seen:
        seen.bring(mat.page.address, path)
        assert violations(seen) == []
        assert seen.page.locator("h1").count() == 1
        assert seen.js("document.documentElement.scrollWidth <= innerWidth")
        seen.page.set_viewport_size({"width": 320, "height": 700})
        assert seen.js("document.documentElement.scrollWidth <= innerWidth")
        seen.page.set_viewport_size({"width": 1280, "height": 800})
        assert seen.js("document.documentElement.scrollWidth <= innerWidth")
        assert violations(seen) == []
        assert seen.said == []
        assert {url.split("/")[2] for url in seen.asked} == {mat.base.removeprefix("http://")}


@pytest.mark.parametrize(("name", "size", "screen"), pictures.CASES)
def test_a_state_looks_as_stored(browser: Browser, tmp_path: Path, name: str, size: str, screen: str) -> None:
    """Within the tolerance of pictures.py; the title of the state is there, and axe-core finds nothing."""
    with pictures.state_page(browser, tmp_path, name, size, screen) as seen:
        if size != "wall":
            assert seen.page.locator("h1").inner_text() == STATES[name].title
        shown = pictures.taken(seen)
        found = violations(seen)
        said = seen.said
    wanted = Image.open(pictures.stored(name, size, screen)).convert("RGB")
    share = pictures.difference(shown, wanted)
    if share > pictures.SHARE_MOST:
        shown.save(tmp_path / "shown.png")
    assert share <= pictures.SHARE_MOST, tmp_path / "shown.png"
    assert found == []
    assert said == []


def test_another_picture_is_found(tmp_path: Path) -> None:
    """A changed number, a shifted picture and another size are beyond the tolerance."""
    del tmp_path
    one, other = (Image.open(pictures.stored(name, "360", "light")).convert("RGB") for name in ("resting", "paused"))
    assert pictures.difference(one, other) > pictures.SHARE_MOST
    assert pictures.difference(one, one.crop((0, 0, 359, 780))) == 1.0
    shifted = Image.new("RGB", one.size, (246, 241, 232))
    shifted.paste(one, (0, 4))
    assert pictures.difference(one, shifted) > pictures.SHARE_MOST
