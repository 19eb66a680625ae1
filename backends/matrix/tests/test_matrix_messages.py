"""What is read of a message and written into one: a mention of the bot, and the thread."""

import asyncio
from typing import Any

import pytest

from errbot_matrix.errors import Doubtful
from errbot_matrix.messages import addressed, in_thread
from errbot_matrix.threads import Threads

BOT = "@errbot:x.org"
INTENDED = {"m.mentions": {"user_ids": [BOT]}}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Inbox Bot: inbox spam", "inbox spam"),
        ("inbox bot inbox  spam\nmore", "inbox  spam\nmore"),
        ("@errbot, inbox", "inbox"),
        ("@errbot:x.org inbox", "inbox"),
        ("@errbot:x.org: inbox", "inbox"),
        ("[Inbox Bot](https://matrix.to/#/@errbot:x.org) inbox 100%20", "inbox 100%20"),
        ("[Inbox Bot](https://matrix.to/#/%40errbot%3Ax.org): inbox", "inbox"),
        ("[Ann](https://matrix.to/#/@ann:x.org): inbox", None),
        ("Inbox Bots: inbox", None),
        ("hello Inbox Bot", None),
        ("Inbox Bot", ""),
    ],
)
def test_what_the_bot_is_told_by_name(text: str, told: str | None) -> None:
    assert addressed(INTENDED, text, BOT, "Inbox Bot") == told
    older = {"formatted_body": '<a href="https://matrix.to/#/@errbot:x.org">Inbox Bot</a>: inbox'}
    assert addressed(older, text, BOT, "Inbox Bot") == told
    assert addressed({"m.mentions": {"user_ids": ["@errbot:x.organic"]}}, text, BOT, "Inbox Bot") is None


@pytest.mark.parametrize("shown", ["Old Name", "Inbox &amp; Bot", "Inbox Bot (ops)"])
def test_a_mention_by_a_name_that_only_its_writer_knows(shown: str) -> None:
    """As after the bot was renamed, or where a client adds something to a name that two people have."""
    content = INTENDED | {"formatted_body": f'<a href="https://matrix.to/#/{BOT}" class="pill">{shown}</a>: inbox spam'}
    name = shown.replace("&amp;", "&")
    assert addressed(content, f"{name}: inbox spam", BOT, "Inbox Bot") == "inbox spam"
    assert addressed(content, "Ann: inbox spam", BOT, "Inbox Bot") is None


class Server:
    """A homeserver that knows one thread, or can't tell; it keeps what it is sent."""

    def __init__(self, newest: str | None) -> None:
        self.newest = newest
        self.sent: list[dict[str, Any]] = []

    async def call(self, method: str, path: str) -> dict[str, Any]:
        assert (method, path) == ("GET", "/v1/rooms/%21room/relations/%24root/m.thread?limit=1")
        if self.newest is None:
            raise Doubtful
        return {"chunk": [{"event_id": self.newest}] if self.newest else []}

    async def send(self, room: str, kind: str, content: dict[str, Any], key: str) -> str:
        self.sent.append(content)
        return f"$own-{len(self.sent)}"


@pytest.mark.parametrize(("newest", "first"), [("$theirs", "$theirs"), ("", "$root"), (None, "$root")])
def test_a_message_in_a_thread_answers_the_latest_of_it(newest: str | None, first: str) -> None:
    server = Server(newest)
    threads = Threads(server, server)  # type: ignore[arg-type]

    async def talk() -> None:
        await threads.send("!room", {"m.relates_to": in_thread("$root")})
        await threads.send("!room", {"m.relates_to": in_thread("$root")})
        threads.note("!room", "$later", {"m.relates_to": in_thread("$root")})
        threads.note("!room", "$elsewhere", {"m.relates_to": in_thread("$other")})
        threads.note("!room", "$out", {"body": "of any thread"})
        await threads.send("!room", {"m.relates_to": in_thread("$root")})
        await threads.send("!room", {"body": "of any thread"})

    asyncio.run(talk())
    *inside, outside = server.sent
    assert [content["m.relates_to"] for content in inside] == [
        in_thread("$root", latest) for latest in (first, "$own-1", "$later")
    ]
    assert outside == {"body": "of any thread"}
