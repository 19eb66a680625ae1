"""Answers longer than a message may be."""

import re

import pytest

from simulator.thread import Person
from tests.slack.workspace import Workspace

pytestmark = pytest.mark.parametrize("mode", ["socket"], indirect=True, scope="session")


def test_200_rows_come_whole_and_in_order_within_the_limits(team: Workspace) -> None:
    for number in range(200):
        person = Person(f"5550{number}", name=f"Person {number:03} with rather a long name")
        team.graph.world.write("acme", person, f"message {number:03}: {'words and ' * 30}", folder="page_done")
    channel = team.channel()
    before = len(team.gateway.calls)
    for command, last in (("!inbox done messenger limit 50", 50), *(("!inbox more", rows) for rows in (100, 150, 200))):
        team.admin.say(channel, command)
        team.hear(channel, f"{last} of {last}+ · ")
    said = team.said(channel)
    rows = re.findall(r"Person (\d+) with", "\n".join(one.words for one in said))
    assert rows == [f"{number:03}" for number in reversed(range(200))]
    sent = [call for call in team.gateway.calls[before:] if call.method == "chat.postMessage"]
    assert all(call.taken for call in sent), "the gateway takes nothing that is beyond Slack's limits"
    assert len(said) > 4, "50 of these rows do not fit into one message"
