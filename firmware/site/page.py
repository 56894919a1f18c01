"""A read-only page of the site: mats with their state, sessions today, faults, versions. No script, no names, loopback.

It is served on the loopback only: who looks from elsewhere uses a tunnel or a proxy that asks for a password.
"""

import datetime as dt
from collections.abc import Callable
from html import escape
from typing import Any, Final

import msgspec
from psycopg_pool import ConnectionPool
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from firmware.site import enrolment, schema
from firmware.site.settings import SiteSettings

REFRESH_S: Final = 10
HOSTS: Final = ("localhost", "127.0.0.1", "[::1]")
HEADERS: Final = {
    "content-security-policy": "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
STYLE: Final = """
:root { color-scheme: light dark; --bg: #f6f1e8; --surface: #fffdf8; --line: #ddd3c2; --ink: #22233a; --ink2: #575870;
  --note: #f6e8cf; --note-ink: #3a2c12; --accent: #414d9e; }
@media (prefers-color-scheme: dark) { :root { --bg: #10121b; --surface: #181b27; --line: #2c3145; --ink: #ece8df;
  --ink2: #aeb0c2; --note: #2c2820; --note-ink: #f1e2c4; --accent: #b3bcf5; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1280px; padding: 16px 24px; background: var(--bg); color: var(--ink);
  font: 1.0625rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Ubuntu, Cantarell, sans-serif;
  font-variant-numeric: tabular-nums; }
h1 { font-size: 1.625rem; margin: 8px 0 16px; }
ul.facts { display: flex; flex-wrap: wrap; gap: 12px; list-style: none; margin: 0 0 16px; padding: 0; }
ul.facts li, table { background: var(--surface); border: 1px solid var(--line); border-radius: 22px; }
ul.facts li { padding: 12px 24px; }
ul.facts b { display: block; font-size: 1.625rem; font-weight: 300; color: var(--accent); }
p.note { background: var(--note); color: var(--note-ink); border-radius: 13px; padding: 12px 16px; margin: 0 0 16px; }
div.wide { overflow-x: auto; }
table { width: 100%; border-collapse: separate; border-spacing: 0; overflow: hidden; }
p#mats { color: var(--ink2); font-size: .875rem; margin: 0 0 8px; }
@media (max-width: 640px) { body { padding: 16px; } ul.facts li { flex: 1 1 40%; padding: 8px 16px; } }
th, td { text-align: left; padding: 8px 16px; border-top: 1px solid var(--line); white-space: nowrap; }
thead th { border-top: 0; color: var(--ink2); font-weight: 400; font-size: .875rem; }
td.number, th.number { text-align: right; }
footer { color: var(--ink2); font-size: .875rem; margin-top: 16px; }
"""
PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="{refresh}"><title>Site {site}</title>
<link rel="stylesheet" href="/style.css"></head>
<body><main><h1>Site {site}</h1>{notes}<ul class="facts">{facts}</ul>
<p id="mats">Mats, as of {now} UTC. The page renews itself every {refresh} seconds.</p>
<div class="wide" role="region" aria-labelledby="mats" tabindex="0"><table aria-labelledby="mats">
<thead><tr><th scope="col">Mat</th><th scope="col">State</th><th scope="col">Program</th><th scope="col">Last seen</th>
<th scope="col" class="number">Sessions today</th><th scope="col" class="number">Messages missing</th></tr></thead>
<tbody>{rows}</tbody></table></div></main>
<footer>Read only. People are counted, never shown. Not a medical device.</footer></body></html>"""


def _state(row: dict[str, Any]) -> str:
    if not row["online"]:
        return "○ offline"
    stage = str(row["stage"] or "online").replace("_", " ")
    return f"△ {stage}, a cell without readings" if row["fault"] else f"● {stage}"


def _row(row: dict[str, Any]) -> str:
    seen = "-" if row["seen_at"] is None else f"{row['seen_at']:%d %b %H:%M}"
    cells = (_state(row), row["software"] or "-", seen)
    texts = "".join(f"<td>{escape(str(cell)[:60])}</td>" for cell in cells)
    numbers = "".join(f'<td class="number">{row[key]}</td>' for key in ("sessions_today", "missing"))
    return f'<tr><th scope="row">{escape(str(row["mat"]))}</th>{texts}{numbers}</tr>'


def page_of(site: str, rows: list[dict[str, Any]], now: dt.datetime) -> str:
    """Return the page. rows are those of enrolment.mats."""
    rows = [row for row in rows if row["retired_at"] is None]
    online = sum(bool(row["online"]) for row in rows)
    faults = [str(row["mat"]) for row in rows if row["fault"]]
    versions = sorted({str(row["software"]) for row in rows if row["software"]})
    facts = {
        f"of {len(rows)} mats online": online,
        "sessions today": sum(int(row["sessions_today"]) for row in rows),
        "with a fault": len(faults),
        "versions": len(versions),
    }
    notes = f'<p class="note">△ A cell gives no readings: {escape(", ".join(faults[:20]))}</p>' if faults else ""
    return PAGE.format(
        site=escape(site),
        refresh=REFRESH_S,
        notes=notes,
        facts="".join(f"<li><b>{number}</b>{escape(text)}</li>" for text, number in facts.items()),
        now=f"{now:%d %b %Y %H:%M}",
        rows="".join(map(_row, rows)) or '<tr><td colspan="6">No mat yet: acumat-site enrol MAT</td></tr>',
    )


def application(site: str, read: Callable[[], list[dict[str, Any]]], now: Callable[[], dt.datetime]) -> Starlette:
    """Return the page and its data as JSON. read is called in a thread."""

    async def page(_request: Request) -> Response:
        return HTMLResponse(page_of(site, await run_in_threadpool(read), now()), headers=HEADERS)

    async def mats(_request: Request) -> Response:
        body = msgspec.json.encode(await run_in_threadpool(read))
        return Response(body, media_type="application/json", headers=HEADERS)

    async def style(_request: Request) -> Response:
        return PlainTextResponse(STYLE, media_type="text/css", headers=HEADERS)

    routes = [Route("/", page), Route("/mats.json", mats), Route("/style.css", style)]
    return Starlette(routes=routes, middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=list(HOSTS))])


def pool_of(settings: SiteSettings) -> ConnectionPool:
    """Return connections that see this site only."""
    return ConnectionPool(
        settings.database.conninfo,
        min_size=1,
        max_size=2,
        configure=lambda connection: schema.prepare(connection, settings),
        open=True,
    )


def reader(settings: SiteSettings, pool: ConnectionPool) -> Callable[[], list[dict[str, Any]]]:
    """Return what reads the mats."""

    def read() -> list[dict[str, Any]]:
        with pool.connection() as connection:
            return enrolment.mats(connection, settings.site.name)

    return read
