"""The OpenAPI document, made from the table of routes and the types of their messages."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from firmware.web.messages import Problem
from firmware.web.routes import ApiRoute, Need

REFS: Final = "#/components/schemas/{name}"
WHY: Final = {
    400: "A parameter or the body is not of its type.",
    401: "No token, or a wrong one.",
    403: "A write from a page of another origin.",
    404: "There is no such thing.",
    409: "The mat rejects it; the sentence has the reason.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    421: "Host is not a name of this mat.",
    429: "Too many requests.",
    503: "The mat or its disk does not answer just now.",
}


def document(table: Iterable[ApiRoute]) -> dict[str, Any]:
    """Return the document of a table."""
    rows = tuple(table)
    types: set[type] = {Problem, *(row.answers for row in rows)}
    types |= {row.takes for row in rows if row.takes is not None}
    ordered = sorted(types, key=lambda kind: kind.__name__)
    _, components = msgspec.json.schema_components(ordered, ref_template=REFS)
    paths: dict[str, dict[str, Any]] = {}
    for row in rows:
        paths.setdefault(row.path, {})[row.method.lower()] = _operation(row)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "acumat",
            "version": "1",
            "summary": "The page's own API. Wellness, no medical device.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": "acumat"},
            },
        },
    }


def _operation(row: ApiRoute) -> dict[str, Any]:
    made: dict[str, Any] = {
        "summary": row.summary,
        "operationId": "_".join((row.method.lower(), *re.findall(r"\w+", row.path))),
        "responses": dict(_responses(row)),
    }
    if row.need is not Need.NOTHING:
        made["security"] = [{"bearer": []}, {"cookie": []}, *([{}] if row.need is Need.LIVE else [])]
    if row.params:
        made["parameters"] = [_parameter(row, one) for one in row.params]
    if row.takes is not None:
        made["requestBody"] = {"required": True, "content": _json(row.takes)}
    return made


def _parameter(row: ApiRoute, one: Any) -> dict[str, Any]:  # noqa: ANN401 - a Param
    in_path = f"{{{one.name}}}" in row.path
    return {
        "name": one.name, "in": "path" if in_path else "query", "required": in_path, "description": one.meaning,
        "schema": msgspec.json.schema(one.kind) | ({} if in_path else {"default": one.default}),
    }  # fmt: skip


def _responses(row: ApiRoute) -> Iterator[tuple[str, Any]]:
    content = _json(row.answers)
    if row.stream:
        content["text/event-stream"] = {"schema": {"type": "string"}}
    yield "200", {"description": row.answers.__doc__ or "", "content": content}
    fails = {421, 429, *row.may_fail}
    if row.need is not Need.NOTHING:
        fails.add(401)
    if row.method not in ("GET", "HEAD"):
        fails.add(403)
    if row.takes is not None:
        fails |= {400, 413, 415}
    if row.params:
        fails |= {400, 404} if "{" in row.path else {400}
    for status in sorted(fails):
        yield str(status), {"description": WHY[status], "content": _json(Problem)}


def _json(kind: type) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": REFS.format(name=kind.__name__)}}}
