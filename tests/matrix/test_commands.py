"""Every command in a real room, in a thread and in a direct chat, with all that goes over the wire."""

import json
import re
from functools import partial

from tests.matrix.reading import alike, read, words
from tests.matrix.team import Said, Team
from tests.matrix_human import Human, bodies, is_message

COMMANDS = {
    "!inbox spam instagram": "14 conversations",
    "!inbox more": "14 of 14",
    "!inbox show 1": "messages",
    "!inbox show 9zzz": "9zzz",
    "!inbox help": "!inbox spam instagram",
    "!inbox pages": "200300400",
    "!inbox status": "allows",
    "!inbox doctor": "Meta accepts it",
    "!inbox watch messenger": "about every new conversation",
    "!inbox watches": "1 watch",
    "!inbox mute 77": "77",
    "!inbox unmute 77": "77",
    "!inbox unwatch 77": "77",
    "!inbox outbox": "Nothing is waiting",
    "!inbox why 9zzz": "9zzz",
    "!inbox spma": "Did you mean",
}
EVENT_MOST = 65_536
"""Bytes of an event, of which its room, sender and the like are some (Client-Server API, "Size limits")."""


def looks_right(answer: Said, asked: str) -> None:
    """See that an answer is a notice that mentions nobody, and says the same with HTML and without.

    In a thread it names the message that `asked`, the latest there, for clients that know no threads.
    """
    html = answer.content["formatted_body"]
    relation = {"m.relates_to": in_thread(answer.thread, asked)} if answer.thread else {}
    assert answer.content == {
        "org.errbot.key": answer.content["org.errbot.key"],
        "msgtype": "m.notice",
        "body": answer.body,
        "format": "org.matrix.custom.html",
        "formatted_body": html,
        "m.mentions": {},
        **relation,
    }
    assert words(read(html)) == words(alike(answer.body))


def in_thread(root: str, latest: str) -> dict[str, object]:
    """How an event stands in a thread (Client-Server API, "Threading")."""
    return {"rel_type": "m.thread", "event_id": root, "is_falling_back": True, "m.in_reply_to": {"event_id": latest}}


def news(team: Team, person: Human, room: str, before: int) -> list[Said]:
    """What the bot has said in a room, after so many messages."""
    return team.said(room, person=person)[before:]


def test_every_command_answers_where_it_was_given(team: Team) -> None:
    ann, bo = team.people["ann"], team.people["bo"]
    open_room, threaded, direct = team.room(ann), team.room(ann), team.direct(ann)
    places = ((open_room, ""), (threaded, ann.say(threaded, "a question")), (direct, ""))
    for command, expected in COMMANDS.items():
        asked = [(room, thread, len(team.said(room, person=ann))) for room, thread in places]
        events = [ann.say(room, command, thread=thread) for room, thread, _ in asked]
        for event, (room, thread, before) in zip(events, asked, strict=True):
            answer = team.until(partial(news, team, ann, room, before), command, ann)[0]
            assert expected in answer.body, command
            assert answer.thread == thread, command
            looks_right(answer, event)
    for room, thread in places:
        (number,) = re.findall(r"^(\d+) · watch ", team.ask(ann, "!inbox watches", room, thread), re.MULTILINE)
        assert "has ended" in team.ask(ann, f"!inbox unwatch {number}", room, thread)
    assert bo.heard(open_room) == []


def test_200_kilobytes_come_whole_in_events_that_are_not_too_large(team: Team) -> None:
    lines = [f"line {number} of a long answer" for number in range(8_000)]
    assert len("\n".join(lines)) > 200_000
    room = team.room()
    asked = team.admin.say(room, f"!long {len(lines)}")
    team.hear(room, lines[-1])
    events = [event for event in team.admin.heard(room) if is_message(event, team.user_id)]
    assert "\n".join(bodies(events)).splitlines() == lines, "whole, and in order"
    assert 1 < len(events) < 20
    assert max(len(json.dumps(event).encode()) for event in events) < EVENT_MOST
    assert asked
