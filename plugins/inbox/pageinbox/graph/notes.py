"""What Meta itself writes into a conversation in the Page's name: notes for the Page's people, which are no answers."""

from __future__ import annotations

import re

from pageinbox.graph.wire import WireMessage, said_in
from pageinbox.model.text import fold, unnamed

BEGINNINGS = (
    "* replied to an ad",
    "* replied to a post",
    "* replied to your automated welcome message",
    "facebook created this chat because ",
    "you are responding to a user comment to a post on your page",
    "auto-label added: ",
    "lead stage set to ",
    "your ai agent will respond",
    "your ai agent transferred this chat to you",
    "you took over this chat from your ai agent",
    "this message was automatically moved to spam",
    "messenger automatically created a transfer request",
    "the calling window has been reset to ",
)
"""How such notes begin, as people recorded them, with a `*` for the customer's name."""

ENDINGS = re.compile(
    r"assigned to .+ through an automation\.?$"
    r"|^you requested .+ can review and confirm this order\.?$"
    # In whatever language, the way to a post, a comment or an ad is set behind the word that leads there.
    r"|\S\(https?://([a-z0-9-]+\.)*facebook\.com/[^\s()]+\)$"
)

FIRST_WORDS = tuple({re.split(r"\W", beginning)[0] for beginning in BEGINNINGS} - {""})
"""With what a note begins that doesn't begin with a name."""


def is_note(message: WireMessage, name: str | None) -> bool:
    """Whether a message of the Page to somebody of that name is Meta's own: nothing else in it tells."""
    text = said_in(message)
    if not text or not may_be_note(text) or "\n" in text.strip():
        return False
    words = fold(unnamed(text, name))
    return words.startswith(BEGINNINGS) or ENDINGS.search(words) is not None


def may_be_note(text: str) -> bool:
    """Whether it is worth a closer look, which is some ten times as dear; of what people write hardly any is."""
    words = text.casefold()
    return (
        words.startswith(FIRST_WORDS)
        or not words[:1].isalnum()
        or "replied" in words
        or "automation" in words
        or "confirm" in words
        or (")" in words and words.rstrip().endswith(")"))
    )
