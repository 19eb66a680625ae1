"""What becomes of an announcement when its conversation goes on: an edit, a reply in its thread, nothing."""

import time

import pytest

from simulator.thread import Person
from tests.slack.gateway import refusal
from tests.slack.workspace import Said, Workspace, names

# What the bot says goes the same way in both modes.
pytestmark = pytest.mark.parametrize("mode", ["socket"], indirect=True, scope="session")


def test_later_messages_edit_reply_or_are_silent_as_the_watch_says(team: Workspace) -> None:
    edited, threaded, silent = (
        team.watch(),
        team.watch("messenger later thread"),
        team.watch("messenger later nothing"),
    )
    name = f"Lara Later {next(names)}"
    person = Person(f"77700{next(names)}", name=name)
    began = time.time()
    written = team.graph.world.write("acme", person, "is this still there?", at=began)
    # Meta tells whole seconds, so that two messages of one second are one change to whoever looks in between.
    receipts = {channel: team.hear(channel, name)[-1].ts for channel in (edited, threaded, silent)}

    def at(channel: str) -> Said:
        (one,) = [said for said in team.said(channel) if said.ts == receipts[channel]]
        return one

    team.graph.world.write("acme", person, "hello, anybody?", at=began + 1)
    (reply,) = team.hear(threaded, "hello, anybody?", thread=receipts[threaded])
    team.until(lambda: [at(edited)] if "hello, anybody?" in at(edited).words else [], "the edit")
    assert name in at(edited).words, "it is the same announcement"
    assert name in reply.words

    team.graph.world.answer(written, "yes, it is", at=began + 2)
    team.hear(threaded, "yes, it is", thread=receipts[threaded])
    team.until(lambda: [at(edited)] if "Answered" in at(edited).words else [], "the answer")
    assert at(silent).times == at(threaded).times == 0
    for channel in (edited, silent):
        assert [name in one.words for one in team.said(channel)].count(True) == 1
        assert len(team.admin.thread(channel, receipts[channel])) == 1
    assert len(team.admin.thread(threaded, receipts[threaded])) == 3
    (stands,) = [message for message in team.admin.history(edited) if message["ts"] == receipts[edited]]
    assert "Answered" in str(stands) and stands["metadata"]["event_payload"], "it can still be found by its key"


def test_an_announcement_that_is_gone_is_edited_once_in_vain(team: Workspace) -> None:
    channel, other = team.watch(), team.watch()
    name = f"Gone {next(names)}"
    person = Person(f"77700{next(names)}", name=name)
    began = time.time()
    team.graph.world.write("acme", person, "hello", at=began)
    for where in (channel, other):
        team.hear(where, name)
    team.gateway.fail(refusal("message_not_found"), "chat.update", channel, times=1)
    team.graph.world.write("acme", person, "hello again", at=began + 1)
    team.hear(other, "hello again")
    team.gateway.wait_for(
        lambda calls: any(call.method == "chat.update" and call.channel == channel and call.done for call in calls)
    )
    assert "Nothing is waiting" in team.ask(team.admin, "!inbox outbox", channel)
