"""The first-session card follows from words, the board and the first level; its picture shows the card of today."""

import sys
from pathlib import Path

import pytest
from PIL import Image

from firmware import words
from firmware.words import card
from hardware import board as boards

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # docs is no package of the program
from docs import first_session, generate  # noqa: E402 - needs the line above


@pytest.mark.requirement("D01", "D03", "D20", "D37", "D38", "D39")
def test_the_card_and_its_picture_are_current() -> None:
    """`make docs` writes the card, `python -m docs.first_session` its picture too."""
    text = first_session.page()
    assert first_session.PAGE.read_text(encoding="utf-8") == text == generate.PAGES["first-session.html"]()
    with Image.open(first_session.PICTURE) as picture:
        assert picture.info[first_session.DIGEST] == first_session.digest(text), "run python -m docs.first_session"


def test_the_card_says_what_the_program_says() -> None:
    """The sentences are those of the terminal and the page; nothing is left to fill in, nothing is fetched."""
    text = first_session.page().replace("&quot;", '"')
    for sentence in (*words.STOP_WHEN, *words.NOT_ON, *words.ASK_FIRST, words.DISCLAIMER, words.STATE["settling"]):
        assert sentence in text
    assert "with a thick towel between you" in text
    assert "In while you count to 4, out while you count to 6." in text
    assert "{" not in text.partition("</style>")[2]
    assert "http" not in text
    assert "$" not in text


def test_a_board_without_a_key_has_a_card_without_it() -> None:
    """What is not soldered is not explained."""
    board = boards.parse_board(boards.default_text().replace("button = 5", "# button = 5"))
    assert card.KEY in first_session.page()
    assert card.KEY not in first_session.page(board)
    assert card.KEY_IN_HAND not in first_session.page(board)
