"""The plugin's addresses on a real Errbot's web server, whatever becomes of the plugin after its first request."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from simulator.server import Simulator
from simulator.world import World
from tests.errbot_process import CORE, ErrbotProcess
from tests.web_probe import WEBSERVER, add_probe, listening

pytestmark = pytest.mark.processes

PLUGINS = Path(__file__).resolve().parent.parent / "plugins"


@pytest.fixture
def graph() -> Iterator[Simulator]:
    with Simulator(World.demo(time.time), instagram_fields="present", rate_limit=False) as running:
        yield running


def test_a_web_server_whose_port_is_taken_is_found_by_the_doctor(graph: Simulator, tmp_path: Path) -> None:
    page = {"ID": graph.world.pages["acme"].id, "TOKEN": "env:PAGE_TOKEN"}
    settings = {
        "INBOX": {"PAGES": {"acme": page}, "GRAPH_URL": graph.url},
        "BOT_EXTRA_PLUGIN_DIR": [str(PLUGINS)],
        "CORE_PLUGINS": (*CORE, "Webserver"),
    }
    with (
        socket.create_server(("127.0.0.1", 0)) as other,
        ErrbotProcess.start(settings, tmp_path, {"PAGE_TOKEN": graph.world.pages["acme"].token}) as bot,
    ):
        taken = f"127.0.0.1:{other.getsockname()[1]}"
        bot.say(f"!plugin config Webserver {{'HOST': '127.0.0.1', 'PORT': {other.getsockname()[1]}, 'SSL': None}}")
        # Its thread may take a moment to find out.
        told = next(told for _ in range(50) if "was to listen" in (told := " ".join(bot.say("!inbox doctor").split())))
        assert f"Errbot's web server was to listen on {taken}, and doesn't." in told


def total(url: str, name: str) -> float:
    """The sum of a metric's values."""
    families = text_string_to_metric_families(requests.get(f"{url}/inbox/metrics").text)
    return sum(one.value for family in families for one in family.samples if one.name == name)


def test_addresses_outlive_the_first_request_whatever_becomes_of_the_plugin(graph: Simulator, tmp_path: Path) -> None:
    page = {"ID": graph.world.pages["acme"].id, "TOKEN": "env:PAGE_TOKEN"}
    settings = {
        "INBOX": {"PAGES": {"acme": page}, "GRAPH_URL": graph.url, "CACHE_TTL": 0},
        "BOT_EXTRA_PLUGIN_DIR": [str(PLUGINS), str(add_probe(tmp_path))],
        "CORE_PLUGINS": (*CORE, "Webserver"),
    }
    with ErrbotProcess.start(settings, tmp_path, {"PAGE_TOKEN": graph.world.pages["acme"].token}) as bot:
        bot.say(f"!plugin config Webserver {WEBSERVER}")
        bot.say("!inbox watches")  # waits until the ledger is open
        url = listening(bot)

        def health() -> tuple[int, str]:
            answer = requests.get(f"{url}/inbox/health")
            return answer.status_code, answer.text

        assert health() == (200, "ok\n")
        bot.say("!inbox spam instagram")
        calls = total(url, "inbox_graph_calls_total")
        assert calls == len(graph.requests) > 0
        assert requests.head(f"{url}/inbox/health").content == b""
        assert requests.get(f"{url}/inbox/health/", allow_redirects=False).status_code == 200
        assert requests.post(f"{url}/inbox/metrics", data=b"x").status_code == 405

        bot.say('!plugin config Inbox {"CACHE_TTL": 1}')
        bot.say("!inbox spam instagram")
        assert total(url, "inbox_graph_calls_total") > calls, "no counter goes back when settings change"
        bot.say("!plugin deactivate Inbox")
        assert health()[0] == requests.get(f"{url}/inbox/metrics").status_code == 404
        bot.say("!plugin activate Inbox")
        bot.say("!inbox watches")
        assert health() == (200, "ok\n") and total(url, "inbox_graph_calls_total") > calls
        bot.say("!plugin reload Webserver")
        url = listening(bot)
        assert health() == (200, "ok\n")
        bot.say("!plugin reload Inbox")
        bot.say("!inbox watches")
        (ledger := tmp_path / "data" / "inbox-ledger.sqlite").rename(tmp_path / "away")
        status, why = health()
        assert status == 503 and why.startswith("failing\nMy ledger was moved") and str(tmp_path) not in why
        assert total(url, "inbox_graph_calls_total") == 0 and total(url, "inbox_ledger_up") == 0
        (tmp_path / "away").rename(ledger)
        assert bot.say("!webstatus").count("/inbox/health") == 2, "one rule, whose endpoint is called so, too"
        assert "Traceback" not in bot.log and "/inbox/health" not in bot.log
