"""The collector with real engines: what twenty mats send is what is stored, whatever is killed in between."""

import json
import re
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from firmware.site.measures import DIAGNOSTICS, NUMBERS, SWITCHES, Metrics
from tests.system.site.conftest import RunningSite
from tests.system.site.engines import Collect
from tests.system.site.load import SwarmProcess, differences, stored, until_stored

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.broker, pytest.mark.slow]
MATS = 20
DASHBOARD = Path(__file__).parents[3] / "systemd/site/grafana.json"


def collect(running: RunningSite, stack: ExitStack, number: int = 1) -> Collect:
    return stack.enter_context(Collect(running.folder, running.config, number))


def test_two_collectors_store_each_event_once(running: RunningSite, stack: ExitStack) -> None:
    """Twenty mats, two collectors: every event once, every session, frames as measures, state beside the mat."""
    running.enrol("two-", MATS)
    for number in (1, 2):
        collect(running, stack, number)
    options = {"prefix": "two-", "mats": MATS, "rate": 5, "events": 24, "seconds": 6}
    sent = stack.enter_context(SwarmProcess(running.folder, running.broker.port, **options)).wait(60)
    until_stored(running.postgres, sent)
    assert differences(running.postgres, sent) == []
    assert sent.totals["sessions"] == 3 * MATS
    assert running.postgres.rows("SELECT count(*) FROM mat WHERE state IS NULL OR software IS NULL") == [(0,)]
    metrics = Metrics(running.victoria.url)
    stack.callback(metrics.close)
    running.wait_for(lambda: 4 * MATS <= _series(metrics) <= (len((*NUMBERS, *DIAGNOSTICS, *SWITCHES)) + 1) * MATS)
    for panel in json.loads(DASHBOARD.read_text("utf-8"))["panels"]:
        words = panel["targets"][0]["expr"].replace("$site", "north").replace("$mat", ".*")
        answer = json.loads(metrics.request("GET", f"/api/v1/query?query={quote(words)}"))
        assert answer["status"] == "success", panel["title"]
        sent_here = not {"acumat_outbox", "acumat_frames_lost_s"} & set(re.findall(r"acumat_\w+", words))
        assert bool(answer["data"]["result"]) == sent_here, panel["title"]


def _series(metrics: Metrics) -> int:
    """How many series there are: a bounded number for each mat, whatever it publishes."""
    return int(metrics.request("GET", "/api/v1/series/count").split(b"[")[1].split(b"]")[0])


@pytest.mark.parametrize("what", ["collector", "postgres", "victoria", "broker"])
def test_a_kill_loses_nothing(what: str, running: RunningSite, stack: ExitStack) -> None:
    """SIGKILL in the middle of the traffic: after the restart the rows are what the mats sent."""
    prefix = f"{what}-"
    running.enrol(prefix, MATS)
    collector = collect(running, stack)
    restart: dict[str, Callable[[], None]] = {
        "collector": collector.restart,
        "postgres": running.postgres.restart,
        "victoria": running.victoria.restart,
        "broker": running.restart_broker,
    }
    options = {"prefix": prefix, "mats": MATS, "rate": 2, "events": 40, "seconds": 6}
    swarm = stack.enter_context(SwarmProcess(running.folder, running.broker.port, **options))
    running.wait_for(lambda: sum(stored(running.postgres, prefix).values()) >= 5 * MATS)
    restart[what]()
    sent = swarm.wait(60)
    until_stored(running.postgres, sent)
    assert differences(running.postgres, sent) == []


def test_what_is_not_an_event_is_a_dead_letter(running: RunningSite, stack: ExitStack) -> None:
    """Payloads of the wrong form are kept apart with their reason; injection is text; other rows are not touched."""
    running.enrol("swarm-", 1)
    collector = collect(running, stack)
    good = b'{"event_type":"seated","event_id":"swarm-1-r-1","seq":1,"t":1800000000.0,"session":"%b"}'
    bad = {
        "not JSON": b"{",
        "of another mat": b'{"event_type":"seated","event_id":"swarm-2-r-1","seq":1}',
        "number": b'{"event_type":"seated","event_id":"swarm-1-r-1","seq":99999999999999999999}',
        "type": b'{"event_type":"\'; DROP TABLE event; --","event_id":"swarm-1-r-2","seq":2}',
        "id": b'{"event_type":"seated","event_id":"swarm-1-\'); DROP TABLE mat; --","seq":2}',
        "NUL": b'{"event_type":"seated","event_id":"swarm-1-r-3","seq":3,"note":"\\u0000"}',
        "surrogate": b'{"event_type":"seated","event_id":"swarm-1-r-3","seq":3,"note":"\\ud800"}',
        "a number of PostgreSQL": b'{"event_type":"seated","event_id":"swarm-1-r-3","seq":3,"t_s":1e999999}',
        "size": b'{"event_type":"seated","event_id":"swarm-1-r-3","seq":3,"note":"%b"}' % (b"x" * 20_000),
        "depth": b'{"event_type":"seated","event_id":"swarm-1-r-3","seq":3,"note":%b}' % (b"[" * 8000),
        "no clock": b'{"event_type":"seated","event_id":"swarm-1-r-4","seq":4,"t":9e99,"note":"\'; DROP TABLE mat;--"}',
    }
    running.publish("acumat/swarm-1/event", good % b"a", *bad.values())
    running.publish("acumat/nobody/event", b'{"event_type":"seated","event_id":"nobody-r-1","seq":1}')
    running.publish("acumat/swarm-1/event", b'{"event_type":"seated","event_id":"swarm-1-r-5","seq":5}')
    running.until("SELECT count(*) FROM event WHERE mat = 'swarm-1' AND seq = 5", 1)
    rows = running.postgres.rows(
        "SELECT seq, extract(epoch FROM at)::float FROM event WHERE mat = 'swarm-1' ORDER BY seq"
    )
    assert rows == [(1, 1.8e9), (4, 0.0), (5, 0.0)]
    assert running.postgres.rows("SELECT count(*) FROM dead_letter") == [(len(bad) - 1,)]
    assert running.postgres.rows("SELECT max(length(payload)) FROM dead_letter") == [(4096,)]
    assert "nobody is not enrolled" in collector.log


def test_a_gap_is_asked_for(running: RunningSite, stack: ExitStack) -> None:
    """Numbers that never came are asked for, and the gap is closed by what comes then."""
    running.enrol("gap-", 1)
    collect(running, stack)
    event = b'{"event_type":"seated","event_id":"gap-1-r-%d","seq":%d}'
    heard = running.subscribe(stack, "acumat/gap-1/cmd/replay")
    running.publish("acumat/gap-1/availability", b"online", retain=True)
    running.publish("acumat/gap-1/event", *(event % (n, n) for n in (1, 2, 5)))
    running.wait_for(lambda: b'{"since_seq":2}' in heard)
    running.publish("acumat/gap-1/event", *(event % (n, n) for n in (3, 4)))
    running.until("SELECT count(*) FROM mat WHERE mat = 'gap-1' AND received = '{[1,6)}' AND replay_asks = 0", 1)
    running.publish("acumat/gap-1/diag", b'{"last_seq":6}')
    running.wait_for(lambda: b'{"since_seq":5}' in heard)
