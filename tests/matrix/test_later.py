"""What becomes of an announcement when its conversation goes on: an edit, a reply in its thread, nothing."""

import time

from simulator.thread import Person
from tests.matrix.team import Said, Team, names


def test_later_messages_edit_reply_or_are_silent_as_the_watch_says(team: Team) -> None:
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
    receipts = {room: team.hear(room, name)[-1].event_id for room in (edited, threaded, silent)}

    def at(room: str) -> Said:
        (one,) = [said for said in team.said(room) if said.event_id == receipts[room]]
        return one

    team.graph.world.write("acme", person, "hello, anybody?", at=began + 1)
    (reply,) = team.hear(threaded, "hello, anybody?", thread=receipts[threaded])
    team.until(lambda: [at(edited)] if "hello, anybody?" in at(edited).body else [], "the edit")
    assert "is this still there?" in at(edited).body, "it is the same announcement"
    assert name in reply.body

    team.graph.world.answer(written, "yes, it is", at=began + 2)
    team.hear(threaded, "yes, it is", thread=receipts[threaded])
    team.until(lambda: [at(edited)] if "Answered" in at(edited).body else [], "the answer")
    assert at(silent).times == at(threaded).times == 0
    assert [name in one.body for one in team.said(silent)].count(True) == 1
    assert [name in one.body for one in team.said(edited)].count(True) == 1
    first, second = team.said(threaded, receipts[threaded])
    answered = [one.content["m.relates_to"]["m.in_reply_to"]["event_id"] for one in (first, second)]
    assert answered == [receipts[threaded], first.event_id], "the latest before it"
    for room in (edited, silent):
        assert not [one for one in team.said(room) if one.thread]

    edit = [event for event in team.admin.heard(edited) if "m.new_content" in event["content"]][-1]["content"]
    assert edit["m.relates_to"] == {"rel_type": "m.replace", "event_id": receipts[edited]}
    assert edit["body"] == f"* {edit['m.new_content']['body']}"
    assert (edit["msgtype"], edit["m.new_content"]["msgtype"]) == ("m.notice", "m.text")
    assert edit["m.mentions"] == {} == edit["m.new_content"]["m.mentions"]


def test_an_announcement_that_was_taken_away_is_not_said_again(team: Team) -> None:
    room, other = team.watch(), team.watch()
    name = f"Gone {next(names)}"
    person = Person(f"77700{next(names)}", name=name)
    began = time.time()
    team.graph.world.write("acme", person, "hello", at=began)
    receipt = team.hear(room, name)[-1].event_id
    team.hear(other, name)
    team.admin.redact(room, receipt)
    before = len(team.gateway.tries(room))
    team.graph.world.write("acme", person, "hello again", at=began + 1)
    team.gateway.wait_for(lambda: any(call.done for call in team.gateway.tries(room)[before:]))
    team.hear(other, "hello again")
    assert team.stands(room, name, "hello again") == [0, 0]
    assert "Nothing is waiting" in team.ask(team.admin, "!inbox outbox", room)
