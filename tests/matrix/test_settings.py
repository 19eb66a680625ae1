"""Errbot's own settings hold in Matrix: prefixes, where answers go, and who may ask where."""

from typing import Any

from tests.matrix.team import Team
from tests.matrix_human import Human, bodies, is_message


def test_prefixes_diversions_and_access_controls(alone: Team) -> None:
    ann, bo = alone.people["ann"], alone.people["bo"]
    allowed = alone.admin.create_room(alone.user_id, ann.user_id, alias="allowed")
    ann.join(allowed)
    account = Human.login(alone.server.url, alone.user_id)
    account.call("PUT", f"/v3/profile/{alone.user_id}/displayname", {"displayname": "The Inbox"})
    settings: dict[str, Any] = {
        "BOT_PREFIX": "%",
        "BOT_ALT_PREFIXES": ("@errbot", "inboxbot"),
        "BOT_ALT_PREFIX_SEPARATORS": (":", ","),
        "DIVERT_TO_PRIVATE": ("inbox_pages",),
        "DIVERT_TO_THREAD": ("inbox_status",),
        "ACCESS_CONTROLS": {
            "Inbox:inbox_watch": {"allowrooms": (allowed,), "allowmuc": True, "allowprivate": False},
            "Inbox:inbox_unwatch": {"allowrooms": (f"#allowed:{alone.server.name}",)},
            "Inbox:inbox_outbox": {"allowusers": (ann.user_id,)},
        },
        "HIDE_RESTRICTED_ACCESS": False,
    }
    with alone.running(**settings) as bot:
        room = alone.room(ann, bo)
        ann.say(room, "!inbox pages")
        helped = alone.ask(ann, "%inbox help", room)
        assert "%inbox spam instagram" in helped and "!inbox" not in helped
        named = ("@errbot inbox", "@errbot: inbox", "inboxbot, inbox", "The Inbox: inbox", "The Inbox, inbox")
        for typed in (f"{called} help" for called in (*named, "@errbot %inbox", "The Inbox: %Inbox")):
            assert alone.ask(ann, typed, room) == helped

        ann.say(room, "%inbox pages")
        private = alone.wait_for_direct(ann)
        alone.hear(private, "200300400", person=ann)
        root = bo.say(room, "let us talk here")
        bo.say(room, "%inbox pages", thread=root)
        (told,) = alone.hear(alone.wait_for_direct(bo), "200300400", person=bo)
        assert told.thread == "", "the thread is one of another room"

        asked = ann.say(room, "%inbox status")
        alone.hear(room, "allows", thread=asked, person=ann)
        assert "allows" in alone.ask(bo, "%inbox status", room, thread=root), "in the thread that there is"
        assert "allows" in alone.ask(ann, "%inbox status", private, thread=ann.say(private, "here, too"))

        for tried in ("watch", "Watch"):
            assert "not allowed" in alone.ask(ann, f"%inbox {tried} messenger", room).casefold()
            assert "not allowed" in alone.ask(ann, f"%inbox {tried} messenger", private).casefold()
            assert "not allowed" in alone.ask(bo, f"%inbox {tried.replace('watch', 'outbox')}", room).casefold()
        assert "not allowed" in alone.ask(ann, "%inbox unwatch 1", room).casefold()
        alone.admin.wait_for_member(allowed, alone.user_id)
        assert "I'll tell this room" in alone.ask(ann, "%inbox Watch messenger", allowed)
        assert "Watch 1 has ended" in alone.ask(ann, "%inbox unwatch 1", allowed)
        assert "Nothing is waiting" in alone.ask(ann, "%inbox outbox", room)
        public = [event for event in bo.heard(room) if is_message(event, alone.user_id)]
        assert not [text for text in bodies(public) if "200300400" in text]
        assert "Traceback" not in bot.log
