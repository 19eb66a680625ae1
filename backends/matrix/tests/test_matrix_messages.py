"""What is read of a message and written into one: a mention of the bot, and the thread."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from errbot_matrix.errors import Doubtful
from errbot_matrix.messages import addressed, by_id, in_thread, said
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
    assert addressed(INTENDED, by_id(text, ""), BOT, "Inbox Bot") == told
    older = {"formatted_body": '<a href="https://matrix.to/#/@errbot:x.org">Inbox Bot</a>: inbox'}
    assert addressed(older, by_id(text, ""), BOT, "Inbox Bot") == told
    assert addressed({"m.mentions": {"user_ids": ["@errbot:x.organic"]}}, text, BOT, "Inbox Bot") is None


ANN = "https://matrix.to/#/@ann:x.org"


@pytest.mark.parametrize(
    ("text", "formatted", "by_ids"),
    [
        # a name that only the writer's client knows, as after the bot was renamed
        ("Old Name: inbox", f'<a href="https://matrix.to/#/{BOT}" class="pill">Old Name</a>: inbox', f"{BOT}: inbox"),
        ("A & B inbox", f'<a href="https://matrix.to/#/{BOT}">A &amp; B</a> inbox', f"{BOT} inbox"),
        ("claim 3 Ann Lee", f'claim 3 <a href="{ANN}">Ann Lee</a>', "claim 3 @ann:x.org"),
        ("claim 3 @Ann Lee.", f'claim 3 <a href="{ANN}">Ann Lee</a>.', "claim 3 @ann:x.org."),
        (
            "Annie and ann and ann",
            f'Annie and <a href="{ANN}">ann</a> and <a href="{ANN}">ann</a>',
            "Annie and @ann:x.org and @ann:x.org",
        ),
        # element-hq/element-x-android#5729, element-hq/element-android#1506, element-hq/element-web#34632
        (f"claim 3 [@ann:x.org]({ANN})", f'claim 3 <a href="{ANN}">@ann:x.org</a>', "claim 3 @ann:x.org"),
        (f'claim 3 "Ann Lee" ({ANN})', "", "claim 3 @ann:x.org"),
        (
            f'claim 3 <a data-mention-type="user" href="{ANN}" contenteditable="false">Ann</a>',
            f'claim 3 <a href="{ANN}">Ann</a>',
            "claim 3 @ann:x.org",
        ),
        ("see [here](https://matrix.to/#/!room:x.org/$e)", "", "see [here](https://matrix.to/#/!room:x.org/$e)"),
        ("claim 3 ann", "claim 3 ann", "claim 3 ann"),
    ],
)
def test_whom_a_text_mentions_stands_there_by_id(text: str, formatted: str, by_ids: str) -> None:
    assert by_id(text, formatted) == by_ids


def test_whom_a_reply_quotes_is_not_mentioned() -> None:
    quote = f'<mx-reply><blockquote><a href="{ANN}">spam</a><br>hello</blockquote></mx-reply>'
    content = {
        "msgtype": "m.text",
        "body": "> <@ann:x.org> hello\n\n!inbox spam",
        "formatted_body": f"{quote}!inbox spam",
    }
    assert said(content | {"m.relates_to": {"m.in_reply_to": {"event_id": "$1"}}}) == "!inbox spam"


@pytest.mark.parametrize(
    ("body", "shown", "text"),
    [
        (r"\!inbox \@ann\.example since 14\:00", "!inbox @ann.example since 14:00", "!inbox @ann.example since 14:00"),
        (r"\!inbox note a\\b", r"!inbox note a\b", r"\!inbox note a\\b"),
        (r"!inbox text \d", None, r"!inbox text \d"),
        (r"!inbox text \d", "!inbox text d", r"!inbox text \d"),
    ],
)
def test_what_a_client_has_escaped_is_what_was_typed(body: str, shown: str | None, text: str) -> None:
    """Where the formatted text shows that nobody typed a backslash."""
    formatted = {"format": "org.matrix.custom.html", "formatted_body": shown} if shown else {}
    assert said({"msgtype": "m.text", "body": body} | formatted) == text


class Server:
    """A homeserver that knows one thread, or can't tell; it keeps what it is sent."""

    def __init__(self, newest: str | None) -> None:
        self.newest = newest
        self.sent: list[dict[str, Any]] = []
        self.meanwhile: Callable[[], object] = lambda: None
        """Done while what was sent is there, and the server has not answered."""

    async def call(self, method: str, path: str) -> dict[str, Any]:
        assert (method, path) == ("GET", "/v1/rooms/%21room/relations/%24root/m.thread?limit=1")
        if self.newest is None:
            raise Doubtful
        return {"chunk": [{"event_id": self.newest}] if self.newest else []}

    async def send(self, room: str, kind: str, content: dict[str, Any], key: str) -> str:
        self.sent.append(content)
        self.meanwhile()
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


def test_what_comes_before_the_server_has_answered_is_later_than_what_was_sent() -> None:
    server = Server("$theirs")
    threads = Threads(server, server)  # type: ignore[arg-type]

    def reply() -> None:
        for event in ("$own-1", "$reply"):
            threads.note("!room", event, {"m.relates_to": in_thread("$root")})

    async def talk() -> None:
        server.meanwhile = reply
        await threads.send("!room", {"m.relates_to": in_thread("$root")})
        await threads.send("!room", {"m.relates_to": in_thread("$root")})

    asyncio.run(talk())
    assert [content["m.relates_to"] for content in server.sent] == [
        in_thread("$root", "$theirs"),
        in_thread("$root", "$reply"),
    ]


@pytest.mark.parametrize("part", ["<a matrix.to/#/aaaaaaaa", "[a](https://matrix.to/#/", "<mx-reply>", '"a" (https://'])
def test_what_looks_like_many_mentions_is_none(part: str) -> None:
    """As long as an event may be; anybody in a room can write it, and all others wait until it is read."""
    text = part * (60_000 // len(part))
    reply = {"m.relates_to": {"m.in_reply_to": {"event_id": "$1"}}}
    assert said({"msgtype": "m.text", "body": text, "formatted_body": text, **reply}) == text
