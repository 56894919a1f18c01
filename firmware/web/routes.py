"""What a route is. The table of them all makes the server's routes, the OpenAPI document and its tests."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec


class Need(StrEnum):
    """What a request must bring."""

    NOTHING = "nothing"
    LIVE = "live"  # the token, but not on the machine itself
    TOKEN = "token"  # noqa: S105 - a word, no secret


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter: of the path when its name stands in the path, else of the query."""

    name: str
    kind: Any
    default: Any
    meaning: str


@dataclass(frozen=True, slots=True)
class Call:
    """One request, checked. values are the parameters; body is decoded; client is an address."""

    client: str
    values: Mapping[str, Any]
    body: Any = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with headers of its own."""

    body: msgspec.Struct
    headers: tuple[tuple[str, str], ...] = ()


Handler = Callable[[Call], Awaitable[msgspec.Struct | Answer]]


@dataclass(frozen=True, slots=True)
class ApiRoute:
    """One row of the API. may_fail are the statuses that its handler raises beside those of the door."""

    method: str
    path: str
    summary: str
    answers: type[msgspec.Struct]
    handler: Handler
    need: Need = Need.TOKEN
    takes: type[msgspec.Struct] | None = None
    params: tuple[Param, ...] = ()
    may_fail: tuple[int, ...] = ()
    stream: bool = False
