"""Encrypted rooms: with matrix-nio[e2e] the bot speaks there as everywhere, without it not at all."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.thread import Person
from tests.conftest import lacking
from tests.matrix.confidant import Confidant, Unavailable
from tests.matrix.gateway import Fault
from tests.matrix.team import PATIENCE, Team, names
from tests.matrix.test_refusals import in_outbox
from tests.matrix_human import Event

ENCRYPTION = {"algorithm": "m.megolm.v1.aes-sha2"}


@pytest.fixture
def ann(alone: Team, tmp_path: Path) -> Iterator[Confidant]:
    """Ann, on a second device."""
    try:
        person = Confidant(alone.server.url, alone.people["ann"].user_id, tmp_path / "ann")
    except Unavailable as reason:
        lacking(str(reason))
    with person:
        yield person


def kinds(team: Team, room: str) -> set[str]:
    """Of which types the events are that the bot has sent into a room."""
    return {event["type"] for event in team.people["ann"].history(room) if event["sender"] == team.user_id}


def test_an_announcement_in_an_encrypted_room_is_read_by_those_with_the_key(alone: Team, ann: Confidant) -> None:
    room = alone.people["ann"].create_room(alone.user_id, encrypted=True)
    first = alone.start()
    ann.wait_for_keys(room, alone.user_id)
    ann.say(room, "!inbox watch messenger")
    answer = ann.hear(room, lambda event: "I'll tell this room" in event["content"]["body"])
    assert answer["content"]["msgtype"] == "m.notice"
    give_up = time.monotonic() + PATIENCE
    while " known" not in (told := status(ann, room)):
        assert time.monotonic() < give_up, told
    person = Person(f"99900{next(names)}", name="Zoe Zander")
    began = time.time()
    alone.graph.world.write("acme", person, "do you ship to Malta?", at=began)
    announced = ann.hear(room, lambda event: "do you ship to Malta?" in event["content"]["body"])
    assert re.match("New in Acme · Messenger: Zoe Zander", announced["content"]["body"])
    alone.graph.world.write("acme", person, "and to Gozo?", at=began + 1)
    edit = ann.hear(room, lambda event: "and to Gozo?" in event["content"]["body"])
    assert edit["content"]["m.relates_to"] == {"rel_type": "m.replace", "event_id": announced["event_id"]}

    alone.people["ann"].react(room, announced["event_id"], "👀")
    ann.hear(room, lambda event: "has had it since" in event["content"]["body"])

    before = len(alone.gateway.tries(room))
    alone.gateway.fail(Fault(taken=True, hangs=True), room, times=1)
    alone.writes("Kim Killed")
    alone.gateway.wait_for(lambda: any(call.taken for call in alone.gateway.tries(room)[before:]))
    first.kill()
    alone.gateway.mend()
    alone.writes("Ada After")
    with alone.running() as bot:
        ann.hear(room, lambda event: "Ada After" in event["content"]["body"])
        bodies = [event["content"]["body"] for event in ann.read[room]]
        assert [sum(name in body for body in bodies) for name in ("Kim Killed", "Ada After")] == [1, 1]
        assert kinds(alone, room) == {"m.room.member", "m.room.encrypted", "m.reaction"}
        assert "Traceback" not in bot.log


def status(ann: Confidant, room: str) -> str:
    """What the bot says next to `!inbox status`."""
    before = len(ann.read.get(room, []))
    ann.say(room, "!inbox status")

    def wanted(event: Event) -> bool:
        return event in ann.read[room][before:] and "allows" in event["content"]["body"]

    return str(ann.hear(room, wanted)["content"]["body"])


def test_without_e2e_the_bot_says_why_and_nothing_in_plain_text(alone: Team) -> None:
    person = alone.people["ann"]
    with alone.running(encryption=False) as bot:
        secret = person.create_room(alone.user_id, encrypted=True)
        reason = person.wait_for_member(secret, alone.user_id, "leave", alone.log)["content"]["reason"]
        assert reason == (
            "This room is encrypted, and I can't read or write here because matrix-nio[e2e] is not installed."
        )
        room = alone.watch()
        alone.settled()
        alone.admin.set_state(room, "m.room.encryption", ENCRYPTION)
        alone.writes("Zoe Zander", "do you ship to Malta?")
        in_outbox(alone, {room: "that room is encrypted, and I can't write there without matrix-nio[e2e]"})
        alone.admin.say(room, "!inbox pages")
        alone.idle()
        events = alone.admin.history(room)
        (secret_from,) = [number for number, event in enumerate(events) if event["type"] == "m.room.encryption"]
        assert not [event for event in events[secret_from:] if event["sender"] == alone.user_id]
        assert "Traceback" not in bot.log
