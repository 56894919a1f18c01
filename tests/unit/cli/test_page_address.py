"""Where the page is: the address of a first visit, or how to get one."""

import io
from pathlib import Path

import pytest

from firmware.cli.page_address import announce, print_page_address
from firmware.config import Settings, Storage, Web
from firmware.web.token import NAME, load_token


def shown(folder: Path, capsys: pytest.CaptureFixture[str], web: Web) -> str:
    print_page_address(Settings(storage=Storage(state_dir=folder), web=web))
    return capsys.readouterr().out


def test_without_a_page_it_names_the_setting(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is made."""
    assert "[web] with enabled = true" in shown(tmp_path, capsys, Web())
    assert list(tmp_path.iterdir()) == []


def test_before_the_first_run_there_is_no_token(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Root may ask first: a token of root's could not be read by the service."""
    assert "once the mat has run" in shown(tmp_path, capsys, Web(enabled=True))
    assert list(tmp_path.iterdir()) == []


def test_the_address_has_the_token_and_a_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same token as the service's."""
    (tmp_path / "acumat.db").touch()
    token = load_token(tmp_path)
    text = shown(tmp_path, capsys, Web(enabled=True, port=99))
    assert f"http://127.0.0.1:99/#visit={token}\n" in text
    assert text.count("▀") > 50


class Screen(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        """Return whether a person looks: yes."""
        return True


@pytest.mark.parametrize(
    ("stream", "listened", "shown_there"),
    [(Screen(), "0.0.0.0", True), (Screen(), "127.0.0.1", False), (io.StringIO(), "0.0.0.0", False)],  # noqa: S104 - no socket
)
def test_a_page_for_the_house_is_shown_at_the_start(stream: io.StringIO, listened: str, *, shown_there: bool) -> None:
    """With its code, to a person at a terminal; never into a log, and not where no phone can reach it."""
    announce(listened, "http://192.0.2.7:8437/#visit=secret", stream)
    assert ("#visit=secret" in stream.getvalue()) is shown_there
    assert (stream.getvalue().count("▀") > 50) is shown_there


def test_a_token_that_cannot_be_read_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In one sentence, with the name of the file."""
    (tmp_path / "acumat.db").touch()
    (tmp_path / NAME).mkdir()
    assert f"{NAME}: the token of the page cannot be kept" in shown(tmp_path, capsys, Web(enabled=True))
