"""Where the page is: the address of a first visit, or how to get one."""

from pathlib import Path

import pytest

from firmware.cli.page_address import print_page_address
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


def test_a_token_that_cannot_be_read_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In one sentence, with the name of the file."""
    (tmp_path / "acumat.db").touch()
    (tmp_path / NAME).mkdir()
    assert f"{NAME}: the token of the page cannot be kept" in shown(tmp_path, capsys, Web(enabled=True))
