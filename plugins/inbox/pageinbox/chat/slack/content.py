"""A post as Slack messages of Block Kit.

Every word stands in a `text` element of a `rich_text` block. Slack shows those as they are: no mrkdwn, no mention,
no emoji code and no escape is read in them, and what is foreign has nothing in it that a client could make a link of.
The other elements are `link`, for our own links and names, `channel`, which shows the name of a channel of the ledger's
and calls nobody, and `broadcast`, `usergroup` and `user` for whom a watch pings. Rows are a `rich_text_list`, so that
long ones wrap under themselves; what a customer wrote is a `rich_text_quote` where it stands alone (`apart`). What a
post offers at a click stands below, in one block (`offers`).

Limits by https://docs.slack.dev/reference/block-kit: 50 blocks, 3,000 characters in a block. Of the whole, Slack tells
only that it refuses messages (`msg_blocks_too_long`); people met that at about 11,000 characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import tzinfo
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple, TypedDict

from pageinbox.chat.apart import Leading, set_apart, with_leading_names
from pageinbox.chat.errbot.content import words_of
from pageinbox.chat.plain import unlinked
from pageinbox.chat.slack import fallback
from pageinbox.chat.slack.elements import (
    ADDRESS_MOST,
    BOLD,
    CODE,
    CUT,
    ELEMENT,
    PLAIN,
    QUIET,
    Block,
    Element,
    Style,
    below,
    cost,
    date,
    mention,
    merged,
    name,
    seen,
    styled,
    text,
    words,
)
from pageinbox.chat.slack.offers import controls
from pageinbox.model.post import (
    Command,
    Foreign,
    Line,
    Link,
    Mention,
    Moment,
    Name,
    Post,
    Reference,
    Room,
    Span,
    Time,
    Zone,
)
from pageinbox.words.english import ago, coarse

MOST, BLOCK_MOST, LINE_MOST = 8000, 2500, 2400
"""UTF-16 units in a message, in a block and in a line; an address and `ELEMENT` are counted too."""

CHUNK = 1000
"""Characters after which a text is broken; they are at most twice as many UTF-16 units."""

NUMBER = re.compile("[1-9][0-9]{0,8}")
CHANNEL, PERSON = re.compile("<#([CG][A-Z0-9]{1,30})>"), re.compile("<@([UW][A-Z0-9]{1,30})>")
"""How slackv3 writes a channel and a person, by which the ledger has them."""


Styled = tuple[Line, Style, bool]
"""A line, its style, and whether it is a quote."""


class Item(NamedTuple):
    """A line; `number` is its own in a list that counts, 0 in one that does not, and None outside of lists.

    `quoted` sets it apart as what somebody wrote.
    """

    elements: list[Element]
    number: int | None = None
    quoted: bool = False


is_quoted = attrgetter("quoted")


class Message(TypedDict):
    """What `chat.postMessage` and `chat.update` take: the blocks, and the text for where they are not shown."""

    blocks: list[Block]
    text: str


def messages(post: Post, prefix: str = "!") -> list[Message]:
    """The post in as many messages as it takes, at least one. `prefix` is what commands begin with in this bot."""
    found = [finished(blocks) for blocks in packed(sections(post, prefix))]
    found[-1]["blocks"] += controls(post.offers, post.rows)
    return found


def message(post: Post, prefix: str = "!") -> Message:
    """The post as one message; where it does not fit, the end is left out and its last line is `…`."""
    first, *rest = packed(sections(post, prefix))
    found = finished([*first, [Item([text(CUT)])]] if rest else first)
    found["blocks"] += controls(post.offers, post.rows)
    return found


def whole(message: Message) -> str:
    """All that a message says, as the text of a message without blocks, for a Slack that refuses them."""
    return fallback.whole([block for block in message["blocks"] if block["type"] == "rich_text"])


def sections(post: Post, prefix: str) -> list[list[Item]]:
    """The post as the three parts that are set apart: headline and what belongs to it, rows, notes."""
    post, zone = with_leading_names(post, ADDRESS_MOST), post.zone
    headline = [(post.headline, BOLD, False)] if post.rows else styled_parts(post.headline)
    head = [*headline, *(part for line in post.lines for part in styled_parts(line))]
    notes = [(line, QUIET, False) for line in post.notes]
    found = [unlisted(head, prefix, zone), listed(post.rows, prefix, zone), unlisted(notes, prefix, zone)]
    return found if any(found) else [[Item([text(CUT)])]]


def styled_parts(line: Line) -> list[Styled]:
    """A line outside of rows; one that quotes a customer is three, the words among them."""
    if (parts := set_apart(line)) is None:
        return [(line, PLAIN, False)]
    who, said, rest = parts
    return [(who, PLAIN, False), (said, PLAIN, True), (rest, QUIET, False)]


def unlisted(lines: Iterable[Styled], prefix: str, zone: tzinfo) -> list[Item]:
    """Lines one below the other, without those that show nothing."""
    shown = ((elements(line, prefix, zone, style), quoted) for line, style, quoted in lines)
    return [Item(part, quoted=quoted) for line, quoted in shown if seen(line) for part in broken(line)]


def listed(rows: Sequence[Sequence[Line]], prefix: str, zone: tzinfo) -> list[Item]:
    """Rows as a list, which does the counting where they begin with numbers that count up.

    Where one is too long for that, all stand as lines.
    """
    found = [[cell for line in row if seen(cell := elements(line, prefix, zone, PLAIN, "open"))] for row in rows]
    found = [row for row in found if row]
    first = begin(found)
    lines = [list(broken(joined(row[1:] if first else row))) for row in found]
    if any(len(parts) > 1 for parts in lines):
        return [Item(part) for row in found for part in broken(joined(row))]
    return [Item(line, first and first + place) for place, (line,) in enumerate(lines)]


def begin(rows: Sequence[Sequence[list[Element]]]) -> int:
    """The number in the first cell of the first row, if all rows go on counting from there; else 0."""
    numbers = ["".join(map(words, row[0])) if len(row) > 1 else "" for row in rows]
    first = int(numbers[0]) if numbers and NUMBER.fullmatch(numbers[0]) else 0
    return first if numbers == [str(first + place) for place in range(len(numbers))] else 0


def elements(line: Line, prefix: str, zone: tzinfo, style: Style, label: str = "open in Facebook") -> list[Element]:
    """A line as elements; `label` is what its links are called. Nothing foreign becomes a link by itself.

    Slack shows times in the zone of whoever reads them, and in `zone` only where it can't.
    """
    found: list[Element] = []
    for piece in line:
        match piece:
            case Link():
                if len(piece.url) <= ADDRESS_MOST:
                    found.append({"type": "link", "url": piece.url, "text": label} | styled(style))
            case Room() if channel := CHANNEL.fullmatch(piece.text):
                found.append({"type": "channel", "channel_id": channel[1]} | styled(style))
            case Room() if person := PERSON.fullmatch(piece.text):
                found.append(text(f"a person ({person[1]})", style))
            case Name():
                url = piece.url if isinstance(piece, Leading) else ""
                found.append(name(unlinked(words_of(piece, prefix, zone)), url))
            case Reference():
                found.append(text(piece.text, CODE))
            case Mention() if mentioned := mention(piece.id):
                found.append(mentioned)
            case Foreign():
                found.append(text(unlinked(words_of(piece, prefix, zone)), style))
            case Moment() if coarse(piece.at, piece.now):
                dated = date(Time(piece.at, piece.now, dated=True), zone, style)
                found += [text(f"{ago(piece.at, piece.now)}, ", style), dated]
            case Time():
                found.append(date(piece, zone, style))
            case Span():
                ends = (date(Time(at, piece.now), zone, style) for at in (piece.begin, piece.end))
                found += [next(ends), text(" – ", style), next(ends)]
            case Zone():
                pass
            case _:
                found.append(text(words_of(piece, prefix, zone), CODE if isinstance(piece, Command) else style))
    return merged(found)


def joined(cells: Iterable[list[Element]]) -> list[Element]:
    """The cells of a row as one line, without those that are empty."""
    found: list[Element] = []
    for cell in filter(seen, cells):
        found += [text(" · "), *cell] if found else cell
    return merged(found)


def broken(line: Sequence[Element]) -> Iterator[list[Element]]:
    """The line in parts that each fit into a block, without empty texts, which Slack refuses."""
    part: list[Element] = []
    filled = 0
    for element in line:
        pieces = [element]
        if element["type"] == "text":
            shown = element["text"]
            pieces = [element | {"text": shown[start : start + CHUNK]} for start in range(0, len(shown), CHUNK)]
        for piece in pieces:
            if part and filled + cost(piece) > LINE_MOST:
                yield part
                part, filled = [], 0
            part.append(piece)
            filled += cost(piece)
    if part:
        yield part


def packed(parts: Iterable[Iterable[Item]]) -> list[list[list[Item]]]:
    """Messages of blocks of lines, all within their limits. Each part begins a block."""
    found: list[list[list[Item]]] = [[]]
    total = 0
    for part in parts:
        filled = BLOCK_MOST
        for item in part:
            size = ELEMENT + sum(map(cost, item.elements))
            if total + size > MOST:
                found.append([])
                total, filled = 0, BLOCK_MOST
            if filled + size > BLOCK_MOST:
                found[-1].append([])
                filled = 0
            found[-1][-1].append(item)
            filled += size
            total += size
    return found


def finished(blocks: Iterable[Sequence[Item]]) -> Message:
    """Blocks as Slack wants them, and the text that goes with them."""
    done: list[Block] = [{"type": "rich_text", "elements": shaped(block)} for block in blocks]
    return {"blocks": done, "text": fallback.brief(done)}


def shaped(block: Sequence[Item]) -> list[Element]:
    """The lines of a block as a list that goes on counting, or as sections, with quotes between them."""
    first = block[0].number
    if first is None:
        parts = [(quoted, below(item.elements for item in those)) for quoted, those in groupby(block, is_quoted)]
        return [section(line) | ({"type": "rich_text_quote"} if quoted else {}) for quoted, line in parts]
    style = {"style": "ordered", "offset": first - 1} if first else {"style": "bullet"}
    return [{"type": "rich_text_list", **style, "elements": [section(item.elements) for item in block]}]


def section(line: Iterable[Element]) -> Element:
    return {"type": "rich_text_section", "elements": merged(line)}
