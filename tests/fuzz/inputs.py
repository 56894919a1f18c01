"""Inputs that grow out of a valid example: changed bytes, cut and doubled parts, deep nesting, huge numbers."""

from collections.abc import Callable
from random import Random
from typing import Final

NASTY: Final = (
    # nesting
    b"[" * 5000, b"{" * 5000, b'{"a":' * 2000, b"[[" * 400 + b"1" + b"]]" * 400, b"a=" + b"{a=" * 3000,
    # numbers
    b"9" * 310, b"1" * 5000, b"1e400", b"-1e400", b"NaN", b"inf", b"-inf", b"nan", b"0" * 40, b"1_000", b"-0",
    b"1e-400",     b"18446744073709551616", b"0x" + b"f" * 400,
    # text
    b'"x\\ud800"', b'"\\ud800\\ud800"', b'"\\u0000"', b"\xff\xfe", b"\xed\xa0\x80", b"\xf4\x90\x80\x80",
    b"\xef\xbb\xbf",     b"\xe2\x80\xae", b"\x00", b"\x1b[2J", b"\x7f", b"\xc2\x85",
    b"\\", b'"""', b"'''", b"x" * 20_000, b"@" * 5_000,
    b"a@" * 2_000, b"user:secret@", b"\r",
    # structure
    b".".join([b"a"] * 2000), b"#", b"= = =", b"]]]]", b"}}}}", b"1979-05-27T07:32:00Z", b"true", b"null", b"{}", b"[]",
    b'""', b"\n" * 3000, b"a = 1\n" * 300, b"[a]\n" * 300,
)  # fmt: skip
VALUES: Final = (b"9" * 310, b"-1", b"1e308", b"0", b"NaN", b"[1]", b'"1"', b"null")

Span = tuple[int, int]


def _change_byte(data: bytearray, span: Span, chance: Random) -> None:
    if data:
        data[span[0] % len(data)] = chance.randrange(256)


def _insert_nasty(data: bytearray, span: Span, chance: Random) -> None:
    data[span[0] : span[0]] = chance.choice(NASTY)


def _replace_by_nasty(data: bytearray, span: Span, chance: Random) -> None:
    data[span[0] : span[1]] = chance.choice(NASTY)


def _delete(data: bytearray, span: Span, _chance: Random) -> None:
    del data[span[0] : min(span[1], span[0] + 500)]


def _cut(data: bytearray, span: Span, _chance: Random) -> None:
    del data[span[1] :]


def _double(data: bytearray, span: Span, _chance: Random) -> None:
    data[span[0] : span[0]] = data[span[0] : min(span[1], span[0] + 300)]


def _insert_bytes(data: bytearray, span: Span, chance: Random) -> None:
    data[span[0] : span[0]] = chance.randbytes(chance.randint(1, 8))


def _change_digit(data: bytearray, _span: Span, chance: Random) -> None:
    digits = [place for place, byte in enumerate(data) if 48 <= byte <= 57]
    if digits:
        place = chance.choice(digits)
        data[place : place + 1] = chance.choice(VALUES)


CHANGES: Final[tuple[Callable[[bytearray, Span, Random], None], ...]] = (
    _change_byte, _insert_nasty, _replace_by_nasty, _delete, _cut, _double, _insert_bytes, _change_digit
)  # fmt: skip


def mutated(example: bytes, chance: Random, most: int) -> bytes:
    """Return the example after one to eight random changes, at most so many bytes; rarely a nasty text alone."""
    if chance.random() < 0.03:
        return chance.choice(NASTY)[:most]
    data = bytearray(example)
    for _ in range(chance.randint(1, 8)):
        start, end = sorted((chance.randint(0, len(data)), chance.randint(0, len(data))))
        chance.choice(CHANGES)(data, (start, end), chance)
    return bytes(data[:most])
