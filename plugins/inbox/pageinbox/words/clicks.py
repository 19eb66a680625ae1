"""What is said to somebody who clicked on what can't be done."""

from __future__ import annotations

from pageinbox.model.post import Command, Post


def unknown() -> Post:
    """A button that no version of today made."""
    return Post(
        (
            "I don't know that button; it may be from another version of me. To see what you can type: ",
            Command("inbox help"),
        )
    )


def elsewhere() -> Post:
    """A click in a workspace that is not the bot's."""
    return Post(("I only work in my own workspace.",))


def too_late(command: str) -> Post:
    """A click to which no window can be opened any more."""
    return Post(
        ("That took me too long, and Slack no longer lets me open a window. Click again, or type ", Command(command))
    )


def unshown(command: str) -> Post:
    """An answer that Slack doesn't show in a window."""
    return Post(("Slack doesn't show this in a window. Type ", Command(command)))


def closed(why: str) -> Post:
    """A window that Slack doesn't let us open; `why` is the chat module's own sentence."""
    return Post((f"I can't open a window: {why}.",))
