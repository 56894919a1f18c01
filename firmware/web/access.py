"""Who may do what: one door before every route. A request that is refused changes nothing.

| check | answer |
|---|---|
| the name in Host is not one of this mat | 421 |
| a write from a page of another origin | 403 |
| no token where one is needed | 401 |
| too many requests, or too many wrong tokens | 429 |
| a body that is not JSON | 415 |
| a body that is too large | 413 |

Reading the live picture needs no token on the machine itself. Everything about a person (sessions, ratings, notes,
names) and every change needs it there too: several people may share a computer.
"""

import ipaddress
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Final

from firmware.web import token as tokens

BODY_MOST: Final = 16_384
SAFE: Final = ("GET", "HEAD")
LOCAL_NAMES: Final = ("localhost", "127.0.0.1", "::1")
CLIENTS_MOST: Final = 256


class RefusedError(Exception):
    """A request that is refused: status and a sentence."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status, self.text = status, text


@dataclass(slots=True)
class Bucket:
    """A token bucket."""

    left: float
    at_s: float


@dataclass
class RateLimit:
    """So many a second, so many at once, for each client."""

    per_s: float
    at_once: int
    now_s: Callable[[], float]
    clients: "OrderedDict[str, Bucket]" = field(default_factory=OrderedDict)

    def take(self, client: str) -> bool:
        """Return whether a client may go on."""
        now_s = self.now_s()
        bucket = self.clients.pop(client, None) or Bucket(float(self.at_once), now_s)
        bucket.left = min(self.at_once, bucket.left + (now_s - bucket.at_s) * self.per_s)
        bucket.at_s = now_s
        self.clients[client] = bucket
        while len(self.clients) > CLIENTS_MOST:
            self.clients.popitem(last=False)
        if bucket.left < 1:
            return False
        bucket.left -= 1
        return True


def host_name(host: str) -> str:
    """Return the name in a Host header or an origin, without port, in lower case; empty when it has none."""
    text = host.strip().lower()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0].rstrip(".")


def is_loopback(address: str) -> bool:
    """Return whether an address belongs to this machine."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


class Access:
    """The rules of one server."""

    def __init__(
        self,
        token: str,
        names: Iterable[str],
        now_s: Callable[[], float],
        *,
        open_on_loopback: bool,
        limited: bool = True,
    ) -> None:
        """Names are the host names that are this mat; open_on_loopback: the live picture needs no token there."""
        self._token = token
        self._names = {name.lower() for name in (*LOCAL_NAMES, *names)}
        self._open_on_loopback, self._limited = open_on_loopback, limited
        self._reads = RateLimit(50, 200, now_s)
        self._writes = RateLimit(10, 40, now_s)
        self._wrong = RateLimit(0.1, 10, now_s)

    def check_host(self, headers: Mapping[str, str]) -> None:
        """Refuse names that are not ours: a page elsewhere may have its name point here."""
        if host_name(headers.get("host", "")) not in self._names:
            raise RefusedError(421, "this is not the name of this mat: use its address, or add the name to [web] names")

    def check_rate(self, client: str, method: str) -> None:
        """Refuse too many requests of one client."""
        limit = self._reads if method in SAFE else self._writes
        if self._limited and not limit.take(client):
            raise RefusedError(429, "too many requests: wait a moment")

    def check_origin(self, headers: Mapping[str, str], method: str) -> None:
        """Refuse writes that a page of another origin has sent."""
        if method in SAFE:
            return
        origin, site = headers.get("origin"), headers.get("sec-fetch-site", "same-origin")
        if site not in ("same-origin", "none"):
            raise RefusedError(403, "only the mat's own page may change something")
        if origin is not None and origin.lower() != f"http://{headers.get('host', '').strip().lower()}":
            raise RefusedError(403, "only the mat's own page may change something")

    def check_token(self, headers: Mapping[str, str], client: str, *, private: bool) -> None:
        """Refuse who has no token where one is needed."""
        if not private and self._open_on_loopback and is_loopback(client):
            return
        given = _given(headers)
        if given is not None and tokens.matches(given, self._token):
            return
        if given is not None:
            self.count_wrong(client)
        raise RefusedError(401, "open the page by the address that the mat shows: `acumat doctor` prints it")

    def visit(self, given: str, client: str) -> None:
        """Check the token of a first visit."""
        if not tokens.matches(given, self._token):
            self.count_wrong(client)
            raise RefusedError(401, "this address is not valid any more: `acumat doctor` prints the one in force")

    def count_wrong(self, client: str) -> None:
        """Slow down guessing."""
        if self._limited and not self._wrong.take(client):
            raise RefusedError(429, "too many wrong tokens: wait some minutes")


def _given(headers: Mapping[str, str]) -> str | None:
    """Return the token of a request: from the Authorization header, else from the cookie."""
    scheme, _, value = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and value:
        return value.strip()
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(tokens.COOKIE)
    except CookieError:
        return None
    return None if morsel is None else morsel.value


def check_body(headers: Mapping[str, str]) -> None:
    """Refuse a body that is not JSON, or that says it is too large."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise RefusedError(415, "send JSON: Content-Type: application/json")
    length = headers.get("content-length", "0")
    if not length.isdigit() or int(length) > BODY_MOST:
        raise RefusedError(413, f"at most {BODY_MOST} bytes")
