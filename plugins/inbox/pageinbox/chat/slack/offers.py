"""What posts offer, as buttons and menus of Block Kit, and the commands that clicks on them mean.

Every label, value and id is made of offers and of our own words: nothing that somebody outside wrote comes here. What
Slack sends back of a click is the value we gave it; it is a command that is given in the name of who clicked.

Limits by https://docs.slack.dev/reference/block-kit/block-elements: 75 characters in a label, 150 in an option's value,
100 options in a menu; 25 elements in a block (.../blocks/actions-block).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType
from typing import Any

from pageinbox.chat.slack.elements import Block, Element
from pageinbox.model.post import Line, Offer, Reference

OPTIONS, ELEMENTS, LABEL = 100, 25, 75

COMMAND = re.compile(r"inbox [a-z]{1,20}(?: [^\x00-\x1f\x7f]{1,120})?")
ACTION = re.compile(r"inbox:\d{1,2}")
"""The ids of our elements: each is another one in its block."""

LATER: Mapping[str, Sequence[tuple[str, str]]] = MappingProxyType({
    "snooze": (
        ("for 2 hours", "for 2h"),
        ("until tomorrow 9:00", "until tomorrow 9:00"),
        ("for a week", "for 7d"),
        ("another time …", ""),
    ),
})  # fmt: skip
"""What a command of this word is offered with in a menu: how it is called, and the words; none are asked for."""

WRITTEN = {"snooze": "Until when, or for how long?", "note": "What should the team know?"}
"""What is asked for the words of a command that is given without any."""

SHOWN = {"show", "why"}
"""Commands whose answer is read in a window of its own, and is no message."""

PUBLIC = {"more"}
"""Commands whose answer is for everybody who sees what was clicked on."""

REFRESH = "refresh"
"""What a click on the button of the App Home means, which is no command."""


def word_of(command: str) -> str:
    """What follows `inbox`: `claim`; empty where nothing does."""
    return command.partition(" ")[2].partition(" ")[0]


def about(command: str) -> str:
    """A command and what it is about, without further words: `inbox snooze k7fq`."""
    return " ".join(command.split(" ")[:3])


def asks(command: str) -> str:
    """What to ask for, where a command is given without the words it needs; empty for others."""
    return WRITTEN.get(word_of(command), "") if command == about(command) else ""


def clicked(action: Mapping[str, Any]) -> str:
    """The command that a click on one of our elements means; empty for what is none of ours.

    `action` is one of a payload's `actions`: https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
    """
    if action.get("action_id") == f"inbox:{REFRESH}":
        return REFRESH
    value = action.get("value") or (action.get("selected_option") or {}).get("value")
    if not ACTION.fullmatch(str(action.get("action_id"))) or not isinstance(value, str):
        return ""
    return value if COMMAND.fullmatch(value) else ""


def controls(offers: Sequence[Offer], rows: Sequence[Sequence[Line]] = ()) -> list[Block]:
    """The block of what a post offers, if it offers anything: what is for one of its `rows` in one menu."""
    groups = list(row_options(offers, rows))
    found = [select("Choose a row", option_groups=groups)] if groups else []
    found += [menu_or_button(offer) for offer in offers if offer.row is None]
    numbered = [element | {"action_id": f"inbox:{place}"} for place, element in enumerate(found[:ELEMENTS])]
    return [{"type": "actions", "elements": numbered}] if numbered else []


def menu_or_button(offer: Offer) -> Element:
    """An offer for all of a post."""
    word, base = word_of(offer.command), about(offer.command)
    if word not in LATER:
        return {"type": "button", "text": label(offer.label), "value": offer.command}
    return select(word.capitalize(), options=[option(shown, f"{base} {words}".strip()) for shown, words in LATER[word]])


def choices(offer: Offer) -> Sequence[tuple[str, str]]:
    """An offer as what it is called in the menu of all rows, and the command; the words may also be asked for."""
    word = word_of(offer.command)
    asked = [(f"{word.capitalize()} …", about(offer.command))] if word in LATER else []
    return [(offer.label, offer.command), *asked]


def row_options(offers: Sequence[Offer], rows: Sequence[Sequence[Line]]) -> Iterable[Element]:
    """For each row what is offered for it, under what it begins with; as many rows as fit into one menu."""
    left = OPTIONS
    for row, those in groupby((offer for offer in offers if offer.row is not None), lambda offer: offer.row):
        options = [option(shown, value) for offer in those for shown, value in choices(offer)]
        left -= len(options)
        if left >= 0 and row is not None:
            yield {"label": label(begin(rows[row])), "options": options}


def begin(row: Sequence[Line]) -> str:
    """What a row begins with in words of our own: its number and its ref."""
    cells = [piece.text if isinstance(piece, Reference) else piece for cell in row[:2] for piece in cell]
    own = [piece for piece in cells if isinstance(piece, str)]
    return " · ".join(own) or "…"


def select(placeholder: str, **options: Any) -> Element:
    return {"type": "static_select", "placeholder": label(placeholder)} | options


def option(shown: str, value: str) -> Element:
    return {"text": label(shown), "value": value}


def label(text: str) -> Element:
    return {"type": "plain_text", "text": text[:LABEL]}
