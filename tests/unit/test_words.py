"""What the product says to people, and what it must not claim anywhere."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from firmware import words
from firmware.enums import HintKind, Reason, State, StopReason
from firmware.events import Event, event_type
from firmware.words import journal

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    "firmware",
    "hardware",
    "sim",
    "docs",
    "systemd",
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "pyproject.toml",
)
KINDS = {
    ".py",
    ".toml",
    ".md",
    ".service",
    ".conf",
    ".html",
    ".js",
    ".css",
    ".csv",
    ".yml",
    ".yaml",
    ".json",
    ".scad",
    ".svg",
}

# Each is a promise that the evidence does not carry, or the language of a medical device.
CLAIMS = {
    "curing people": (r"cures?|cured|curing", r"heals? (your|the|back|pain)", r"treats?|treating|treatment (of|for)"),
    "a medical purpose": (
        r"therap(y|ies|eutic|ist)\w*",
        r"clinically|medical[- ]grade",
        r"diagnos(e|es|is|ing) (of|your|sleep|pain)",
    ),
    "cleansing": (r"toxins?|detox\w*|purif(y|ies)", r"cellulite|slimming"),
    "weight loss": (r"weight[- ]loss|(lose|losing) weight", r"fat[- ]burning|burns? fat"),
    "acting on organs": (r"kidneys?|urinary|organs", r"reflex zones?|meridians?"),
    "unblocking": (r"unblock\w*|metaboli[sc]\w*", r"restores? (the )?(metabol|function|balance)\w*"),
    "the blood": (r"blood[- ](flow|circulation)", r"(improves?|boosts?|stimulates?|better) circulation"),
    "hormones as fact": (r"endorphins?|oxytocin|serotonin",),
    "certain relief": (r"(instant|immediate|guaranteed|lasting|pain) relief", r"relieves?|pain[- ]free|painkill\w*"),
    "marks as harmless": (r"harmless|(perfectly|completely) safe|no side effects",),
    "an illness": (r"insomnia|migraines?|sciatica|depression|anxiety|arthritis|fibromyalgia|nerve pain",),
    "watching over a sleeper": (
        r"ap(n|no)oea|apnea|sleep (tracking|stages?|monitor\w*|analysis)",
        r"you (are|were|fell) asleep|asleep now",
    ),
    "vital signs": (r"vital[- ]signs?|heart[- ]?rate|pulse rate|blood pressure", r"(health|medical) alarm"),
    "body weight": (r"your (body )?weight is|body[- ]fat|weighs you|your bmi",),
    "scratching measured": (r"measures? (scratch\w*|shear)|scratch(ing)? detect\w*",),
}
# Whole sentences in which such a word is right, because they say what the mat is not or whom it is not for.
DENIALS = (
    r"not a medical device; it does not diagnose, treat or monitor any condition",
    r"(never|not|nor) (that it )?treats?\b[^.]*",
    r"recent treatment with anticoagulants, corticoids or acupuncture",
    r"(heart rate|sleep|body weight|shear|scratching)[^.\n]{0,120} (is|are) not (claimed|measured)[^.\n]*",
    r"(not|nothing|never) (is )?(claimed|measured)[^.\n]*",
    r"no (claim|promise)[^.\n]*",
)


def texts() -> Iterator[tuple[Path, str]]:
    """Return every text file of the product."""
    for room in ROOMS:
        top = ROOT / room
        for path in [top] if top.is_file() else sorted(top.rglob("*")):
            if path.suffix in KINDS and path.is_file():
                yield path.relative_to(ROOT), path.read_text(encoding="utf-8")


def claims(text: str) -> list[str]:
    """Return the claims that a text makes; what it denies is no claim."""
    plain = re.sub(r"[\"']?\s*\n\s*#?\s*[\"']?", " ", text.lower())
    for denial in DENIALS:
        plain = re.sub(denial, " ", plain)
    nets = {name: rf"\b({'|'.join(claim)})\b" for name, claim in CLAIMS.items()}
    return [f"{name}: {found.group()}" for name, net in nets.items() for found in re.finditer(net, plain)]


def test_the_product_claims_nothing_that_the_evidence_does_not_carry() -> None:
    """Every text file of the product is read: code, comments, tables, pages."""
    read = list(texts())
    assert len(read) > 60
    found = {str(path): made for path, text in read if (made := claims(text))}
    assert found == {}


@pytest.mark.parametrize(
    "sentence",
    [
        "It flushes toxins and cellulite.",
        "Lose weight while you lie.",
        "The points act on the kidneys and other organs.",
        "It unblocks nerves and restores metabolic function.",
        "Treats back pain.",
        "The mat cures\n    insomnia.",
        "Improves circulation; endorphins are released.",
        "A therapeutic effect with instant relief.",
        "Marks are harmless, a sign of blood flow.",
        "You were asleep for ten minutes.",
        "Warns of sleep apnoea and watches your heart rate.",
        "Measures scratching.",
        "Your weight is 80 kg.",
    ],
)
def test_the_net_catches_what_it_is_for(sentence: str) -> None:
    """Each forbidden claim in a sentence that a person might write."""
    assert claims(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        words.DISCLAIMER,
        "Many people report that it softens within five minutes.",
        "Heart rate is not claimed.",
        "One small trial found less pain at its worst after three weeks.",
        "The page says still; only the person may say asleep.",
    ],
)
def test_what_may_be_said_passes_the_net(sentence: str) -> None:
    """Reports, denials and the disclaimer are no claims."""
    assert claims(sentence) == []


def sentences() -> Iterator[str]:
    """Return every text of the words file."""
    for name, value in (*vars(words).items(), *vars(journal).items()):
        if name.isupper():
            yield from texts_in(value)


def texts_in(value: object) -> Iterator[str]:
    """Return the texts of a table, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | tuple):
        for one in value.values() if isinstance(value, dict) else value:
            yield from texts_in(one)


def test_every_sentence_is_plain_and_kind() -> None:
    """No exclamation, no shouting, no order without reason; short enough to be read while lying down."""
    said = list(sentences())
    assert len(said) > 70
    for sentence in said:
        assert "!" not in sentence
        assert not re.search(r"\b(must|failed|wrong|bad|warning|alarm|error)\b", sentence, re.IGNORECASE), sentence
        assert len(re.findall(r"[.?]", sentence)) <= 6, sentence
        assert not re.search(r"\b[A-Z]{3,}\b", sentence), sentence


def test_everything_that_can_happen_can_be_said() -> None:
    """Each state, reason, hint and advice has its words, and there are none for things that do not exist."""
    assert set(words.STATE) == set(State)
    assert set(words.ENDED) == set(Reason)
    assert set(words.HINT) == set(HintKind)
    assert set(words.STOP) == set(StopReason)
    assert set(words.WHY) <= set(State)
    assert set(words.EVENT) == {event_type(kind) for kind in get_args(Event)}


@pytest.mark.requirement("D37", "D38", "D39")
def test_the_person_is_reported_what_the_mat_is_not() -> None:
    """The disclaimer says all it has to: hobby, no device, nobody watches, does not wake you, stop when it grows."""
    for part in ("Hobby project", "Not a medical device", "nobody is watching", "wake you", "Stop if discomfort"):
        assert part in words.DISCLAIMER
    before = " ".join(words.BEFORE_YOU_USE_IT)
    for part in (
        "pregnant",
        "blood thinners",
        "clotting",
        "open wounds",
        "sunburn",
        "spinal surgery",
        "skin is broken",
    ):
        assert part in before
    assert words.WEEK.format(done=3, target=4) == "3 of 4 sessions this week."
