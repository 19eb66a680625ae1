"""Conversations and messages, the same for both platforms."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import msgspec

from pageinbox.model.source import Platform

FACEBOOK = "https://www.facebook.com"
UNSAFE = re.compile(r"""[^!-~]|["'<>\\`|()\[\]{}]""")
"""What no address is passed on with: it could end the markup around it, or deceive the eye."""


MESSAGES_KEPT = 20
"""Meta gives details of the 20 most recent messages of a thread; older ones answer as deleted."""


class Conversation(msgspec.Struct, frozen=True, gc=False):
    """One thread, the same for both platforms.

    Times are seconds since 1970, UTC. None means that Meta did not say, never zero or no.
    """

    id: str
    updated: float
    platform: Platform
    name: str | None = None
    """The person's name on Messenger, the username on Instagram; as the person wrote it, so hostile."""
    snippet: str | None = None
    unread: int | None = None
    message_count: int | None = None
    waiting: bool | None = None
    """Whether the last message is the person's, but for automatic replies, Meta's notes and what was taken back."""
    meta_link: str | None = None
    """What Meta gave as the way to the thread; `link` is what can be shown of it."""
    wrote: float | None = None
    """When the person wrote last."""
    automatic: bool = False
    """Whether only automatic replies came after the message that `snippet` shows, or there is nothing else."""
    said: float | None = None
    """When it was written, if others came after it that count for nothing: automatic, notes of Meta's, taken back."""
    gone: bool = False
    """Whether the person's account has been deleted."""
    unreadable: bool = False
    """Whether Meta could give nothing of it but its id and its time."""
    waits: float | None = None
    """When the person wrote the first message that nobody has answered, of those that were read."""
    at_least: bool = False
    """Whether there may be earlier ones, of which nothing was read."""
    answered: float | None = None
    """When somebody of the Page answered last what came before, as far as that was read: the first message of it."""
    asked: float | None = None
    """When the person wrote the first message of what was answered then, where it is certain which one that was."""
    person_id: str | None = None
    """The id of the person for this Page, by which Meta's pushes name them. Not kept in the ledger."""

    @property
    def waiting_since(self) -> float:
        """Since when the person waits, if they do."""
        return self.said_at if self.waits is None else self.waits

    @property
    def said_at(self) -> float:
        """When what `snippet` shows was said, whatever nobody wrote since; who waits does so since then."""
        if self.said is not None:
            return self.said
        return self.wrote if self.waiting and self.wrote is not None else self.updated

    @property
    def link(self) -> str | None:
        """The thread's address on facebook.com, or None. Made safe when it is asked for, since most are never shown."""
        return safe_link(self.meta_link)


class Message(msgspec.Struct, frozen=True):
    """One message of a thread; `from_page` is None when Meta did not say who wrote it.

    `automatic` is one of the Page's that nobody wrote.
    """

    id: str
    created: float | None
    from_page: bool | None
    name: str | None
    text: str
    automatic: bool = False


class Unreadable(msgspec.Struct, frozen=True):
    """A conversation that had to be given up: which one, and which field was wrong."""

    id: str
    fault: str


def safe_link(link: str | None) -> str | None:
    """The link to a thread as an https address on facebook.com, or None.

    Meta gives a path to prefix; a full address is taken only when its host is Facebook's own.
    """
    if not link or UNSAFE.search(link):
        return None
    if link.startswith("/") and not link.startswith("//"):
        return FACEBOOK + link
    parts = urlsplit(link)
    host = parts.netloc.lower()
    facebooks = host == "facebook.com" or (host.endswith(".facebook.com") and "@" not in host)
    if parts.scheme not in ("http", "https") or not facebooks:
        return None
    return f"https://{link.partition('://')[2]}"


class Thread(msgspec.Struct, frozen=True):
    """One conversation with its latest messages, newest first.

    `withheld` tells that there are none because Meta could or would not give any, so that they were not asked for.
    """

    conversation: Conversation
    messages: list[Message]
    more: bool
    withheld: bool = False
