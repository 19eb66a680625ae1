"""What `!inbox help` says: what can be asked and watched, by example."""

from __future__ import annotations

from pageinbox.model.post import Command, Post


def usage() -> Post:
    """What can be asked, by example."""
    examples = (
        ("inbox", "every Page's inbox, both platforms"),
        ("inbox spam instagram", "one folder of one platform: inbox, other, done, spam; messenger, instagram"),
        ("inbox unread since 2h limit 20", "filters, in any order"),
        ("inbox @ann.example", "one person's conversations"),
        ("inbox more", "the next ones"),
        ("inbox show k7fq", "the latest messages of one, by its ref or number"),
        ("inbox pages", "the Pages I read"),
        ("inbox status", "how fresh and how well"),
        ("inbox help watch", "all that a watch can be told"),
        ("inbox watch spam instagram", "tell here of every new conversation; the words of a question, and more"),
        ("inbox watches", "what is watched here, by number"),
        ("inbox unwatch 3", "no longer"),
        ("inbox mute k7fq for 2h", "not for a while; a ref, or a watch's number"),
        ("inbox unmute k7fq", "again after all"),
        ("inbox outbox", "what waits to be said, and why"),
        ("inbox why k7fq", "who was told of one, when, or why not"),
    )
    return Post(("What you can ask",), (), tuple(((Command(command),), (text,)) for command, text in examples))


def usage_of_watch() -> Post:
    """What a watch can be told, by example."""
    examples = (
        ("inbox watch", "every new conversation in any inbox; in a direct chat it tells you alone"),
        ("inbox watch spam instagram acme", "folder, platform, Page: the words of a question"),
        ("inbox watch unread", "only what nobody has read yet"),
        ("inbox watch from @ann.example", "only from somebody"),
        ('inbox watch text "refund"', "only what says that"),
        ("inbox watch every message", "also when somebody known writes again"),
        ("inbox watch later thread", "what is written later goes in its thread; or later edit, later nothing"),
        ("inbox watch quiet 22:00-08:00 Europe/Rome", "what comes meanwhile is told afterwards, in one message"),
        ("inbox watch as name", "how much is shown: count, initials, name, snippet"),
        ("inbox watches", "what is watched here, by number"),
        ("inbox unwatch 3", "end one"),
        ("inbox mute 3 for 2h", "not for a while, a day if you don't say how long; a watch's number or a ref"),
        ("inbox unmute 3", "again after all"),
    )
    return Post(("What a room can be told",), (), tuple(((Command(command),), (text,)) for command, text in examples))
