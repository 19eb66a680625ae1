"""Errbot's own settings hold in Slack: prefixes, where answers go, and who may ask."""

from typing import Any

from tests.slack.emulator import BOT_USER
from tests.slack.workspace import Workspace


def test_prefixes_diversions_and_access_controls(alone: Workspace) -> None:
    ann, bo = alone.people["ann"], alone.people["bo"]
    named, lists = alone.channel(ann), alone.channel(ann)
    name = ann.api("conversations.info", channel=named)["channel"]["name"]
    settings: dict[str, Any] = {
        "BOT_PREFIX": "%",
        "BOT_ALT_PREFIXES": ("@errbot", "inboxbot"),
        "BOT_ALT_PREFIX_SEPARATORS": (":", ","),
        "DIVERT_TO_PRIVATE": ("inbox_pages",),
        "DIVERT_TO_THREAD": ("inbox_status",),
        "ACCESS_CONTROLS": {
            "Inbox:inbox_watch": {"allowusers": (ann.id,)},
            "Inbox:inbox_watches": {"allowrooms": (named, lists)},
        },
        "HIDE_RESTRICTED_ACCESS": False,
    }
    with alone.running({"WATCHES": [f"#{name} messenger"]}, **settings) as bot:
        for room in (named, lists):
            heard = alone.ask(ann, "%inbox watches", room)
            assert ("watch inbox messenger" in heard) is (room == named), "a room's name in the settings is its id"
        channel = alone.channel(ann, bo)
        ann.say(channel, "!inbox pages")
        helped = alone.ask(ann, "%inbox help", channel)
        assert "%inbox spam instagram" in helped and "!inbox" not in helped
        for said, wire in (
            ("@errbot inbox help", f"<@{BOT_USER}> inbox help"),
            ("@errbot: inbox help", f"<@{BOT_USER}>: inbox help"),
            ("inboxbot, inbox help", ""),
        ):
            mentioned = alone.channel(ann)
            ann.say(mentioned, said, wire=wire)
            alone.hear(mentioned, "%inbox spam instagram")

        ann.say(channel, "%inbox pages")
        alone.hear(ann.direct(), "200300400")
        ann.say(channel, "%inbox Pages")
        _, again = alone.until(lambda: alone.said(ann.direct()) if alone.said(ann.direct())[1:] else [], "in private")
        assert "200300400" in again.words
        asked = ann.say(alone.channel(ann), "%inbox status")
        alone.hear(asked["channel"], "allows", thread=asked["ts"])
        talk = alone.channel(bo)
        root = bo.say(talk, "let us talk here")["ts"]
        assert "allows" in alone.ask(bo, "%inbox status", talk, thread=root)
        bo.say(talk, "%inbox pages", thread=root)
        (private,) = alone.hear(bo.direct(), "200300400")
        assert private.thread == "", "the thread is one of another channel"

        for tried in ("watch", "Watch"):
            assert "not allowed" in alone.ask(bo, f"%inbox {tried} messenger", alone.channel(bo)).casefold()
        assert "not allowed" in alone.ask(ann, "%inbox watches", alone.channel(ann)).casefold()
        assert "I'll tell this room" in alone.ask(ann, "%inbox Watch messenger", alone.channel(ann))
        assert not [one for one in alone.said() if "200300400" in one.words and one.channel[0] != "D"]
        assert "Traceback" not in bot.log
