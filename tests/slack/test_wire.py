"""What goes over the wire to Slack, field by field, as tests/slack/wire/*.json have it.

With UPDATE_TRANSCRIPTS=1 in the environment the files are written anew.
"""

import json
import os
import re
import time
from pathlib import Path
from typing import Any

import pytest

from simulator.thread import Person
from tests.slack.gateway import Call
from tests.slack.workspace import Workspace, names

# What the bot says goes the same way in both modes.
pytestmark = pytest.mark.parametrize("mode", ["socket"], indirect=True, scope="session")

WIRE = Path(__file__).with_name("wire")
CHANGING = (
    (r"\b[CDU][0-9A-F]{9}\b", "C…"),
    (r"\b\d{10}\.\d{6}\b", "ts"),
    (r"just now|\b\d+ (s|min|h|days?) (ago|later)", "a while ago"),
    (r"\b\d+ [A-Z][a-z]{2} \d\d:\d\d", "22 Nov 05:00"),
    (r"Golden \d+", "Golden Gil"),
    (r"/inbox/\d+/", "/inbox/777888589/"),
)
"""What is another in every run, and what stands for it."""


def steady(part: Any, ref: str) -> Any:
    """The same without what changes from run to run, `ref` among it."""
    match part:
        case dict():
            return {key: "key" if key == "key" else steady(value, ref) for key, value in sorted(part.items())}
        case list():
            return [steady(one, ref) for one in part]
        case str():
            for changing, stands in (*CHANGING, (rf"\b{ref}\b", "k7fq")):
                part = re.sub(changing, stands, part)
    return part


def compare(name: str, call: Call, ref: str) -> None:
    """Hold a call against the file, or write the file."""
    file = WIRE / f"{name}.json"
    there = (
        json.dumps({"method": call.method, "arguments": steady(call.arguments, ref)}, indent=2, ensure_ascii=False)
        + "\n"
    )
    if os.environ.get("UPDATE_TRANSCRIPTS") == "1":
        WIRE.mkdir(exist_ok=True)
        file.write_text(there, encoding="utf-8")
    if file.read_text(encoding="utf-8") != there:
        pytest.fail(f"{file.name} has other words than\n{there}", pytrace=False)


def test_the_wire_is_as_written_down(team: Workspace) -> None:
    channel, threaded = team.watch(), team.watch("messenger later thread")
    name = f"Golden {next(names)}"
    person = Person(f"66600{next(names)}", name=name)
    began = time.time()
    team.graph.world.write("acme", person, "do you ship to *Malta*? <!channel> www.example.com & @here", at=began)
    for where in (channel, threaded):
        heard = team.hear(where, name)[-1]
    (ref,) = re.findall(r"· ([a-z0-9]{4,})\b", heard.words)

    def latest(where: str, method: str) -> Call:
        return [call for call in team.gateway.calls if call.method == method and call.channel == where][-1]

    compare("announcement", latest(channel, "chat.postMessage"), ref)
    team.graph.world.write("acme", person, "hello?", at=began + 1)
    team.hear(channel, "hello?")
    team.hear(threaded, "hello?")
    compare("edit", latest(channel, "chat.update"), ref)
    compare("reply", latest(threaded, "chat.postMessage"), ref)
    team.ask(team.admin, "!inbox spam instagram limit 3", channel)
    compare("answer", latest(channel, "chat.postMessage"), ref)


def test_nothing_the_plugin_says_is_unfurled_or_names_anybody(team: Workspace) -> None:
    channel = team.watch()
    team.ask(team.admin, "!inbox spam instagram", channel)
    team.ask(team.admin, "!inbox spma", channel)
    sent = [call.arguments for call in team.gateway.calls if call.method == "chat.postMessage"]
    mine = [given for given in sent if given["channel"] == channel]
    assert len(mine) >= 3
    for given in mine:
        off = {given.get(name) for name in ("unfurl_links", "unfurl_media", "link_names")}
        assert off <= {"0", "false", "False", False}, given
