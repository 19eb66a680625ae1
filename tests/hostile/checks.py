"""What may arrive on any network: text that is legible, hides nothing and links nowhere of itself.

Every check raises AssertionError, which tells what is wrong. They use nothing of the modules they judge.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import NoReturn

from msgspec.structs import replace

from pageinbox.model.post import Foreign, Line, Link, Piece, Post

LINKED = re.compile(
    r"[a-z][a-z0-9+.\-]*://|(?<![^\W_])//\w|\bwww\.\w|localhost"
    r"|[^\W_]\.[^\W\d_]{2}|[a-z0-9][。．｡][a-z]{2}|[^\W_]@[^\W_]|[@#!]\w[\w.]*:\w"
    r"|\b(mailto|tel|sip|matrix|magnet|xmpp|sms|javascript|data|vbscript|slack|steam):[\w+?/]"
    r"|\b\d{1,3}(\.\d{1,3}){3}\b",
    re.IGNORECASE,
)
"""What some client makes a link of by itself."""

FILLERS = frozenset("\u115f\u1160\u3164\uffa0ˋ")
UNSEEN = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2028\u2029\u2060-\u2067\u206a-\u206f"
    "\u2800\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff9-\ufffc\U0001d159\U000e0000-\U000e0fff]"
)
ISOLATES = "\u2068\u2069"
JOINERS = "\u200c\u200d"


def refuse(what: str, where: str) -> NoReturn:
    raise AssertionError(f"{what} in {where[:300]!r}")


def pieces(post: Post) -> Iterator[Piece]:
    """The pieces of a post as one reads them."""
    lines: list[Line] = [post.headline, *post.lines, *(cell for row in post.rows for cell in row), *post.notes]
    for line in lines:
        yield from line


def links(post: Post) -> list[str]:
    """Where the links of a post lead, in their order."""
    return [piece.url for piece in pieces(post) if isinstance(piece, Link)]


@lru_cache(1_000)
def letters(shown: str) -> str:
    """The letters and digits of a text, without the marks on them."""
    return "".join(char for char in unicodedata.normalize("NFD", shown) if char.isalnum() and char not in FILLERS)


def check_legible(post: Post, shown: str, preview: int = 60) -> None:
    """Whether the letters and digits of everything foreign are there in their order, as far as there is room.

    Of a quotation that is a mere preview, so many characters are enough.
    """
    there, place = letters(shown), 0
    for piece in pieces(post):
        if isinstance(piece, Foreign):
            if piece.quoted and piece.most <= 60:
                piece = replace(piece, most=min(piece.most, preview))
            wanted = letters(piece.text[: 8 * piece.most])
            if len(unicodedata.normalize("NFD", piece.text)) >= piece.most:
                wanted = wanted[: (piece.most - 1) // 4] if seen_early(piece) else ""
            found = there.find(wanted, place)
            if found < 0:
                refuse(f"no {wanted!r} of {piece.text[:100]!r}", there[place:])
            place = found + len(wanted)


def seen_early(piece: Foreign) -> bool:
    """Whether what is shown of a text that must be cut has to have letters: not where it begins with other things."""
    return all(char.isalnum() for char in piece.text[: piece.most // 2].replace(" ", ""))


def check_characters(shown: str) -> None:
    """Whether a text has nothing in it that controls, hides, turns around or climbs over other text."""
    try:
        shown.encode("utf-8")
    except UnicodeEncodeError:
        refuse("half a character", shown)
    if found := UNSEEN.search(shown):
        refuse(f"U+{ord(found[0]):04X}, which shows nothing,", shown)
    used = set(shown)
    for char in used:
        hidden = unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
        if hidden and char not in "\n" + ISOLATES + JOINERS and not 0x1F000 <= ord(char) < 0x1FB00:
            refuse(f"U+{ord(char):04X}", shown)
    for line in shown.split("\n") if used & {*ISOLATES, *JOINERS} else ():
        depth = 0
        for char in line:
            depth += (char == ISOLATES[0]) - (char == ISOLATES[1])
            if depth not in (0, 1):
                refuse("an isolate in another", line)
        if depth:
            refuse("an isolate without an end", line)
        for place, char in enumerate(line):
            if char in JOINERS and (
                set(line[place - 1 : place] + line[place + 1 : place + 2]) & {*map(chr, range(128))}
            ):
                refuse("a joiner beside a character that joins nothing", line)
    climbing = {char for char in used if unicodedata.category(char) in ("Mn", "Me")}
    marks = 0
    for char in shown if climbing else ():
        marks = marks + 1 if char in climbing else 0
        if marks > 4:
            refuse("a pile of marks", shown)


def own_words(post: Post) -> set[str]:
    """What a post says in words of ours that some client may make a link of: names of settings and hosts."""
    words = {word for piece in pieces(post) if isinstance(piece, str) for word in piece.split()}
    return {word for word in words if LINKED.search(word)}


def check_unlinked(shown: str, own: Sequence[str], words: Collection[str] = ()) -> None:
    """Whether a text has nothing in it that becomes a link, but for addresses of our own, and whole `words` of ours."""
    shown = "".join(part for part in re.split(r"(\s+)", shown) if part not in words) if words else shown
    for url in sorted(set(own), key=len, reverse=True):
        shown = re.sub(rf"(?<!\S){re.escape(url)}(?!\S)", "", shown)
    if found := LINKED.search(shown):
        refuse(f"{found[0]!r}, which becomes a link,", shown[max(0, found.start() - 60) :])


def visible(piece: Piece) -> bool:
    """Whether something of a piece can be seen."""
    if isinstance(piece, Foreign):
        return piece.quoted or any(
            unicodedata.category(char)[0] not in "CZ" and not UNSEEN.match(char) and char not in "\ufe0f\u20e3"
            for char in without_loose_marks(piece.text)
        )
    return not isinstance(piece, str) or bool(piece.strip())


def without_loose_marks(given: str) -> str:
    """A text without marks before its first other character."""
    return given.lstrip(
        "".join(char for char in set(given[:1000]) if unicodedata.category(char)[0] in "MCZ" or UNSEEN.match(char))
    )
