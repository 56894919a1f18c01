"""What a person does on the page reaches the mat and comes back: notes, people, offers, zero, calibration, speed."""

import datetime as dt
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from firmware.programme.advice import Offer, OfferReason
from sim import history
from tests.doubles.browser import Watched, watched
from tests.doubles.clock import ManualClock
from tests.doubles.page_states import RESTING
from tests.doubles.served import ServedMat, served_mat
from tests.doubles.ticks import tick
from tests.system.browser.conftest import story

EMPTY = """title = "An empty mat"
group = "sessions"
acts = [ { do = "wait", seconds = 900 } ]
"""


@pytest.fixture
def mat(tmp_path: Path) -> Iterator[ServedMat]:
    """A mat with a month of invented sessions of Sam."""
    history.write_history(tmp_path, 4, 1, end=dt.datetime.fromtimestamp(ManualClock().wall_s(), tz=dt.UTC))
    with served_mat(tmp_path) as made, made.holding(tick(1.0)):
        yield made


@pytest.fixture
def seen(browser: Browser) -> Iterator[Watched]:
    with watched(browser, 360, 780) as made:
        yield made
        assert made.said == []


def newest(mat: ServedMat) -> tuple[str, dict[str, object]]:
    """Return phase and answers of the newest entry."""
    base = sqlite3.connect(mat.database.path)
    try:
        phase, body = base.execute("SELECT phase, body FROM entry ORDER BY id DESC LIMIT 1").fetchone()
    finally:
        base.close()
    return str(phase), json.loads(body)


@pytest.mark.requirement("D23", "D36")
def test_a_rating_is_stored_on_tap(mat: ServedMat, seen: Watched) -> None:
    """Nothing is preselected; each tap is on the disk when the page says so; skip takes it back."""
    seen.bring(mat.page.address, "/journal")
    page = seen.page
    assert page.locator(".keys11 input:checked").count() == 0
    page.locator("input[name=back_pain][value='6']").check()
    page.wait_for_selector("text=/^Saved$/")
    phase, body = newest(mat)
    assert phase == "before"
    assert body["back_pain"] == 6
    page.locator(".phases label:has-text('After') input").check()
    page.locator("input[name=discomfort][value='3']").check()
    page.locator("input[name=marks][value=light]").check()
    page.wait_for_selector("text=/^Saved$/")
    seen.until("document.querySelector('.phases .small').textContent === 'Saved'")
    phase, body = newest(mat)
    assert (phase, body["discomfort"], body["marks"]) == ("after", 3, "light")
    page.locator("input[name=discomfort][value=skip]").check()
    page.wait_for_timeout(200)
    seen.until("document.querySelector('.phases .small').textContent === 'Saved'")
    assert "discomfort" not in newest(mat)[1]


@pytest.mark.requirement("D31", "D37", "D38", "D39", "D42")
def test_who_lies_here_and_an_offer(mat: ServedMat, seen: Watched) -> None:
    """A new person starts on the first level; an offer is taken with one tap."""
    plan = mat.dispatcher.plan
    level = plan.people.who.level
    plan.people = plan.people.put(replace(plan.people.who, offer=Offer(level - 1, OfferReason.AWAY)))
    seen.bring(mat.page.address, "/journal#person")
    page = seen.page
    page.get_by_role("button", name="Yes", exact=True).click()
    page.wait_for_selector(f"text=/^Level {level - 1}:/")
    assert plan.people.who.level == level - 1
    page.get_by_label("Name of a new person").fill("Kim")
    page.get_by_role("button", name="Add a person").click()
    page.wait_for_selector("label:has-text('Kim') input:checked", state="attached")
    assert plan.people.who.name == "Kim"
    seen.open(f"{mat.base}/help")
    page.locator(".check input").check()
    page.wait_for_selector("text=Kim, stored.")
    assert plan.people.who.acknowledgement is not None
    seen.open(f"{mat.base}/journal")
    page.locator("label:has-text('A guest') input").check()
    page.wait_for_selector("text=A guest lies at the first level")
    assert plan.people.who.guest


@pytest.mark.requirement("D24")
def test_the_length_of_the_next_session(mat: ServedMat, seen: Watched) -> None:
    """Quick, and back to the programme's."""
    seen.bring(mat.page.address)
    normal_s = mat.dispatcher.plan.goal_s
    seen.page.get_by_role("button", name="Quick, 5 min").click()
    seen.until("!document.querySelector('.acts button:disabled')")
    assert mat.dispatcher.plan.goal_s == 300
    seen.page.locator(".acts button").nth(1).click()
    seen.until("!document.querySelector('.acts button:disabled')")
    assert mat.dispatcher.plan.goal_s == normal_s


def test_light_and_sound(mat: ServedMat, seen: Watched) -> None:
    """What may sound, how bright and how loud: by mouse and by keyboard, and the mat has it."""
    seen.bring(mat.page.address, "/set-up")
    page = seen.page
    page.locator("label:has-text('Quiet') input").check()
    page.wait_for_selector("text=The mat has taken it.")
    page.get_by_label("Brightness of the light").press("End")
    page.get_by_label("Brightness of the light").press("ArrowLeft")
    page.get_by_label("Loudness of the sound").press("Home")
    for _ in range(400):
        if mat.core.output_levels == ("quiet", 0.95, 0):
            break
        page.wait_for_timeout(25)
    assert mat.core.output_levels == ("quiet", 0.95, 0)
    seen.open(f"{mat.base}/set-up")
    assert page.get_by_label("Brightness of the light").get_attribute("aria-valuetext") == "95 %"
    assert page.locator("label:has-text('Quiet') input").is_checked()


def test_a_refusal_is_a_sentence(browser: Browser, tmp_path: Path) -> None:
    """What the mat rejects is said under the buttons."""
    with served_mat(tmp_path) as mat, watched(browser, 360, 780) as seen, mat.holding(RESTING):
        seen.bring(mat.page.address)
        seen.page.wait_for_selector("h1:text-is('Resting')")
        seen.page.get_by_role("button", name="It hurts now").click()
        seen.page.wait_for_selector("text=There is no session: lie down first.")
        assert [line for line in seen.said if "409" not in line] == []


def test_a_session_is_replayed(mat: ServedMat, seen: Watched) -> None:
    """The scrubber moves by keys, with words for its place; the replay goes on by itself."""
    seen.bring(mat.page.address, "/sessions")
    page = seen.page
    scrubber = page.get_by_label("Moment of the session")
    scrubber.focus()
    scrubber.press("Home")
    scrubber.press("PageUp")
    scrubber.press("ArrowRight")
    assert scrubber.get_attribute("aria-valuetext").startswith("1 minute 5 seconds, Easing,")  # type: ignore[union-attr]  # it is there
    page.locator("label:has-text('×30') input").check()
    page.get_by_role("button", name="Replay").click()
    seen.until("document.querySelector('input[type=range]').value > 90")
    page.get_by_role("button", name="Pause").click()
    page.locator("summary").first.click()
    assert page.locator("td:has-text('Settling begins')").is_visible()
    page.get_by_role("link", name="Earlier").click()
    page.wait_for_url("**/session/*")


@pytest.mark.slow
def test_the_simulated_mat_is_calibrated(browser: Browser, tmp_path: Path) -> None:
    """Start, follow the cells, keep: the whole procedure, with a simulated person who puts the weights."""
    path = tmp_path / "empty.toml"
    path.write_text(EMPTY)
    with story(str(path), 1) as address, watched(browser) as seen:
        seen.bring(address, "/set-up")
        page = seen.page
        page.get_by_role("button", name="Start", exact=True).click()
        page.wait_for_selector(".health.now")
        page.locator("#playback label:has-text('×60') input").check()
        page.get_by_role("button", name="Keep this calibration").click(timeout=240_000)
        page.wait_for_selector("text=Kept. The mat uses it from its next start.")
        assert [line for line in seen.said if "409" not in line] == []
