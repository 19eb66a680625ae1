"""Watches in a real room: announcements, bursts, mutes and reloads."""

import re
import time

from simulator.thread import Person
from tests.matrix.team import PATIENCE, Team, names


def told(team: Team, room: str) -> list[str]:
    """The announcements in a room."""
    return [one.body for one in team.said(room) if re.match("New in Acme|.*new in Acme", one.body)]


def test_a_watch_announces_once_and_its_ref_is_known(team: Team) -> None:
    room = team.watch()
    name = f"Zoe Zander {next(names)}"
    team.writes(name, "do you ship to Malta?")
    heard = team.hear(room, name)[-1]
    assert "do you ship to Malta?" in heard.body and heard.thread == ""
    assert set(heard.content) == {"msgtype", "body", "format", "formatted_body", "m.mentions", "org.errbot.key"}
    (ref,) = re.findall(r"· ([a-z0-9]{4,})$", heard.body, re.MULTILINE)
    shown = team.ask(team.admin, f"!inbox show {ref}", room)
    assert shown.startswith(f"{ref} · {name}") and "do you ship to Malta?" in shown
    ann = team.people["ann"]
    # The homeserver shows the event before it has told the bot what its id is.
    direct, why, give_up = team.direct(team.admin), "", time.monotonic() + PATIENCE
    while f"receipt {heard.event_id}" not in why:
        assert time.monotonic() < give_up, why
        why = team.ask(team.admin, f"!inbox why {ref}", direct)
    asked = team.ask(ann, f"!inbox why {ref}", team.direct(ann))
    assert "My admins can see it" in asked and heard.event_id not in asked
    assert [name in text for text in told(team, room)] == [True]


def test_an_announcement_notifies_people_once_and_what_follows_is_quiet(team: Team) -> None:
    ann = team.people["ann"]
    room = team.room(ann)
    assert "I'll tell this room" in team.ask(team.admin, "!inbox watch messenger", room)
    name, began = f"Nora Nudge {next(names)}", time.time()
    person = Person(f"77700{next(names)}", name=name)
    team.graph.world.write("acme", person, "anybody there?", at=began)
    receipt = team.hear(room, name)[-1].event_id
    ann.wait(room, lambda event: event["event_id"] == receipt)
    assert receipt in ann.notifications(room)
    team.graph.world.write("acme", person, f"this is {name}", at=began + 1)
    team.hear(room, f"this is {name}")
    (edited,) = [one for one in team.said(room) if one.event_id == receipt]
    assert (edited.times, edited.content["msgtype"]) == (1, "m.text")
    edit = {"rel_type": "m.replace", "event_id": receipt}
    ann.wait(room, lambda event: event["content"].get("m.relates_to") == edit)
    # The bot is shared: it may tell of what another test's people wrote, too.
    heard = {event["event_id"] for event in ann.heard(room) if event["sender"] == team.user_id}
    announced = {one.event_id for one in team.said(room, person=ann) if one.content["msgtype"] == "m.text"}
    assert heard & set(ann.notifications(room)) == announced
    assert ann.notifications(room).count(receipt) == 1


def test_a_person_watches_in_a_direct_chat(team: Team) -> None:
    ann = team.people["ann"]
    direct = team.direct(ann)
    assert "I'll tell you about every new conversation" in team.ask(ann, "!inbox watch messenger as initials", direct)
    name = f"Quentin Quill {next(names)}"
    team.writes(name)
    heard = team.hear(direct, "Q.Q.", person=ann)[-1]
    assert "Quentin" not in heard.body
    (number,) = re.findall(r"^(\d+) · watch ", team.ask(ann, "!inbox watches", direct), re.MULTILINE)
    assert "has ended" in team.ask(ann, f"!inbox unwatch {number}", direct)


def test_a_reply_to_an_announcement_and_a_message_in_its_thread_are_about_it(team: Team) -> None:
    room = team.watch()
    name = f"Rita Reply {next(names)}"
    team.writes(name, "do you ship to Malta?")
    told = team.hear(room, name)[-1]
    reply = {
        "msgtype": "m.text",
        "body": f"> <{team.user_id}> {told.body.splitlines()[0]}\n\n!inbox show",
        "m.relates_to": {"m.in_reply_to": {"event_id": told.event_id}},
    }
    team.admin.send(room, reply)
    team.hear(room, f"· {name} · Acme · Messenger · inbox · 1 message")
    assert "Muted here until" in team.ask(team.admin, "!inbox mute for 2h", room, told.event_id)
    assert f"receipt {told.event_id}" in team.ask(team.admin, "!inbox why", room, told.event_id)
    assert "Which conversation?" in team.ask(team.admin, "!inbox show", room, team.admin.say(room, "a thread"))


def test_a_burst_is_one_card_and_each_is_told_once(team: Team) -> None:
    room = team.watch("messenger as name")
    burst = [f"Burst {next(names)}" for _ in range(12)]
    with team.graph.world.lock:
        for name in burst:
            team.writes(name)
    team.hear(room, "12 new in Acme")
    (card,) = told(team, room)
    assert burst[0] in card
    closing = f"Closing {next(names)}"
    team.writes(closing)
    team.hear(room, closing)
    assert len(told(team, room)) == 2


def test_a_muted_watch_is_silent_in_its_room_alone(team: Team) -> None:
    muted, other = team.watch(), team.watch()
    (number,) = re.findall(r"^(\d+) · watch ", team.ask(team.admin, "!inbox watches", muted), re.MULTILINE)
    assert "until" in team.ask(team.admin, f"!inbox mute {number} for 2h", muted)
    name = f"Mute {next(names)}"
    team.writes(name)
    team.hear(other, name)
    assert number in team.ask(team.admin, f"!inbox unmute {number}", muted)
    later = f"Later {next(names)}"
    team.writes(later)
    team.hear(muted, later)
    assert not [text for text in told(team, muted) if name in text]


def test_a_reload_loses_nothing_and_says_nothing_twice(team: Team) -> None:
    room = team.watch()
    before, during, after = (f"{word} {next(names)}" for word in ("Before", "During", "After"))
    team.writes(before)
    team.hear(room, before)
    team.writes(during)
    assert "Plugin Inbox reloaded" in team.ask(team.admin, "!plugin reload Inbox", team.direct(team.admin))
    team.writes(after)
    team.hear(room, before, during, after)
    assert team.stands(room, before, during, after) == [1, 1, 1]
