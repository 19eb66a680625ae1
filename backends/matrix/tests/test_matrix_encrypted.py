"""Encrypted rooms, with matrix-nio[e2e] and without."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from nio.crypto import ENCRYPTION_ENABLED

from backends.matrix.tests.conftest import Bot
from backends.matrix.tests.encrypted_human import EncryptedHuman
from tests.conftest import lacking
from tests.matrix_human import Human, bodies
from tests.synapse import Synapse

WITHOUT = "import sys\nsys.modules['vodozemac'] = None\n"
"""Makes matrix-nio believe that it was installed without [e2e]."""


@pytest.fixture(scope="module")
def plain(synapse: Synapse, ann: Human, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    """A bot without matrix-nio[e2e], whatever is installed here."""
    folder = tmp_path_factory.mktemp("plain")
    (folder / "sitecustomize.py").write_text(WITHOUT, "utf-8")
    bot = Bot(folder, synapse, BOT_ADMINS=(ann.user_id,))
    bot.start(environment={"PYTHONPATH": str(folder)})
    yield bot
    bot.kill()


def test_without_it_an_encrypted_room_is_refused_with_a_sentence(plain: Bot, ann: Human) -> None:
    secret = ann.create_room(plain.user_id, encrypted=True)
    event = ann.wait_for_member(secret, plain.user_id, "leave", plain.say)
    assert "encrypted" in event["content"]["reason"]
    assert "is encrypted" in plain.say()


def test_without_it_nothing_is_said_in_a_room_that_becomes_encrypted(plain: Bot, ann: Human) -> None:
    room, secret = ann.create_room(plain.user_id), ann.create_room(plain.user_id)
    assert ann.ask(secret, "!say plainly", plain.user_id, plain.say) == "plainly"
    ann.set_state(secret, "m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"})
    ann.say(secret, "!say not encrypted, but asked in an encrypted room")
    for command in (f"!send to {secret} hello", f"!event {secret} key hello"):
        told = ann.ask(room, command, plain.user_id, plain.say)
        assert told.startswith("Encrypted: This room is encrypted")
    own = [event for event in ann.messages(secret) if event["sender"] == plain.user_id]
    assert bodies(own) == ["plainly"]


def test_with_it_an_encrypted_room_is_a_room(synapse: Synapse, ann: Human, tmp_path: Path) -> None:
    if not ENCRYPTION_ENABLED:
        lacking("matrix-nio[e2e]")
    keys = tmp_path / "human"
    keys.mkdir()
    with Bot(tmp_path, synapse, BOT_ADMINS=(ann.user_id,)) as bot:

        async def talk() -> str:
            async with EncryptedHuman(synapse.url, ann.user_id, keys) as human:

                def receipts() -> int:
                    """How often the bot has said the id of what it sent with a key."""
                    sent = [event.event_id for event in human.heard if event.body == "once"]
                    return sum(human.bodies(bot.user_id).count(event) for event in sent)

                room = ann.create_room(bot.user_id, encrypted=True)
                ann.wait_for_member(room, bot.user_id, say=bot.say)
                await human.until(lambda: room in human.client.rooms, "the room")
                await human.until(lambda: bot.user_id in human.client.rooms[room].users, "the bot")
                await human.say(room, "!say hello")
                await human.until(lambda: "hello" in human.bodies(bot.user_id), "an answer")
                await human.say(room, f"!event {room} key once")
                await human.say(room, "!file 1000")
                await human.until(lambda: "success" in human.bodies(bot.user_id), "a file")
                await human.until(lambda: receipts() == 1, "a receipt")
                bot.kill()
                await human.say(room, "!say while away")
                await asyncio.to_thread(bot.start)
                await human.until(lambda: "while away" in human.bodies(bot.user_id), "an answer after a restart")
                await human.say(room, f"!event {room} key once")
                await human.say(room, f"!find {room} key 0")
                await human.say(room, "!whole 400")
                await human.until(lambda: any("line 399" in body for body in human.bodies(bot.user_id)), "the whole")
                await human.until(lambda: receipts() == 3, "two more receipts")
                assert human.bodies(bot.user_id).count("once") == 1
                return room

        room = asyncio.run(talk())
        own = [event for event in ann.history(room) if event["sender"] == bot.user_id]
        assert {event["type"] for event in own} == {"m.room.member", "m.room.encrypted"}
