"""A message of blocks as the text that goes with them: for notifications, for screen readers, or instead of them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate, groupby

from pageinbox.chat.plain import unlinked
from pageinbox.chat.slack.elements import CUT, Block, Element, below, live, text, words

LABELS = {"open", "open in Facebook"}
"""What our links are called that have no name of their own."""

BRIEF_MOST = 1000
"""Characters of the text that notifications and screen readers get."""

ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
"""All that Slack wants escaped in a text: https://docs.slack.dev/messaging/formatting-message-text/#escaping"""

LOOKALIKES = {"*": "∗", "~": "∼", "`": "ˋ", "_": "＿", "@": "＠", "#": "＃", ":": "∶"}
LIVE = re.compile(r"[*~`]|(?<![^\W_])_|_(?![^\W_])|[@#](?=\w)|:(?=[^\s:]+:)")
"""What Slack may read as mrkdwn, a name or an emoji in a text, also where it is told not to."""


def brief(blocks: Sequence[Block]) -> str:
    """What notifications and screen readers get of blocks."""
    called = notifying(blocks)
    return called + shortened(said(blocks).strip(), BRIEF_MOST - len(called))


def whole(blocks: Sequence[Block]) -> str:
    """All that blocks say, as the text of a message without them: nothing in it is mrkdwn or becomes a link.

    Addresses of our own links stand in it as they are.
    """
    called, words = notifying(blocks), said(blocks, addresses=True)
    return called + escaped(words.lstrip() if called else words)


def notifying(blocks: Iterable[Block]) -> str:
    """Whom blocks mention, as it stands at the beginning of their text; empty for nobody."""
    lines = (line for block in blocks for part in block["elements"] for line in lines_of(part))
    return "".join(f"{called} " for line in lines for element in line if (called := live(element)))


def said(blocks: Iterable[Block], addresses: bool = False) -> str:
    """The words of blocks with nothing in them that Slack would act on, not escaped yet; links by label or address.

    Without whom they mention.
    """
    lines = (line for block in blocks for part in block["elements"] for line in lines_of(part))
    found = below([element for element in line if not live(element)] for line in lines)
    runs = groupby(found, lambda element: element.get("url") if addresses else None)
    return "".join(told("".join(map(words, run)), address) for address, run in runs)


def told(words: str, address: str | None) -> str:
    """Words with nothing live in them, or an address instead of them; of a name, both."""
    if not address:
        return harmless(words)
    return address if words in LABELS else f"{harmless(words)} {address} "  # what follows would be part of it


def lines_of(part: Element) -> list[list[Element]]:
    """A section as it is, a quote in quotation marks, or the lines of a list with their numbers."""
    if part["type"] == "rich_text_section":
        return [part["elements"]]
    if part["type"] == "rich_text_quote":
        return [[text("“"), *part["elements"], text("”")]]
    lines = [section["elements"] for section in part["elements"]]
    if part["style"] == "bullet":
        return lines
    return [[text(f"{number} · "), *line] for number, line in enumerate(lines, part["offset"] + 1)]


def harmless(words: str) -> str:
    """The words, looking the same, with nothing left that Slack acts on in a text besides what is to be escaped."""
    return unlinked(LIVE.sub(lambda found: LOOKALIKES[found[0]], words))


def escaped(words: str) -> str:
    return "".join(ESCAPES.get(char, char) for char in words)


def shortened(words: str, most: int) -> str:
    """The words, escaped, of which at most so many characters are left; never cut within an escape.

    Nor right behind a `_`, which Slack would act on where the word it stands in is gone.
    """
    lengths = list(accumulate(len(ESCAPES.get(char, char)) for char in words))
    if not lengths or lengths[-1] <= most:
        return escaped(words)
    return escaped(words[: bisect_right(lengths, most - len(CUT))].rstrip("_")) + CUT
