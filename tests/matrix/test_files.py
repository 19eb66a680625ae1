"""Files in a room of a real homeserver: what stands there, and what the media repository gives back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.attached import ALT, CSV, PNG
from tests.conftest import lacking
from tests.matrix.confidant import Confidant, Unavailable
from tests.matrix.team import Team
from tests.matrix_human import Event

PICTURE = {
    "msgtype": "m.image",
    "body": ALT,
    "filename": "stats.png",
    "info": {"mimetype": "image/png", "size": len(PNG), "w": 1, "h": 1},
    "m.mentions": {},
}
TABLE = {
    "msgtype": "m.file",
    "body": "stats.csv",
    "filename": "stats.csv",
    "info": {"mimetype": "text/csv", "size": len(CSV)},
    "m.mentions": {},
}


def is_table(event: Event) -> bool:
    """Whether it is the last of all that is said."""
    return bool(event["content"].get("msgtype") == "m.file")


def brought(team: Team, room: str, after: str) -> list[dict[str, Any]]:
    """What the bot has said in a room behind an event, up to the last file."""
    team.admin.wait(room, is_table, after, "a file", team.log)
    events = team.admin.heard(room)
    begin = next(number for number, event in enumerate(events) if event["event_id"] == after)
    own = [event["content"] for event in events[begin:] if event["sender"] == team.user_id]
    return [content for content in own if "msgtype" in content]


def content_of(team: Team, address: str) -> bytes:
    server, _, media = address.removeprefix("mxc://").partition("/")
    return team.admin.download(server, media)


def test_files_stand_below_their_text_in_the_room_or_in_the_thread(team: Team) -> None:
    room = team.room()
    text, picture, table = brought(team, room, team.admin.say(room, "!attached"))
    assert text["body"] == "Acme: 4 new"
    assert content_of(team, picture.pop("url")) == PNG and content_of(team, table.pop("url")) == CSV
    for content in (picture, table):
        assert content.pop("org.errbot.key")
    assert (picture, table) == (PICTURE, TABLE)

    root = team.admin.say(room, "something else")
    inside = brought(team, room, team.admin.say(room, "!attached", thread=root))
    assert [content["m.relates_to"]["rel_type"] for content in inside] == ["m.thread"] * 3
    assert {content["m.relates_to"]["event_id"] for content in inside} == {root}


def test_files_of_an_announcement_follow_it(team: Team) -> None:
    room = team.room()
    mark = team.admin.say(room, "from here on")
    team.admin.say(team.room(), f"!attached {room}")
    assert [content["body"] for content in brought(team, room, mark)] == ["Acme: 4 new", ALT, "stats.csv"]


@pytest.fixture
def ann(alone: Team, tmp_path: Path) -> Iterator[Confidant]:
    """Ann, on a second device."""
    try:
        person = Confidant(alone.server.url, alone.people["ann"].user_id, tmp_path / "ann")
    except Unavailable as reason:
        lacking(str(reason))
    with person:
        yield person


def test_in_an_encrypted_room_the_homeserver_sees_no_more_of_a_file_than_its_size(alone: Team, ann: Confidant) -> None:
    from nio.crypto.attachments import decrypt_attachment

    room = alone.people["ann"].create_room(alone.user_id, encrypted=True)
    with alone.running():
        ann.wait_for_keys(room, alone.user_id)
        ann.say(room, "!attached")
        table = ann.hear(room, is_table)["content"]
        picture = ann.hear(room, lambda event: event["content"].get("msgtype") == "m.image")["content"]
        for content, same, plain in ((picture, PICTURE, PNG), (table, TABLE, CSV)):
            where = content.pop("file")
            assert content.pop("org.errbot.key") and content == same
            sealed = content_of(alone, where["url"])
            assert plain not in sealed and len(sealed) == len(plain)
            assert decrypt_attachment(sealed, where["key"]["k"], where["hashes"]["sha256"], where["iv"]) == plain
