"""The page over real HTTP: files, routes, refusals, the live stream; and the OpenAPI document of it all."""

import gzip
import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import httpx
import pytest

from firmware.enums import State
from firmware.events import Zeroed
from firmware.web.access import BODY_MOST
from firmware.web.files import static_files
from tests.doubles.served import ServedMat, served_mat
from tests.doubles.ticks import tick


@pytest.fixture(scope="module")
def mat(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedMat]:
    with served_mat(tmp_path_factory.mktemp("state")) as made:
        made.offer(tick(1.0, events=(Zeroed(1.0, 0.0, "start"),)))
        yield made


@pytest.fixture
def web(mat: ServedMat) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=mat.base, trust_env=False) as made:
        yield made


def test_every_file_is_served_compressed_and_safe(web: httpx.Client) -> None:
    """With the policy on each; the second visit of an unchanged file costs nothing."""
    for name, file in static_files().items():
        got = web.get("/" if name == "index.html" else f"/{name}")
        assert got.status_code == 200
        assert got.content == file.body
        assert got.headers["content-encoding"] == "gzip"
        assert "'unsafe" not in got.headers["content-security-policy"]
        again = web.get(f"/{name}" if name != "index.html" else "/", headers={"if-none-match": got.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    assert web.get("/page.css", headers={"accept-encoding": "identity"}).content == static_files()["page.css"].body


def test_the_page_is_small_and_asks_nobody_else() -> None:
    """At most 60 kB compressed in all, and no address of another machine in any file."""
    files = static_files()
    assert sum(len(file.packed) for file in files.values()) <= 60_000
    for name, file in files.items():
        found = set(re.findall(rb"https?://[^\s\"'`)]*", file.body)) - {b"http://www.w3.org/2000/svg"}
        assert not found, (name, found)
        assert gzip.decompress(file.packed) == file.body


def test_the_chosen_screen_is_there_before_the_first_paint(web: httpx.Client) -> None:
    """The server writes it into the page; anything but the two words is ignored."""
    assert 'data-screen="dark"' in web.get("/", headers={"cookie": "screen=dark"}).text
    assert "data-screen" not in web.get("/", headers={"cookie": 'screen="><script>'}).text


def test_every_view_has_an_address(web: httpx.Client) -> None:
    """And anything else is not found."""
    for path in ("/sessions", "/session/3", "/journal", "/trends", "/set-up", "/help", "/welcome"):
        assert web.get(path).status_code == 200
    for path in ("/../firmware", "/static/app.js", "/api", "/api/nothing", "/page.token"):
        assert web.get(path).status_code == 404


def test_a_first_visit_sets_a_cookie_that_opens_the_rest(mat: ServedMat, web: httpx.Client) -> None:
    """The token is neither in an address nor readable by scripts."""
    assert web.get("/api/people").status_code == 401
    assert web.post("/api/visit", json={"token": "wrong"}).status_code == 401
    got = web.post("/api/visit", json={"token": mat.page.token})
    assert "HttpOnly" in got.headers["set-cookie"]
    assert "SameSite=Strict" in got.headers["set-cookie"]
    people = web.get("/api/people").json()["people"]
    assert [one["name"] for one in people] == ["guest"]
    assert people[0]["chosen"]


def test_what_each_part_needs(mat: ServedMat, web: httpx.Client) -> None:
    """The live picture is open on the machine itself; what is about a person, and every change, is not."""
    document = web.get("/api/openapi.json").json()
    for path, operations in document["paths"].items():
        for method in operations:
            body = {"token": "x"} if path == "/api/visit" else {}
            path_ = path.replace("{number}", "1")
            got = web.request(method.upper(), path_, json=None if method == "get" else body)
            is_open = path in ("/api/live", "/api/cells", "/api/outputs", "/api/help") or (path, method) == (
                "/api/commands",
                "get",
            )
            assert got.status_code == (200 if is_open else 401), (method, path)
    assert mat.dispatcher.plan.people.persons == ()


REFUSALS = [
    ("GET", "/api/live", {"host": "evil.example"}, None, 421),
    ("GET", "/", {"host": "evil.example"}, None, 421),
    ("POST", "/api/commands", {"origin": "http://evil.example"}, b"{}", 403),
    ("DELETE", "/api/commands", {}, None, 405),
    ("POST", "/api/live", {}, b"{}", 405),
    ("POST", "/api/commands", {"content-type": "text/plain"}, b"{}", 415),
    ("POST", "/api/commands", {}, b"x" * (BODY_MOST + 1), 413),
    ("POST", "/api/commands", {}, b"{", 400),
    ("POST", "/api/commands", {}, b'{"name": 1}', 400),
    ("POST", "/api/commands", {}, b'{"name": "zero", "more": 1}', 400),
    ("POST", "/api/commands", {}, b'{"name": "fly"}', 409),
    ("POST", "/api/commands", {}, b'{"name": "goal_min", "value": 400}', 409),
    ("POST", "/api/commands", {}, b'{"name": "easing"}', 409),
    ("GET", "/api/session/999", {}, None, 404),
    ("GET", "/api/session/none", {}, None, 404),
    ("GET", "/api/sessions?limit=none", {}, None, 400),
    ("POST", "/api/journal", {}, b'{"phase": "before", "said": {"back_pain": 11}}', 400),
    ("POST", "/api/journal", {}, b'{"phase": "before", "said": {"sleep": 3}}', 409),
    ("POST", "/api/journal", {}, b'{"phase": "after", "said": {"back_pain": 3}}', 409),
]


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: f"{case[-1]} {case[0]} {case[1]}")
def test_the_matrix_of_refusals(
    mat: ServedMat, web: httpx.Client, case: tuple[str, str, dict[str, str], bytes | None, int]
) -> None:
    """Each with one sentence, even with a right token."""
    method, path, headers, content, status = case
    before = mat.dispatcher.plan.people
    sent = {"content-type": "application/json", **mat.bearer, **headers}
    got = web.request(method, path, headers=sent, content=content)
    assert got.status_code == status
    assert got.json()["error"]
    assert "content-security-policy" in got.headers
    assert mat.dispatcher.plan.people is before


def test_a_body_without_a_length_is_cut_off(mat: ServedMat, web: httpx.Client) -> None:
    """A chunked body is counted while it comes."""
    headers = {"content-type": "application/json", **mat.bearer}
    got = web.post("/api/commands", headers=headers, content=(b"x" * 1024 for _ in range(64)))
    assert got.status_code == 413


def test_commands_reach_the_plan(mat: ServedMat, web: httpx.Client) -> None:
    """Who lies here, and for how long; a note before the session."""

    def sent(name: str, value: object = None) -> int:
        return web.post("/api/commands", json={"name": name, "value": value}, headers=mat.bearer).status_code

    assert sent("goal_min", 12) == 200
    assert mat.dispatcher.plan.goal_s == 720
    assert sent("preset", "normal") == 200
    assert sent("add_person", "Kim") == 200
    assert sent("person", "Kim") == 200
    programme = web.get("/api/programme", headers=mat.bearer).json()
    assert (programme["person"], programme["level"], programme["needs_acknowledgement"]) == ("Kim", 1, True)
    assert sent("acknowledge", programme["acknowledgement_version"]) == 200
    assert web.get("/api/people", headers=mat.bearer).json()["people"][1]["read"]
    said = {"phase": "before", "said": {"back_pain": 6, "cover": "t_shirt"}}
    for pain in (6, 5):
        said["said"] = {"back_pain": pain, "cover": "t_shirt"}
        assert web.post("/api/journal", json=said, headers=mat.bearer).status_code == 200
    journal = web.get("/api/journal", headers=mat.bearer).json()
    assert [entry["said"] for entry in journal["entries"]] == [{"back_pain": 5, "cover": "t_shirt"}]
    assert journal["as_last_time"] == {"cover": "t_shirt"}
    assert sent("remove_person", "Kim") == 200
    assert web.get("/api/trends", headers=mat.bearer).json()["sessions"] == 0


def test_light_and_sound_are_set(mat: ServedMat, web: httpx.Client) -> None:
    """Factors from 0 to 1 and one of the modes; the answer is what the mat has now."""

    def sent(name: str, value: object) -> int:
        return web.post("/api/commands", json={"name": name, "value": value}, headers=mat.bearer).status_code

    assert web.get("/api/outputs").json() == {"mode": "normal", "brightness": 1.0, "volume": 1.0}
    assert [sent("brightness", 0.3), sent("volume", 0), sent("mode", "quiet")] == [200] * 3
    assert web.get("/api/outputs").json() == {"mode": "quiet", "brightness": 0.3, "volume": 0}
    assert [sent("brightness", 1.1), sent("volume", -1), sent("mode", "gentle")] == [409] * 3
    assert web.get("/api/outputs").json() == {"mode": "quiet", "brightness": 0.3, "volume": 0}


def test_cells_and_their_zero(web: httpx.Client) -> None:
    """Twelve cells from the hips on; the zero has its time."""
    cells = web.get("/api/cells").json()
    assert (cells["rows"], cells["columns"], cells["needed"]) == (4, 3, 9)
    assert cells["cells"][0] == {"name": "A1", "row": 0, "column": 0, "state": "fine", "flicker_g": None}
    assert cells["zeroed_s"] is not None


def test_the_stream_has_the_newest_frame(mat: ServedMat, web: httpx.Client) -> None:
    """A reader gets a frame at once and another one for the next tick."""
    with web.stream("GET", "/api/live", headers={"accept": "text/event-stream"}) as got:
        assert got.headers["content-type"].startswith("text/event-stream")
        lines = (line for line in got.iter_lines() if line.startswith("data: "))
        first = json.loads(next(lines)[6:])
        mat.offer(tick(first["t_s"] + 10, State.SETTLING, load_n=300.0, elapsed_s=7.0))
        second = json.loads(next(lines)[6:])
    assert second["state"] == "settling"
    assert second["number"] > first["number"]
    mat.offer(tick(first["t_s"] + 20))


def test_the_document_names_every_status(web: httpx.Client) -> None:
    """Each refusal of the door is documented where it can happen, and every reference resolves."""
    document = web.get("/api/openapi.json").json()
    schemas = document["components"]["schemas"]
    for name in re.findall(r"#/components/schemas/(\w+)", json.dumps(document)):
        assert name in schemas
    post = document["paths"]["/api/commands"]["post"]["responses"]
    assert set(post) == {"200", "400", "401", "403", "409", "413", "415", "421", "429", "503"}
    assert document["openapi"] == "3.1.0"


def test_too_many_requests_wait(tmp_path: Path) -> None:
    """The first ones are served, then 429 until time passes."""
    with served_mat(tmp_path, limited=True) as mat, httpx.Client(base_url=mat.base, trust_env=False) as web:
        codes = [web.get("/api/help").status_code for _ in range(210)]
        assert codes[:200] == [200] * 200
        assert codes[-1] == 429
        assert all(later >= earlier for earlier, later in pairwise(codes))
        mat.clock.now_s += 60
        assert web.get("/api/help").status_code == 200
