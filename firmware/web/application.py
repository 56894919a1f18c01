"""The ASGI application: the door, the API from its table, and the files of the page."""

import logging
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route, Router

from firmware.web import openapi
from firmware.web.access import BODY_MOST, SAFE, Access, RefusedError, check_body
from firmware.web.files import INDEX, static_files
from firmware.web.messages import Problem
from firmware.web.routes import Answer, ApiRoute, Call, Need
from firmware.web.stream import LiveStream

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from firmware.web.hub import Hub

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
SAFETY: Final = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
JSON: Final = "application/json"
SCREENS: Final = ("light", "dark")
VIEWS: Final = ("/", "/sessions", "/session/{number}", "/journal", "/trends", "/set-up", "/help", "/welcome")
DOCUMENT: Final = "/api/openapi.json"

log = logging.getLogger(__name__)


class Application:
    """The page of one mat."""

    def __init__(self, api: Iterable[ApiRoute], access: Access, hub: "Hub") -> None:
        self._access, self._hub = access, hub
        self._table = tuple(api)
        document = msgspec.json.encode(openapi.document(self._table))
        methods: dict[str, dict[str, ApiRoute]] = {}
        for row in self._table:
            methods.setdefault(row.path, {})[row.method] = row
        routes = [Route(path, _Endpoint(self, rows)) for path, rows in methods.items()]
        routes.append(Route(DOCUMENT, _plain(document, JSON)))
        routes += [Route(path, _index) for path in VIEWS]
        routes += [Route(f"/{name}", _file(name)) for name in static_files() if name != INDEX]
        self._router = Router(routes, redirect_slashes=False)

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        headers, client = request.headers, request.client.host if request.client else ""
        scope["method"] = method = scope["method"].upper()
        try:
            self._access.check_host(headers)
            self._access.check_rate(client, method)
            self._access.check_origin(headers, method)
        except RefusedError as error:
            await problem(error)(scope, receive, send)
            return
        await self._router(scope, receive, _with_safety(send))

    async def answer(self, row: ApiRoute, request: Request) -> "ASGIApp":
        """Return the response of an API route."""
        client = request.client.host if request.client else ""
        try:
            if row.need is not Need.NOTHING:
                self._access.check_token(request.headers, client, private=row.need is Need.TOKEN)
            if row.stream and "text/event-stream" in request.headers.get("accept", ""):
                return self._stream()
            values = _values(row, request)
            body = await _body(row, request)
            made = await row.handler(Call(client, values, body))
        except RefusedError as error:
            return problem(error)
        except ClientDisconnect:
            return Response(status_code=400)
        except Exception:
            log.exception("page: defect in this program at %s %s", row.method, row.path)
            return problem(RefusedError(500, "a defect in the mat's program; its log has the details"))
        answer = made if isinstance(made, Answer) else Answer(made)
        headers = {"cache-control": "no-store", **dict(answer.headers)}
        return Response(msgspec.json.encode(answer.body), media_type=JSON, headers=headers)

    def _stream(self) -> LiveStream:
        if self._hub.full:
            raise RefusedError(503, "too many pages are open")
        return LiveStream(self._hub)


class _Endpoint:
    """One path of the API with its methods; anything else is 405. HEAD is a GET without its body."""

    def __init__(self, application: Application, rows: Mapping[str, ApiRoute]) -> None:
        self._application, self._rows = application, rows

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        request = Request(scope, receive, send)
        row = self._rows.get(request.method)
        if row is None:
            response: ASGIApp = problem(
                RefusedError(405, f"{', '.join(self._rows)} only"), {"allow": ", ".join(self._rows)}
            )
        else:
            response = await self._application.answer(row, request)
        await response(scope, receive, send)


def problem(error: RefusedError, headers: Mapping[str, str] | None = None) -> Response:
    """Return the response of a refusal."""
    body = msgspec.json.encode(Problem(error.text))
    more = {"cache-control": "no-store", **SAFETY, **(headers or {})}
    return Response(body, error.status, media_type=JSON, headers=more)


def _values(row: ApiRoute, request: Request) -> dict[str, Any]:
    """Return the parameters of a request, of their types."""
    found: dict[str, Any] = {}
    for one in row.params:
        in_path = one.name in request.path_params
        text = request.path_params[one.name] if in_path else request.query_params.get(one.name)
        try:
            found[one.name] = one.default if text is None else msgspec.convert(text, one.kind, strict=False)
        except msgspec.ValidationError as error:
            raise RefusedError(404 if in_path else 400, f"{one.name}: {error}") from error
    return found


async def _body(row: ApiRoute, request: Request) -> object:
    """Return the decoded body of a request that has one."""
    if row.takes is None:
        return None
    check_body(request.headers)
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > BODY_MOST:
            raise RefusedError(413, f"at most {BODY_MOST} bytes")
    try:
        return msgspec.json.decode(bytes(data), type=row.takes)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise RefusedError(400, str(error)) from error


def _with_safety(send: "Send") -> "Send":
    """Return a send that adds the headers of SAFETY to each response."""
    added = [(name.encode(), value.encode()) for name, value in SAFETY.items()]

    async def sent(message: Any) -> None:  # noqa: ANN401 - an ASGI message
        if message["type"] == "http.response.start":
            known = {name for name, _ in message["headers"]}
            message["headers"] = [*message["headers"], *(pair for pair in added if pair[0] not in known)]
        await send(message)

    return sent


def _plain(body: bytes, kind: str) -> Any:  # noqa: ANN401 - a starlette endpoint
    async def endpoint(_request: Request) -> Response:
        return Response(body, media_type=kind)

    return endpoint


def _file(name: str) -> Any:  # noqa: ANN401 - a starlette endpoint
    async def endpoint(request: Request) -> Response:
        return _static(name, request)

    return endpoint


async def _index(request: Request) -> Response:
    """Return the one HTML file, which has every view; the chosen screen is set before the first paint."""
    screen = request.cookies.get("screen", "")
    if screen not in SCREENS:
        return _static(INDEX, request)
    body = static_files()[INDEX].body.replace(b'<html lang="en">', f'<html lang="en" data-screen="{screen}">'.encode())
    return Response(body, media_type="text/html; charset=utf-8", headers={"cache-control": "no-store"})


def _static(name: str, request: Request) -> Response:
    file = static_files()[name]
    headers = {"cache-control": "no-cache", "etag": file.tag, "vary": "accept-encoding, cookie"}
    if request.headers.get("if-none-match") == file.tag:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", "") and request.method in SAFE:
        return Response(file.packed, headers={**headers, "content-encoding": "gzip", "content-type": file.kind})
    return Response(file.body, headers={**headers, "content-type": file.kind})
