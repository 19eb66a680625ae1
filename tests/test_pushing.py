"""Meta's webhook on a real Errbot's web server: what is pushed there is announced, however long looks are apart."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
import requests

from simulator.pushing import Pushing
from simulator.server import Simulator
from simulator.thread import Person
from simulator.world import World
from tests.errbot_process import CORE, ChattingErrbot
from tests.recording import Message, Recording
from tests.web_probe import WEBSERVER, add_probe

pytestmark = pytest.mark.processes

PLUGINS = Path(__file__).resolve().parent.parent / "plugins"
TOKEN = "open-sesame"
ASKED = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": TOKEN}


@pytest.fixture
def graph() -> Iterator[Simulator]:
    with Simulator(World.demo(time.time), instagram_fields="present", rate_limit=False) as running:
        yield running


@pytest.fixture
def chat(tmp_path: Path) -> Iterator[Recording]:
    with Recording(tmp_path / "journal") as running:
        yield running


def of(name: str) -> Callable[[list[Message]], bool]:
    """Whether a room was told of somebody."""
    return lambda messages: any(f"New in Acme · Messenger: {name}" in message.text for message in messages)


def test_a_push_is_announced_whatever_became_of_the_plugin(graph: Simulator, chat: Recording, tmp_path: Path) -> None:
    page = graph.world.pages["acme"]
    pages = {"acme": {"ID": page.id, "TOKEN": "env:PAGE_TOKEN", "APP_SECRET": "env:APP_SECRET"}}
    inbox = {"PAGES": pages, "GRAPH_URL": graph.url, "POLL_INTERVAL": 3600, "PUSH_TOKEN": "env:PUSH_TOKEN"}
    settings = {
        "INBOX": inbox,
        "BOT_EXTRA_PLUGIN_DIR": [str(PLUGINS), str(add_probe(tmp_path))],
        "CORE_PLUGINS": (*CORE, "Webserver"),
    }
    secrets = {"PAGE_TOKEN": page.token, "APP_SECRET": page.app_secret, "PUSH_TOKEN": TOKEN}
    url, statuses = "", list[int]()

    def post(body: bytes, headers: Mapping[str, str]) -> None:
        statuses.append(requests.post(f"{url}/inbox/meta", data=body, headers=headers).status_code)

    def told_of(name: str) -> None:
        pushing.fault = ""
        graph.world.write("acme", Person(f"77{len(statuses)}", name=name), "hello")
        chat.wait_for(of(name))

    with ChattingErrbot.start(settings, tmp_path, chat.url, secrets) as bot:
        chat.answer("ops", f"!plugin config Webserver {WEBSERVER}")
        while (port := chat.answer("ops", "!port").strip()) == "0":
            pass
        url = f"http://127.0.0.1:{port}"
        pushing = Pushing(graph.world, post)
        asked = requests.get(f"{url}/inbox/meta", params=ASKED)
        assert (asked.status_code, asked.text) == (200, "1158201444")
        assert asked.headers["Content-Type"].startswith("text/plain")
        assert requests.get(f"{url}/inbox/meta", params=ASKED | {"hub.verify_token": "x"}).status_code == 403

        chat.answer("ann", "!inbox watch inbox messenger", "support")
        told_of("Nora Push")
        for fault in ("wrong signature", "no signature", "huge"):
            pushing.fault = fault
            pushing.send(page, {"object": "page", "entry": []}, fault)
        assert statuses == [200, 403, 403, 413]

        chat.answer("ops", '!plugin config Inbox {"CACHE_TTL": 1}')
        chat.answer("ops", "!inbox status")  # waits until the ledger is open
        told_of("Olga Push")
        chat.answer("ops", "!plugin reload Inbox")
        assert "3 changes of the last day" not in chat.answer("ops", "!inbox status")
        told_of("Pia Push")
        assert "all 3 changes of the last day were pushed" in chat.answer("ops", "!inbox status")

        chat.answer("ops", '!plugin config Inbox {"PUSH_TOKEN": ""}')
        assert requests.get(f"{url}/inbox/meta", params=ASKED).status_code == 404
        assert not [secret for secret in (TOKEN, page.app_secret, "Nora") if secret in bot.log]
        assert "Traceback" not in bot.log
