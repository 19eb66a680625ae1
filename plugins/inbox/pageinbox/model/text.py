"""What all spellings of one text have in common, and how much of it is repeated."""

from __future__ import annotations

import re
import unicodedata

STRAIGHT = str.maketrans("“”„‟«»″‘’‚‛‹›′‐‑−", '"' * 7 + "'" * 7 + "-" * 3)
CROOKED = re.compile(f"[{''.join(map(chr, STRAIGHT))}]")
EDGES = ".,;:?!=()[]{}<>*_'`~|…"

BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800\ufffc\U0001d159")
"""What shows nothing but is no blank to Unicode: Hangul's fillers, the empty Braille cell, and the like."""

UNSEEN = re.compile(rf"[{''.join(sorted(BLANK))}\u034f\u17b4\u17b5\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""That, and what only changes the look of the character before it."""

PICTURES = range(0x1F000, 0x1FB00)
"""Emoji only; next year's are unassigned to this year's Python, to which they are not printable."""

ACCENTS = dict.fromkeys(range(0x300, 0x370))
"""The marks of Latin, Greek and Cyrillic letters, which say the same word without them; others make another letter."""

SHORTEST_NAME = 2
"""Letters of a name that is recognised in a text, but for the initial behind it."""

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """What was typed, with what no database takes replaced: half an emoji, a byte that was no letter, and NUL."""
    return UNSTORABLE.sub("\ufffd", text)


def fold(text: str) -> str:
    """What all spellings of one name have in common: compare names, user names and Pages by it.

    NFKC and case-folded, apostrophes and hyphens straight, white space single; double quotes and what does
    not print are left out.
    """
    cleaned = clean(text)
    if cleaned.isascii() and '"' not in cleaned:
        return cleaned.lower()
    return clean(cleaned.replace('"', "").casefold())


def unaccented(text: str) -> str:
    """A folded text without accents, since few type them: `jose` for `josé`."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).translate(ACCENTS))


def named(wanted: str, name: str | None) -> bool:
    """Whether a name, or a later word of it, begins with what was asked for, accents aside."""
    return begun(unaccented(wanted), unaccented(fold(name or "")))


def begun(wanted: str, name: str) -> bool:
    """The same of what went through `fold` and `unaccented`."""
    text = f" {name}"
    return any(separator + wanted in text for separator in " ._-")


def clean(text: str) -> str:
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    plain = text = unicodedata.normalize("NFKC", text)
    if CROOKED.search(plain):  # which takes a tenth of the time of replacing nothing
        plain = plain.translate(STRAIGHT)
    if not plain.isprintable():
        plain = "".join(" " if c.isspace() else c for c in plain if c.isspace() or c.isprintable())
    return " ".join((plain if plain is text else unicodedata.normalize("NFKC", plain)).split())


def shows(text: str) -> bool:
    """Whether anything of a text can be seen."""
    if "!" <= text[:1] < "\u0250" and text.isprintable():  # Latin, as most: a tenth of the time
        return True
    return any(
        (char.isprintable() and not char.isspace() and not UNSEEN.match(char)) or ord(char) in PICTURES for char in text
    )


def seen(text: str) -> str:
    """The text without what shows nothing at its ends."""
    shown = [
        place for place, char in enumerate(text) if char.isprintable() and not char.isspace() and char not in BLANK
    ]
    return text[shown[0] : shown[-1] + 1] if shown else ""


def bare(word: str) -> str:
    """A word as the tables have it: folded, without punctuation around it or the dashes of `--unread`."""
    word = fold(word).strip(EDGES)
    return word.lstrip("-") if word.startswith("--") or word == "-" else word


LONGEST_WORD = 24
"""Characters of a word that is said again. What is longer may be a token that was pasted."""

UNSAFE = re.compile(rf"\S{{{LONGEST_WORD + 1},}}")


def cut(text: str) -> str:
    """What is said again of something typed: its first 30 characters, and nothing of a word as long as a token."""
    text = UNSAFE.sub("…", clean(text))
    return text if len(text) <= 30 else text[:29].rstrip() + "…"


def unnamed(text: str, name: str | None) -> str:
    """A text on one line, with a `*` for the name of whom it greets."""
    folded = text.casefold()
    parts = (name or "").casefold().replace(".", " ").replace("_", " ").split()
    names = [part for part in parts if part in folded]
    if not names:
        return " ".join(text.split())
    told: list[str] = []
    for word in text.split():
        core, goes_on = word.strip(EDGES), told[-1:] == ["*"]
        if core.casefold() in names and (goes_on or len(core) >= SHORTEST_NAME):
            word = word.replace(core, "*")
            if goes_on:
                told.pop()
        told.append(word)
    return " ".join(told)
