"""What may arrive on Slack, read strictly by Slack's own rules.

They are at https://docs.slack.dev/reference/block-kit/blocks/rich-text-block and
https://docs.slack.dev/messaging/formatting-message-text
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from html import unescape
from typing import Any

from pageinbox.model.post import Foreign, Mention, Name, Post, Room
from tests.hostile.checks import check_characters, check_legible, check_unlinked, links, own_words, pieces, refuse

LABELS = {"open", "open in Facebook"}
KINDS = {"rich_text_section", "rich_text_quote"}
STYLES: tuple[dict[str, bool], ...] = ({}, {"bold": True}, {"italic": True}, {"code": True})
DATE, FORMATS = {"type", "timestamp", "format", "fallback"}, {"{time}", "{date_short} {time}"}
LIVE = re.compile(r"[*~`]|(?<![^\W_])_(?=[^\W_])|(?<=[^\W_])_(?![^\W_])|[@#][^\W_ˋ]|:[\w+\-]+:|^\s*&gt;")
ESCAPES = re.compile("&(?!(?:amp|lt|gt);)")


PINGS = (("here", "<!here>"), ("S[A-Z0-9]+", "<!subteam^{}>"), ("[UW][A-Z0-9]+", "<@{}>"))
"""Ids of whom a message can notify, and what does it in a text."""


def calls(post: Post) -> str:
    """How a text begins that notifies those whom a post mentions, in its headline only, and nobody else."""
    ids = [piece.id for piece in post.headline if isinstance(piece, Mention)]
    return "".join(f"{live.format(id)} " for id in ids for form, live in PINGS if re.fullmatch(form, id))


def check_slack(post: Post, messages: Sequence[Any], whole: Sequence[str] = ()) -> None:
    """Messages as they go into chat.postMessage; `whole` is what is sent where Slack refuses their blocks."""
    called = ""
    named = any(isinstance(piece, Name) for piece in pieces(post))
    shown: list[str] = []
    live: list[str] = []
    led: list[str] = []
    for message in messages:
        if set(message) != {"blocks", "text"}:
            refuse("an unknown argument", str(message))
        if not 1 <= len(message["blocks"]) <= 50 or len(json.dumps(message, ensure_ascii=False)) > 13_000 * 2:
            refuse("too much", str(message))
        if (
            sum(len(text) for text in re.findall(r'"text": "((?:[^"\\]|\\.)*)"', json.dumps(message["blocks"])))
            > 11_000
        ):
            refuse("msg_blocks_too_long", str(message))
        for block in message["blocks"]:
            if block["type"] == "actions":
                check_controls(post, block)
                continue
            if set(block) != {"type", "elements"} or block["type"] != "rich_text":
                refuse("an unknown block", str(block))
            for number, section in sections(block):
                shown.append(f"\n{number}")
                if set(section) != {"type", "elements"} or section["type"] not in KINDS or not section["elements"]:
                    refuse("an unknown section", str(section))
                for element in section["elements"]:
                    if element["type"] == "channel" and set(element) - {"style"} == {"type", "channel_id"}:
                        if Room(f"<#{element['channel_id']}>") not in pieces(post):
                            refuse("a channel that is not the ledger's", str(element))
                        shown.append(element["channel_id"])
                        continue
                    if element["type"] == "date" and set(element) - {"style"} == DATE:
                        if element["format"] not in FORMATS or not re.fullmatch(r"[\w :/]{5,50}", element["fallback"]):
                            refuse("a time that is not ours", str(element))
                        shown.append(element["fallback"])
                        continue
                    if element["type"] in PINGED and set(element) == {"type", PINGED[element["type"]][0]}:
                        called += PINGED[element["type"]][1].format(element[PINGED[element["type"]][0]])
                        continue
                    if element.get("style", {}) not in STYLES or not element.get("text"):
                        refuse("a style that is not ours, or nothing", str(element))
                    if element["type"] == "link" and set(element) - {"style"} == {"type", "url", "text"}:
                        if element["text"] not in LABELS and not named:
                            refuse("a label that is not ours", str(element))
                        led.append(element["url"])
                        if element["text"] not in LABELS:
                            shown.append(element["text"])
                            live.append(element["text"])
                    elif element["type"] == "text" and set(element) - {"style"} == {"type", "text"}:
                        shown.append(element["text"])
                        live.append("" if element.get("style") == {"code": True} else element["text"])
                    else:
                        refuse("an unknown element", str(element))
        check_text(uncalled(message["text"], called), ())
    if called != calls(post):
        refuse(f"pings of {called}", calls(post))
    if sorted(led) != sorted(links(post)):
        refuse(f"links to {led}", str(links(post)))
    said = "".join(shown)
    check_characters(said)
    check_unlinked("\n".join(live), links(post), own_words(post))
    check_legible(post, said)
    for one in whole:
        check_text(uncalled(one, called if one is whole[0] else ""), links(post))
    if whole:
        check_legible(post, unescape("".join(whole)))


def check_controls(post: Post, block: Any) -> None:
    """Buttons and menus: whatever stands in one is ours, and what a click on it means was offered by the post."""
    if set(block) != {"type", "elements"} or not 1 <= len(block["elements"]) <= 25:
        refuse("an unknown block", str(block))
    outside = {piece.text for piece in pieces(post) if isinstance(piece, Foreign) and len(piece.text) > 3}
    about = {" ".join(offer.command.split()[:3]) for offer in post.offers}
    if len({element["action_id"] for element in block["elements"]}) != len(block["elements"]):
        refuse("an action_id twice", str(block))
    for element in block["elements"]:
        if not re.fullmatch(r"inbox:\d{1,2}", element["action_id"]):
            refuse("an action_id that is not ours", str(element))
        if element["type"] not in ("button", "static_select"):
            refuse("an element that is not ours", str(element))
        shown = element["text"] if element["type"] == "button" else element["placeholder"]
        groups = element.get("option_groups", [element] if "options" in element else [])
        options = [option for group in groups for option in group["options"]]
        shown = [
            shown,
            *(option["text"] for option in options),
            *(group["label"] for group in groups if "label" in group),
        ]
        if len(options) > 100 or len(groups) > 100:
            refuse("an element that Slack refuses", str(element))
        for text in shown:
            if set(text) != {"type", "text"} or text["type"] != "plain_text" or not 0 < len(text["text"]) <= 75:
                refuse("a label that Slack refuses", str(text))
            if any(each in text["text"] for each in outside):
                refuse("a customer's words", str(text))
        for value in [element["value"]] if element["type"] == "button" else [option["value"] for option in options]:
            if " ".join(value.split()[:3]) not in about or len(value) > 150:
                refuse("a command that was not offered", value)


PINGED = {
    "broadcast": ("range", "<!{}> "),
    "usergroup": ("usergroup_id", "<!subteam^{}> "),
    "user": ("user_id", "<@{}> "),
}
"""Elements that notify somebody: where they say whom, and what does the same in a text."""


def uncalled(text: str, called: str) -> str:
    """A text without what it begins with to notify somebody."""
    if not text.startswith(called):
        refuse("other pings than the blocks have", text)
    return text.removeprefix(called)


def sections(block: Any) -> Iterator[tuple[str, Any]]:
    """The sections of a block, and the numbers that Slack gives them in a list."""
    for part in block["elements"]:
        if part["type"] != "rich_text_list":
            yield "", part
            continue
        if set(part) - {"offset"} != {"type", "style", "elements"} or part["style"] not in ("bullet", "ordered"):
            refuse("an unknown list", str(part))
        if type(part.get("offset", 0)) is not int or not part["elements"]:
            refuse("a list that Slack refuses", str(part))
        for number, section in enumerate(part["elements"], part.get("offset", 0) + 1):
            yield f"{number} " if part["style"] == "ordered" else "", section


def check_text(raw: str, own: Sequence[str]) -> None:
    """The argument `text`: nothing in it is mrkdwn, a mention, an emoji or a link that Slack makes by itself."""
    if set("<>") & set(raw) or ESCAPES.search(raw):
        refuse("what is not escaped", raw)
    bare = raw
    for url in own:
        bare = bare.replace(url.replace("&", "&amp;"), "")
    if found := LIVE.search(unescape(bare)):
        refuse(f"{found[0]!r}, which Slack acts on,", bare)
    check_characters(unescape(raw))
    check_unlinked(unescape(raw), own)
