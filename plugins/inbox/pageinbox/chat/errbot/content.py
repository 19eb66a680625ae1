"""A post as Errbot's Markdown: for the text backend and every network without a package of its own.

Rows stand in a fenced block, where Markdown is inert, so that columns line up and nothing in them is markup.
Everything foreign is first made plain (`plain`), and escaped where it stands outside the block.

Other backends take escapes and fences away again before a network reads the text, and most networks have a markup of
their own, mention whom an at sign names, and make links by themselves. For them foreign text can be made tame
(`tamed`). Facts about Errbot were seen in Errbot 6.2.1.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from functools import lru_cache
from itertools import accumulate
from textwrap import wrap

from pageinbox.chat.errbot.table import table
from pageinbox.chat.plain import AT, SLASH, plain, unlinked
from pageinbox.model.post import Command, Foreign, Line, Link, Mention, Moment, Piece, Post, Reference, Span, Time, Zone
from pageinbox.words.english import clock, coarse, exact, moment, short_zone, span

LIVE = re.compile(r"([\\`*_{}\[\]()#+\-.!|])")
ESCAPED_MOST = 6
"""How many times longer a text can become by being escaped: `&amp;`, and a little for what stands around it."""

CONTINUED = "…"
"""What a message begins with that goes on with the rows: Errbot strips the blanks before a block that comes first."""

COMMAND_MOST = 1_000
"""Characters of a command; what a person typed may stand in one."""

SHORTEST, ENDLESS = 400, 1_000_000
"""The least room a message is given (IRC's is 510), and what stands for no limit."""


TAME = {
    "*": "∗", "_": "＿", "~": "∼", "`": "‵", "|": "∣", "@": AT, "#": "＃", "/": SLASH, "<": "‹", ">": "›", "]": "］",
    "&": "＆",
}  # fmt: skip
ACTIVE = re.compile(
    r"[*~`@<>]|&(?=[#\w])|\|(?=\|)|(?<=\|)\||(?<![^\W_])_|_(?![^\W_])|(?<![^\W_])#(?=\w)|(?<![^\W_])(?<!/)/(?=\w)"
    r"|\](?=[(\[:])|^#"
)
"""What mentions, names a room, marks, quotes or is a command on Discord, Mattermost, Telegram, Zulip or Slack."""

HTML = re.compile(r"<(?=[A-Za-z/!?])|(?<=\S)>|&(?=[#\w])")
"""What HTML is known by."""


def tamed(text: str) -> str:
    """Plain text with nothing left that a network acts on by itself: lookalikes stand for what did."""
    return unlinked(ACTIVE.sub(lambda match: TAME[match[0]], text))


DOTS = re.compile(r"(?<!\w)[·⋅∙‧]|[·⋅∙‧](?!\w)")
"""What stands between the cells of a row; not Catalan's, which stands between letters."""


def words_of(piece: Piece, prefix: str, zone: tzinfo, tame: bool = False) -> str:
    """A piece as plain text, not escaped, with its times in `zone`; with `tame`, inert on networks that act on text.

    Only what is foreign is ever changed: our own words hold names of settings and hosts, which are to be copied.
    """
    match piece:
        case Foreign():
            text = DOTS.sub("•", plain(piece.text, piece.most))
            text = tamed(text) if tame else text
            return f"“{text}”" if piece.quoted else text
        case Mention():  # a network that can notify people has a way of its own
            return words_of(Foreign(f"@{piece.name}"), prefix, zone, tame)
        case Moment():
            name = f" {short_zone(piece.at, zone)}" if piece.zoned and coarse(piece.at, piece.now) else ""
            return moment(piece.at, piece.now, zone) + name
        case Time():
            return (exact if piece.dated else clock)(piece.at, piece.now, zone)
        case Span():
            return span(piece.begin, piece.end, piece.now, zone)
        case Reference():
            return piece.text
        case Zone():
            return piece.text.format(zone if str(zone) == "UTC" else f"in {zone}")
        case Command():
            text = plain(piece.text, COMMAND_MOST)
            return prefix + (tamed(text) if tame else text)  # what is replaced is understood when it is typed, too
        case Link():
            return piece.url
        case str():
            return piece


def in_block(piece: Piece, prefix: str, zone: tzinfo, tame: bool) -> str:
    """A piece as text in a fenced block, which Markdown's reader of HTML sees before the block is taken out.

    A tag or a half entity in it can make other rows vanish (Python-Markdown 3.10.2 with Errbot's own fences).
    """
    if isinstance(piece, str):
        return piece
    text = words_of(piece, prefix, zone, tame)
    return HTML.sub(lambda match: TAME[match[0]], text) if isinstance(piece, Foreign | Command) else text


@lru_cache(100)  # most lines of a list that is asked for again are the same
def escape(text: str) -> str:
    """Text as Markdown that shows just that text, through Errbot's converters to text, terminal and HTML."""
    escaped = LIVE.sub(r"\\\1", text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
    return f"&#{ord(escaped[0])};{escaped[1:]}" if escaped[:1] in (":", "~") else escaped


def messages(post: Post, prefix: str = "!", most: int | None = None, tame: bool = False) -> list[str]:
    """The post as Markdown, in as many messages as it takes to keep each within `most` characters.

    Each is whole by itself, with a fenced block of its own: Errbot cuts what is longer anywhere, and what stood behind
    a cut in the block would be Markdown again. `prefix` is what commands begin with in this bot. `tame` is for every
    network but a terminal: see `tamed`.
    """
    begun = before_notes(
        post.headline, post.lines, post.rows, prefix, max(most or ENDLESS, SHORTEST), zone=post.zone, tame=tame
    )
    texts = Texts(begun.most, list(begun.done), list(begun.filling))
    texts.inline([words(line, prefix, post.zone, tame) for line in post.notes])
    texts.close()
    return texts.done


@dataclass(frozen=True, slots=True)
class Texts:
    """Messages that are `done`, each within `most` characters, and the paragraphs of the one that is `filling`."""

    most: int
    done: list[str] = field(default_factory=list)
    filling: list[str] = field(default_factory=list)

    def room(self) -> int:
        """The characters that are left in the one that is filling."""
        return self.most - sum(map(len, self.filling)) - 2 * len(self.filling)

    def close(self) -> None:
        """Fill no further, but begin another one."""
        if self.filling:
            self.done.append("\n\n".join(self.filling))
            self.filling.clear()

    def inline(self, lines: Sequence[str], mark: str = "") -> None:
        """Add lines as paragraphs, each between two marks."""
        for text in lines:
            escaped = [escape(text)]
            if len(escaped[0].encode()) + 2 * len(mark) > self.most:  # IRC counts the bytes of a line
                escaped = list(map(escape, wrap(text, self.most // ESCAPED_MOST)))
            for part in escaped:
                paragraph = f"{mark}{part}{mark}"
                if len(paragraph) > self.room():
                    self.close()
                self.filling.append(paragraph)

    def fenced(self, rows: Sequence[str]) -> None:
        """Add rows, in a block for each message."""
        if rows and len(every := block(rows)) <= self.room():  # as mostly
            self.filling.append(every)
            return
        while rows:
            free = self.room() - len(block([]))
            fitting = bisect_right(list(accumulate(len(row) + 1 for row in rows)), free)
            if not fitting and self.filling != [CONTINUED]:
                self.close()
                self.filling.append(CONTINUED)
                continue
            count = max(1, fitting)
            self.filling.append(block([cut(row, free - 1) for row in rows[:count]]))
            rows = rows[count:]


@lru_cache(100)  # a list that is asked for again mostly has the same lines and rows
def before_notes(
    headline: Line,
    lines: tuple[Line, ...],
    rows: tuple[tuple[Line, ...], ...],
    prefix: str,
    most: int,
    *,
    zone: tzinfo,
    tame: bool,
) -> Texts:
    """What stands before a post's notes, which is not to be added to."""
    texts = Texts(most)
    texts.inline([words(headline, prefix, zone, tame)], mark="**")
    texts.inline([words(line, prefix, zone, tame) for line in lines])
    texts.fenced(laid_out(rows, prefix, zone, tame))
    return texts


def words(line: Line, prefix: str, zone: tzinfo, tame: bool) -> str:
    """A line as plain text, not escaped."""
    return "".join([words_of(piece, prefix, zone, tame) for piece in line]).strip()


def laid_out(rows: tuple[tuple[Line, ...], ...], prefix: str, zone: tzinfo, tame: bool) -> Sequence[str]:
    """The rows of a post as lines of a fenced block."""
    return table(rows, lambda line: "".join([in_block(piece, prefix, zone, tame) for piece in line]))


def block(lines: Sequence[str]) -> str:
    """Lines as a fenced block. The first is empty, since Errbot's text converters indent it by one."""
    return "\n".join(("```", "", *lines, "```"))


def cut(row: str, most: int) -> str:
    """A row, of which at most so many bytes are left."""
    return row.encode()[:most].decode(errors="ignore")
