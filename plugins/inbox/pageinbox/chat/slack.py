"""A post as Slack messages of Block Kit.

Every word stands in a ``text`` element of a ``rich_text`` block. Slack shows those as they are: no mrkdwn, no mention,
no emoji code, no link and no escape is read in them. Our own links are ``link`` elements, the only other kind there is.

Limits by https://docs.slack.dev/reference/block-kit: 50 blocks, 3,000 characters in a block. Of the whole, Slack tells
only that it refuses about 13,000 characters (``msg_blocks_too_long``), and with many elements fewer.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, groupby
from typing import Any, TypedDict

from pageinbox.chat.markdown import words_of
from pageinbox.chat.plain import unlinked
from pageinbox.post import Command, Line, Link, Post

Element = dict[str, Any]
Block = dict[str, Any]
Style = dict[str, bool]

MOST, BLOCK_MOST, LINE_MOST = 8000, 2500, 2400
"""UTF-16 units in a message, in a block and in a line; an address and :data:`ELEMENT` are counted too."""

ELEMENT = 16
"""What an element counts for besides its text."""

CHUNK = 1000
"""Characters after which a text is broken; they are at most twice as many UTF-16 units."""

ADDRESS_MOST = 2000
"""Characters of an address; a link to a longer one is left out, lest Slack refuse the whole message."""

FALLBACK_MOST = 1000
"""Characters of the text that notifications and screen readers get."""

CUT = "…"
PLAIN: Style = {}
BOLD: Style = {"bold": True}
QUIET: Style = {"italic": True}
CODE: Style = {"code": True}


class Message(TypedDict):
    """What ``chat.postMessage`` and ``chat.update`` take: the blocks, and the text for where they are not shown."""

    blocks: list[Block]
    text: str


def messages(post: Post, prefix: str = "!") -> list[Message]:
    """The post in as many messages as it takes, at least one. `prefix` is what commands begin with in this bot."""
    return [finished(blocks) for blocks in packed(sections(post, prefix))]


def message(post: Post, prefix: str = "!") -> Message:
    """The post as one message; where it does not fit, the end is left out and its last line is ``…``."""
    first, *rest = packed(sections(post, prefix))
    if rest:
        first[-1] += [text("\n"), text(CUT)]
    return finished(first)


def whole(message: Message) -> str:
    """All that a message says, as the text of a message without blocks: nothing in it is mrkdwn or becomes a link.

    That is for a Slack that refuses the blocks. Addresses of our own links stand in it as they are.
    """
    return escaped(said(message["blocks"], addresses=True))


def sections(post: Post, prefix: str) -> list[list[list[Element]]]:
    """The lines of the post, as the three parts that are set apart: headline and what belongs to it, rows, notes."""
    head = [elements(post.headline, prefix, BOLD), *(elements(line, prefix, PLAIN) for line in post.lines)]
    rows = [joined(elements(cell, prefix, PLAIN, "open") for cell in row) for row in post.rows]
    notes = [elements(line, prefix, QUIET) for line in post.notes]
    found = [[part for line in part if seen(line) for part in broken(line)] for part in (head, rows, notes)]
    return found if any(found) else [[[text(CUT)]]]


def elements(line: Line, prefix: str, style: Style, label: str = "open in Facebook") -> list[Element]:
    """A line as elements; `label` is what its links are called."""
    found: list[Element] = []
    for piece in line:
        if not isinstance(piece, Link):
            found.append(text(words_of(piece, prefix), CODE if isinstance(piece, Command) else style))
        elif len(piece.url) <= ADDRESS_MOST:
            found.append({"type": "link", "url": piece.url, "text": label} | styled(style))
    return merged(found)


def joined(cells: Iterable[list[Element]]) -> list[Element]:
    """The cells of a row as one line, without those that are empty."""
    found: list[Element] = []
    for cell in filter(seen, cells):
        found += [text(" · "), *cell] if found else cell
    return merged(found)


def text(words: str, style: Style = PLAIN) -> Element:
    return {"type": "text", "text": words} | styled(style)


def styled(style: Style) -> Element:
    return {"style": style} if style else {}


def seen(line: Sequence[Element]) -> bool:
    """Whether there is anything to see in the line."""
    return any(element["text"].strip() for element in line)


def merged(line: Iterable[Element]) -> list[Element]:
    """The same elements, with neighbours of one style as one."""
    found: list[Element] = []
    for element in line:
        last = found[-1] if found else {}
        if element["type"] == last.get("type") == "text" and element.get("style") == last.get("style"):
            found[-1] = last | {"text": last["text"] + element["text"]}
        else:
            found.append(element)
    return found


def cost(element: Element) -> int:
    """What an element takes of a limit."""
    shown: str = element["text"] + element.get("url", "")
    return ELEMENT + len(shown) + sum(char > "\uffff" for char in shown)


def broken(line: Sequence[Element]) -> Iterator[list[Element]]:
    """The line in parts that each fit into a block, without empty texts, which Slack refuses."""
    part: list[Element] = []
    filled = 0
    for element in line:
        words = element["text"]
        chunks = range(0, len(words), CHUNK) if "url" not in element else range(1)
        for start in chunks:
            piece = element | {"text": words[start : start + CHUNK]}
            if part and filled + cost(piece) > LINE_MOST:
                yield part
                part, filled = [], 0
            part.append(piece)
            filled += cost(piece)
    if part:
        yield part


def packed(parts: Sequence[Sequence[list[Element]]]) -> list[list[list[Element]]]:
    """Lines as the elements of blocks, and blocks as messages, all within their limits. Each part begins a block."""
    found: list[list[list[Element]]] = [[]]
    total = 0
    for part in parts:
        filled = BLOCK_MOST
        for line in part:
            size = ELEMENT + sum(map(cost, line))
            if total + size > MOST:
                found.append([])
                total, filled = 0, BLOCK_MOST
            if filled + size > BLOCK_MOST:
                found[-1].append(list(line))
                filled = 0
            else:
                found[-1][-1] += [text("\n"), *line]
            filled += size
            total += size
    return found


def finished(blocks: Iterable[Iterable[Element]]) -> Message:
    """Blocks as Slack wants them, and the text that goes with them."""
    done: list[Block] = [
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": merged(block)}]}
        for block in blocks
    ]
    return {"blocks": done, "text": shortened(said(done).strip(), FALLBACK_MOST)}


ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
"""All that Slack wants escaped in a text: https://docs.slack.dev/messaging/formatting-message-text/#escaping"""

LOOKALIKES = {"*": "∗", "~": "∼", "`": "ˋ", "_": "＿", "@": "＠", "#": "＃", ":": "∶"}
LIVE = re.compile(r"[*~`]|(?<![^\W_])_|_(?![^\W_])|[@#](?=\w)|:(?=[^\s:]+:)")
"""What Slack may read as mrkdwn, a name or an emoji in a text, also where it is told not to."""


def said(blocks: Iterable[Block], addresses: bool = False) -> str:
    """The words of blocks with nothing in them that Slack would act on, not escaped yet; links by label or address."""
    lines = [block["elements"][0]["elements"] for block in blocks]
    found = [element for number, line in enumerate(lines) for element in ([text("\n")] if number else []) + line]
    runs = groupby(found, lambda element: element.get("url") if addresses else None)
    return "".join(address or harmless("".join(element["text"] for element in run)) for address, run in runs)


def harmless(words: str) -> str:
    """The words, looking the same, with nothing left that Slack acts on in a text besides what is to be escaped."""
    return unlinked(LIVE.sub(lambda found: LOOKALIKES[found[0]], words))


def escaped(words: str) -> str:
    return "".join(ESCAPES.get(char, char) for char in words)


def shortened(words: str, most: int) -> str:
    """The words, escaped, of which at most so many characters are left; never cut within an escape."""
    lengths = list(accumulate(len(ESCAPES.get(char, char)) for char in words))
    if not lengths or lengths[-1] <= most:
        return escaped(words)
    return escaped(words[: bisect_right(lengths, most - len(CUT))]) + CUT
