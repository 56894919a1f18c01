"""The door of the page: every refusal of the matrix, and that what is refused changes nothing."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from firmware.errors import StorageError
from firmware.web import token as tokens
from firmware.web.access import BODY_MOST, Access, RateLimit, RefusedError, check_body, host_name, is_loopback

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

TOKEN = "a-token-of-this-mat-1234"  # noqa: S105 - of this test
HOST = {"host": "mat.local:8437"}
OURS = {**HOST, "origin": "http://mat.local:8437"}


def door(*, open_on_loopback: bool = False, limited: bool = False) -> Access:
    return Access(TOKEN, ["mat.local"], lambda: 0.0, open_on_loopback=open_on_loopback, limited=limited)


def refused(status: int) -> "AbstractContextManager[object]":
    return pytest.raises(RefusedError, check=lambda error: error.status == status)


@pytest.mark.parametrize(
    "host", ["mat.local", "MAT.LOCAL:8437", "mat.local.", "127.0.0.1:1", "[::1]:8437", "localhost"]
)
def test_a_name_of_the_mat_is_let_in(host: str) -> None:
    """Whatever its case, port or final dot."""
    door().check_host({"host": host})


@pytest.mark.parametrize("host", ["", "evil.example", "mat.local.evil.example", "10.0.0.1", "[::2]:80"])
def test_another_name_is_misdirected(host: str) -> None:
    """A page elsewhere that lets its own name point here gets 421."""
    with refused(421):
        door().check_host({"host": host})


def test_a_write_from_another_origin_is_refused() -> None:
    """Reading by address is free; writing takes the mat's own page, or a program that sends no origin."""
    here = door()
    here.check_origin({**HOST, "origin": "http://evil.example"}, "GET")
    here.check_origin(OURS, "POST")
    here.check_origin(HOST, "POST")
    for headers in (
        {**HOST, "origin": "http://evil.example"},
        {**HOST, "origin": "null"},
        {**OURS, "sec-fetch-site": "cross-site"},
    ):
        with refused(403):
            here.check_origin(headers, "POST")


def test_the_token_comes_by_header_or_cookie() -> None:
    """A wrong one in the header is not replaced by a right cookie."""
    here = door()
    here.check_token({"authorization": f"Bearer {TOKEN}"}, "10.0.0.2", private=True)
    here.check_token({"cookie": f"other=1; {tokens.COOKIE}={TOKEN}"}, "10.0.0.2", private=True)
    for headers in ({}, {"authorization": "Bearer x"}, {"authorization": f"Basic {TOKEN}"}, {"cookie": "acumat=é"}):
        with refused(401):
            here.check_token(headers, "10.0.0.2", private=True)
    with refused(401):
        here.check_token({"authorization": "Bearer x", "cookie": f"acumat={TOKEN}"}, "10.0.0.2", private=True)


def test_the_live_picture_is_open_on_the_machine_itself_only() -> None:
    """What is about a person needs the token there too; a mat on the home network always does."""
    here = door(open_on_loopback=True)
    here.check_token({}, "127.0.0.1", private=False)
    for client, private in (("127.0.0.1", True), ("192.168.1.7", False)):
        with refused(401):
            here.check_token({}, client, private=private)
    with refused(401):
        door().check_token({}, "127.0.0.1", private=False)


def test_guessing_is_slowed_down() -> None:
    """Ten wrong tokens, then the right one has to wait too."""
    here = door(limited=True)
    for _ in range(10):
        with refused(401):
            here.visit("wrong", "10.0.0.2")
    with refused(429):
        here.visit("wrong", "10.0.0.2")
    here.visit(TOKEN, "10.0.0.2")
    with refused(401):
        here.visit("wrong", "10.0.0.3")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 415),
        ({"content-type": "text/plain"}, 415),
        ({"content-type": "application/json", "content-length": str(BODY_MOST + 1)}, 413),
        ({"content-type": "application/json", "content-length": "-1"}, 413),
    ],
)
def test_a_body_is_json_and_small(headers: dict[str, str], status: int) -> None:
    """Anything else is refused before it is read."""
    check_body({"content-type": "application/json; charset=utf-8", "content-length": "2"})
    with refused(status):
        check_body(headers)


def test_a_rate_fills_up_again() -> None:
    """Three at once, then one a second; another client has its own, and only so many clients are kept."""
    now = [0.0]
    limit = RateLimit(1, 3, lambda: now[0])
    assert [limit.take("a") for _ in range(4)] == [True, True, True, False]
    assert limit.take("b")
    now[0] = 1.5
    assert [limit.take("a") for _ in range(2)] == [True, False]
    for number in range(1000):
        limit.take(str(number))
    assert len(limit.clients) == 256


@pytest.mark.parametrize(("text", "name"), [("[::1]:80", "::1"), ("A.b:8", "a.b"), ("", ""), ("a.b.", "a.b")])
def test_the_name_of_a_host(text: str, name: str) -> None:
    """Without port, in lower case."""
    assert host_name(text) == name


def test_loopback() -> None:
    """Both families, and words that are no address."""
    assert is_loopback("127.0.0.9")
    assert is_loopback("::1")
    assert not is_loopback("0.0.0.0")  # noqa: S104 - not bound
    assert not is_loopback("")


def test_the_token_is_made_once_and_only_its_user_reads_it(tmp_path: Path) -> None:
    """The second start has the same one; a damaged file gets a new one."""
    first = tokens.load_token(tmp_path / "state")
    path = tmp_path / "state" / tokens.NAME
    assert tokens.load_token(tmp_path / "state") == first
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text("short")
    assert tokens.load_token(tmp_path / "state") not in (first, "short")
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_folder_that_takes_nothing_is_an_error(tmp_path: Path) -> None:
    """It names the file."""
    (tmp_path / "state").write_text("a file")
    with pytest.raises(StorageError, match=r"page\.token"):
        tokens.load_token(tmp_path / "state")


def test_the_token_stands_behind_the_hash() -> None:
    """So no request line, log or referrer has it."""
    assert tokens.visit_address("::1", 80, "t") == "http://[::1]:80/#visit=t"
    assert tokens.visit_address("10.0.0.1", 80, "t") == "http://10.0.0.1:80/#visit=t"
