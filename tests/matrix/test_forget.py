"""A person who is forgotten is gone from what the homeserver has of the bot's rooms, earlier versions included."""

import json
import re
import time

from simulator.thread import Person
from tests.matrix.team import PATIENCE, Team, names


def test_the_homeserver_has_nothing_left_of_who_is_forgotten(team: Team) -> None:
    edited, threaded = team.watch(), team.watch("messenger later thread")
    name, began = f"Zerlina {next(names)} Quandt", time.time()
    person = Person(f"77700{next(names)}", name=name)
    team.graph.world.write("acme", person, "my xylophone broke", at=began)
    told = team.hear(edited, name)[-1]
    receipt = team.hear(threaded, name)[-1].event_id
    found = re.search(r" · (\w{4})\b", told.body)
    assert found
    team.graph.world.write("acme", person, "a zither instead?", at=began + 1)
    team.hear(threaded, "a zither instead?", thread=receipt)
    team.hear(edited, "a zither instead?")
    assert team.stands(edited, name, "a zither instead?") == [1, 1]
    refused = team.ask(team.people["bo"], f"!inbox forget {found[1]} yes", team.direct(team.people["bo"]))
    assert "requires bot-admin privileges" in refused
    done = team.ask(team.admin, f"!inbox forget {found[1]} yes", team.direct(team.admin))
    assert "is erased" in done, done
    give_up = time.monotonic() + PATIENCE
    while "Nothing is left" not in (left := team.ask(team.admin, "!inbox forget", team.direct(team.admin))):
        assert time.monotonic() < give_up, left
    for room in (edited, threaded):
        kept = json.dumps(team.admin.history(room))
        assert not [each for each in (name, "xylophone", "zither") if each in kept]
    assert name not in team.log()
