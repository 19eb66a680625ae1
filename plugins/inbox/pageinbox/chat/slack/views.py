"""Windows and the App Home, as Slack's views: https://docs.slack.dev/reference/views.

What a post says stands there as it does in a message. Limits: 24 characters in a title, 100 blocks.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from pageinbox.chat.slack import content as slack
from pageinbox.chat.slack.elements import Block
from pageinbox.chat.slack.gesture import FORM
from pageinbox.chat.slack.offers import REFRESH, about, label, word_of
from pageinbox.model.post import Offer, Post

TITLE, BLOCKS = 24, 100
WRITTEN_MOST = 500
"""Characters of what is written in a form."""

View = dict[str, Any]
WAITING = Post(("One moment …",))


def loading(command: str) -> View:
    """What a window shows until there is an answer."""
    return window(command, blocks_of([WAITING], "!"))


def shown(command: str, post: Post, prefix: str) -> View:
    """An answer in a window; to what it says about one conversation, a note can be added there."""
    offers = post.offers
    if offers and all(offer.row is None for offer in offers):
        base = about(offers[0].command).split(" ")
        offers = (*offers, Offer("Note …", f"inbox note {base[-1]}")) if len(base) == 3 else offers
    return window(command, blocks_of([replace(post, offers=offers)], prefix))


def form(command: str, question: str, place: dict[str, str]) -> View:
    """A window that asks for the words a command lacks; `place` is where it was opened."""
    field = {"type": "plain_text_input", "action_id": FORM, "max_length": WRITTEN_MOST}
    asked = {"type": "input", "block_id": FORM, "label": label(question), "element": field}
    return window(command, [asked]) | {
        "callback_id": FORM,
        "private_metadata": json.dumps({"command": about(command)} | place),
        "submit": label(word_of(command).capitalize()),
    }


def home(posts: Sequence[Post], prefix: str) -> View:
    """The App Home: what each post says, and a button that asks anew."""
    refresh = {"type": "button", "action_id": f"inbox:{REFRESH}", "text": label("Refresh"), "value": REFRESH}
    blocks = [{"type": "actions", "elements": [refresh]}]
    for post in posts:
        of_rows = tuple(offer for offer in post.offers if offer.row is not None)  # `more` would be about the last list
        blocks += [{"type": "divider"}, *blocks_of([replace(post, offers=of_rows)], prefix)]
    return {"type": "home", "blocks": blocks[:BLOCKS]}


def window(command: str, blocks: Sequence[Block]) -> View:
    title = " ".join(about(command).split(" ")[1:]).capitalize()
    return {
        "type": "modal",
        "title": label(title[:TITLE] or "Inbox"),
        "close": label("Close"),
        "blocks": list(blocks[:BLOCKS]),
    }


def blocks_of(posts: Iterable[Post], prefix: str) -> list[Block]:
    return [block for post in posts for message in slack.messages(post, prefix) for block in message["blocks"]]
