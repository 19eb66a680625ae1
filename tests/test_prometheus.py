"""What is in `deploy` for Prometheus and Grafana, on a real Prometheus that scrapes a real bot."""

from __future__ import annotations

import json
import re
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path

import pytest

from pageinbox.app import Runtime, web_addresses
from pageinbox.model.meters import Meters
from pageinbox.model.web import WebRequest
from pageinbox.settings.configured import Configured
from pageinbox.web.metrics import KIND
from simulator.server import Simulator
from simulator.thread import Person
from simulator.world import World
from tests.conftest import lacking
from tests.errbot_process import CORE, ErrbotProcess
from tests.prometheus import Prometheus, Unavailable, program
from tests.web_probe import WEBSERVER, add_probe, listening

pytestmark = [pytest.mark.processes, pytest.mark.long]

ROOT = Path(__file__).resolve().parent.parent
RULES = ROOT / "deploy" / "prometheus" / "err-inbox.rules.yml"
TESTED = RULES.with_name("err-inbox.test.yml")
DASHBOARD = ROOT / "deploy" / "grafana" / "err-inbox.json"
PAGE = "O'Kéefe&Co"
PATIENCE = 120
HOSTILE = [
    'with "quotes"',
    "back\\slash",
    "new\nline",
    "a\\nb",
    "\t\r",
    "Ünï 日本 🦀",
    "}",
    'x",le="1',
    "{{ $labels.page }}",
]
NOT_KNOWN_YET = {"inbox_token_expiry_timestamp_seconds"}
"""What a bot that was just started can't tell: it asks about tokens later."""


def tool(*arguments: str | Path, given: bytes = b"") -> str:
    """What `promtool` says. Raises AssertionError where it finds fault."""
    try:
        done = subprocess.run([program("promtool"), *arguments], input=given, capture_output=True)
    except Unavailable as reason:
        lacking(str(reason))
    said = (done.stdout + done.stderr).decode()
    assert done.returncode == 0, said
    return said


def queries() -> list[str]:
    """Every query of the dashboard, for all Pages, as Grafana would send it."""
    panels = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    found = [target["expr"] for panel in panels for target in panel["targets"]]
    assert found
    return [one.replace("$__rate_interval", "10s").replace("$page", ".*") for one in found]


def hostile() -> bytes:
    """The metrics of a bot whose Pages have names that no settings let through."""
    meters = Meters()
    for name in HOSTILE:
        meters.looks.add(name, "messenger", "good")
    settings = Configured(lambda: None, ())
    return web_addresses(settings, None, None, Runtime(meters=meters))["/inbox/metrics"](WebRequest("GET")).body


@pytest.fixture
def graph() -> Iterator[Simulator]:
    with Simulator(World.demo(time.time), instagram_fields="present", rate_limit=False) as running:
        yield running


@dataclass(frozen=True)
class Strange:
    """Where hostile metrics are served, and what is set whenever they are."""

    address: str
    scraped: threading.Event


@pytest.fixture
def strange() -> Iterator[Strange]:
    body, scraped = hostile(), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", KIND)
            self.end_headers()
            self.wfile.write(body)
            scraped.set()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Strange(f"127.0.0.1:{server.server_address[1]}", scraped)
    server.shutdown()
    thread.join()
    server.server_close()


def test_rules_are_right_and_do_what_they_are_for() -> None:
    assert "rules found" in tool("check", "rules", RULES)
    assert "SUCCESS" in tool("test", "rules", TESTED)
    alerts = re.findall(r"alert: (\w+)", RULES.read_text(encoding="utf-8"))
    told = re.findall(r"^\| (Inbox\w+) \|", (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8"), re.MULTILINE)
    fired = re.findall(r"alertname: (\w+)\n *exp_alerts", TESTED.read_text(encoding="utf-8"))
    assert alerts == told and {*alerts} == {*fired}


def test_names_and_units_are_as_prometheus_wants_them() -> None:
    tool("check", "metrics", given=hostile())


def test_every_query_of_the_dashboard_has_an_answer(graph: Simulator, strange: Strange, tmp_path: Path) -> None:
    page = {"ID": graph.world.pages["acme"].id, "TOKEN": "env:PAGE_TOKEN"}
    settings = {
        "INBOX": {"PAGES": {PAGE: page}, "GRAPH_URL": graph.url, "POLL_INTERVAL": 1, "WATCHES": ["@ops inbox"]},
        "BOT_EXTRA_PLUGIN_DIR": [str(ROOT / "plugins"), str(add_probe(tmp_path))],
        "CORE_PLUGINS": (*CORE, "Webserver"),
    }
    graph.usage("app", call_count=80)
    with ErrbotProcess.start(settings, tmp_path, {"PAGE_TOKEN": graph.world.pages["acme"].token}) as bot:
        bot.say(f"!plugin config Webserver {WEBSERVER}")
        targets = {"err-inbox": listening(bot).removeprefix("http://"), "strange": strange.address}
        try:
            prometheus = Prometheus(tmp_path, targets, RULES)
        except Unavailable as reason:
            lacking(str(reason))
        with prometheus:

            def until(expression: str, meanwhile: Callable[[], object] = lambda: None) -> None:
                began = time.monotonic()
                while not prometheus.query(expression):
                    assert time.monotonic() - began < PATIENCE, f"{expression} in vain; the bot logged:\n{bot.log}"
                    meanwhile()
                    bot.say("!inbox messenger")
                    # Before the next scrape there is nothing new to find.
                    strange.scraped.clear()
                    strange.scraped.wait(PATIENCE)

            numbers = count(88801)

            def somebody_new() -> None:
                graph.world.write("acme", Person(str(next(numbers)), name="Nora Example"), "hello")

            while bot.say("!inbox status").count(" known") < 2:
                pass
            graph.fail("platform=instagram", None, code=10)
            until("rate(inbox_birth_to_receipt_seconds_count[10s]) > 0", somebody_new)
            until("inbox_lists_failing > 0")
            until("rate(inbox_graph_errors_total[10s]) > 0")
            until('inbox_customers_waiting{platform="messenger"} > 0')
            empty = [one for one in queries() if not prometheus.query(one)]
            assert [one for one in empty if not any(name in one for name in NOT_KNOWN_YET)] == []
            assert {one["metric"]["page"] for one in prometheus.query('inbox_lists{job="err-inbox"}')} == {PAGE}
            seen = prometheus.query('inbox_looks_total{job="strange"}')
            assert sorted(one["metric"]["page"] for one in seen) == sorted(HOSTILE)
            rules = prometheus.rules()
            assert [name for name, rule in rules.items() if rule["health"] != "ok" or rule.get("lastError")] == []
            assert rules["InboxBudgetNearItsEnd"]["state"] == "pending"
            assert rules["InboxFailing"]["state"] == rules["InboxDown"]["state"] == "inactive"
