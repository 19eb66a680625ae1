"""What goes over the wire to the homeserver, field by field, as tests/matrix/wire/*.json have it.

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
from tests.matrix.gateway import Call
from tests.matrix.team import Team, names

WIRE = Path(__file__).with_name("wire")
CHANGING = (
    (r"just now|\b\d+ (s|min|h|days?) ago", "a while ago"),
    (r"Golden \d+", "Golden Gil"),
    (r"/inbox/\d+/", "/inbox/777888589/"),
    (r"\$[\w-]{43}", "$event"),
    (r"ann\d+\b", "ann"),
)
"""What is another in every run, and what stands for it."""


def steady(part: Any, ref: str) -> Any:
    """The same without what changes from run to run, `ref` among it."""
    match part:
        case dict():
            return {name: "key" if name == "org.errbot.key" else steady(value, ref) for name, value in part.items()}
        case list():
            return [steady(one, ref) for one in part]
        case str():
            for changing, stands in (*CHANGING, (rf"(· |<code>){ref}\b", r"\1k7fq")):
                part = re.sub(changing, stands, part)
    return part


def compare(name: str, call: Call, ref: str) -> None:
    """Hold an event's content against the file, or write the file."""
    file = WIRE / f"{name}.json"
    there = json.dumps(steady(call.content, ref), indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    if os.environ.get("UPDATE_TRANSCRIPTS") == "1":
        WIRE.mkdir(exist_ok=True)
        file.write_text(there, encoding="utf-8")
    if file.read_text(encoding="utf-8") != there:
        pytest.fail(f"{file.name} has other words than\n{there}", pytrace=False)


def test_the_wire_is_as_written_down(team: Team) -> None:
    room, threaded = team.watch(), team.watch("messenger later thread")
    name = f"Golden {next(names)}"
    person = Person(f"66600{next(names)}", name=name)
    began = time.time()
    strange = "do you ship to *Malta*? <b>@room</b> www.example.com @ann:chat.localhost"
    team.graph.world.write("acme", person, strange, at=began)
    for where in (room, threaded):
        heard = team.hear(where, name)[-1]
    ref = heard.body.splitlines()[0].rpartition(" · ")[2]
    compare("announcement", team.gateway.tries(room)[-1], ref)
    team.graph.world.write("acme", person, "hello?", at=began + 1)
    team.hear(room, "hello?")
    team.hear(threaded, "hello?")
    compare("edit", team.gateway.tries(room)[-1], ref)
    compare("reply", team.gateway.tries(threaded)[-1], ref)
    team.ask(team.admin, "!inbox spam instagram limit 3", room)
    compare("answer", team.gateway.tries(room)[-1], ref)
    root = team.admin.say(room, "in a thread")
    team.ask(team.admin, "!inbox spma", room, root)
    compare("answer-in-thread", team.gateway.tries(room)[-1], ref)
