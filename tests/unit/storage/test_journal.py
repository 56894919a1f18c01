"""Answers of the journal as people type them, and as they are shown."""

import pytest

from firmware.errors import StorageError
from firmware.storage import journal
from firmware.words import journal as journal_words


def test_what_people_type_is_understood() -> None:
    """Capitals, hyphens, yes and no."""
    said = journal.answers({"cover": " T-Shirt ", "knees": "Yes", "lumbar": "n", "back_pain": "3"}, "before")
    assert (said.cover, said.knees, said.lumbar, said.back_pain) == ("t_shirt", True, False, 3)


@pytest.mark.parametrize(
    ("phase", "name", "value", "text"),
    [
        ("before", "cover", "wool", "cover: 'wool' is not double_towel, thick_towel, thin_towel, t_shirt or bare"),
        ("before", "knees", "perhaps", "knees: 'perhaps' is not yes or no"),
        ("before", "back_pain", "11", "back_pain: '11' is not a whole number from 0 to 10"),
        ("after", "marks", "7", "marks: '7' is not none, light, strong or broken_skin"),
        ("before", "place", "x" * 201, f"place: '{'x' * 40}' is not a shorter text"),
        ("morning", "cover", "bare", "cover: is not asked morning; asked are sleep, marks_gone, note"),
    ],
)
def test_a_wrong_answer_is_named_with_what_is_right(phase: journal.Phase, name: str, value: str, text: str) -> None:
    """One line, without the words of a library."""
    with pytest.raises(StorageError) as caught:
        journal.answers({name: value}, phase)
    assert str(caught.value) == text


def test_every_answer_has_words() -> None:
    """Each choice of each question, yes and no, numbers and texts."""
    assert set(journal_words.SAID) == set(journal.JournalAnswers.__struct_fields__)
    for phase, names in journal.ASKED.items():
        for name in names:
            assert name in journal_words.ASK
            for value in journal.CHOICES.get(name, ("5",)):
                [text] = journal.said_texts(journal.answers({name: value}, phase))
                assert "_" not in text
                assert text.strip() == text
