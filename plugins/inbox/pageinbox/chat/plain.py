"""Foreign text as one plain line, from which every chat module starts, and without anything that becomes a link."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from pageinbox.model.text import BLANK, PICTURES

ISOLATE, END_ISOLATE = "\u2068", "\u2069"
HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
UNSEEN = frozenset("\u034f\u17b4\u17b5\u180b\u180c\u180d\u180f\U00016fe4") | {
    chr(code) for codes in (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0)) for code in codes
}
"""Marks that show nothing themselves; the selectors of variants among them."""

ZWNJ, ZWJ, EMOJI_STYLE, KEYCAP = "\u200c", "\u200d", "\ufe0f", "\u20e3"
JOINING = ((0x0600, 0x0DFF), (0x1000, 0x109F), (0x1780, 0x18AF), (0xA8E0, 0xA8FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFE))
"""Where the scripts are that are not legible without joiners: Arabic's and India's families, Burmese, Khmer."""

MARKS_MAX = 3
"""Combining marks on one letter that a living script needs; more of them climb over the lines above."""

MARKS_READ = 8
"""Marks in a row that are considered: putting n of them in their normal order takes Python n² steps."""


@lru_cache(1000)  # a list that is shown again shows the same names and words
def plain(text: str, most: int) -> str:
    """Foreign text as one line of at most `most` characters, which are those a person sees.

    Control, format and bidirectional override characters are gone, blanks of every kind are one blank, characters that
    show nothing are left only where a living script or an emoji needs them, no letter carries a pile of marks, and
    words in a right-to-left script are set apart so that they do not turn the rest of the line around. Linear in the
    length of the text.
    """
    if len(text) <= most and text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    kept: list[str] = []
    marks = 0
    chars = unicodedata.normalize("NFC", "".join(readable(text, 4 * most + 8)))
    for char, following in zip(chars, (chars + " ")[1:], strict=True):
        before = kept[-1] if kept else " "
        if not_alone(char):
            if needed(before, char, following):
                kept.append(char)
            continue
        marks = marks + 1 if is_mark(char) else 0
        if marks > MARKS_MAX or (before == " " and (marks or char == " ")):
            continue
        kept.append(char)
    line = "".join(kept).rstrip()
    if len(line) > most:
        line = line[: most - 1].rstrip(" " + ZWJ + ZWNJ) + "…"
    if any(unicodedata.bidirectional(char) in ("R", "AL", "AN") for char in line):
        return f"{ISOLATE}{line}{END_ISOLATE}"
    return line


def readable(text: str, most: int) -> Iterator[str]:
    """The characters of a text that may be seen, at most `most` besides marks, each blank as a plain one."""
    seen = marks = 0
    blank = False
    for char in text:
        if not_alone(char):
            yield char
            continue
        was_blank, blank = blank, char.isspace() or char in BLANK
        if blank:
            char = " "
            if was_blank:
                continue
        elif unicodedata.category(char) in HIDDEN and ord(char) not in PICTURES:
            blank = was_blank
            continue
        marks = marks + 1 if is_mark(char) else 0
        if marks > MARKS_READ:
            continue
        seen += not marks
        if seen > most:
            return
        yield char


def is_mark(char: str) -> bool:
    return unicodedata.category(char) in ("Mn", "Me")


def not_alone(char: str) -> bool:
    """Whether it shows nothing, and can be no more than part of what its neighbours show."""
    return char in (ZWNJ, ZWJ) or char in UNSEEN


def needed(before: str, char: str, following: str) -> bool:
    """Whether a character that is `not_alone` matters to what its neighbours look like."""
    match char:
        case "\ufe0f":
            keycap = before in "0123456789#*" and following == KEYCAP
            return keycap or before in "‼⁉〰" or unicodedata.category(before) == "Sm" or is_picture(before)
        case "\u200d" if is_picture(following):
            return before == EMOJI_STYLE or is_picture(before)
        case "\u200c" | "\u200d":
            return is_joining(before) and is_joining(following)
    return False


def is_picture(char: str) -> bool:
    return ord(char) in PICTURES or unicodedata.category(char) == "So"


def is_joining(char: str) -> bool:
    """Whether it is a letter, or a mark on one, of a script that needs joiners."""
    code = ord(char)
    return any(first <= code <= last for first, last in JOINING) and unicodedata.category(char)[0] in "LM"


# What clients make links of by themselves: Element's linkifyjs, Slack's, Mattermost's, Android's and Apple's were
# considered. Each of them needs one of these dots, colons or at signs.
DOT, COLON, AT, SLASH = "\u2024", "\u2236", "\uff20", "\u2215"
NAME = r"[^\W\d_](?:[^\W\d_]|[\u0300-\u1dff\u200c\u200d])"
"""How a top-level domain begins in any script: two letters, or a letter with a mark."""

DOTTED = re.compile(rf"(?<=[^\s.])\.(?={NAME})|(?<=[wW]{{3}})\.(?=[^\s.])|(?<=[A-Za-z0-9])[。．｡](?=[A-Za-z]{{2}})")
NUMBERS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3,}")
LOCALHOST = re.compile(r"(?<=local)(?=host)", re.IGNORECASE)
"""The one name without a dot that is a link, in linkifyjs."""

MAIL = re.compile(r"(?<=[\w.!#$%&'*+/=?^`{|}~\-])@(?=\S)")
SLASHES = re.compile(rf"(?<=/)/(?=[^\s/{SLASH}])")
BEGUN = rf"(?=[^\s:{COLON})\]}}>,;.!'\"”’|])"
SCHEME = re.compile(rf":(?=//)|(?<=[A-Za-z+.\-]):{BEGUN}|(?<=[0-9]):(?![0-9]){BEGUN}")
SIGIL = re.compile(r"[@#!$＠＃]")
"""What the name of a person or a room on Matrix begins with; behind a colon follows its server."""


def unlinked(text: str) -> str:
    """The text with nothing left in it that a chat client turns into a link by itself, and looking the same.

    A dot that may stand before a top-level domain, a colon after a scheme or in a Matrix name, the slash behind it and
    the at sign of a mail address are replaced by a character that looks like it; "localhost" gets a hyphen. Prices,
    times, abbreviations and @names stay as they are. Doing it again changes nothing. Linear in the length of the text.
    """
    text = LOCALHOST.sub("-", text)
    text = NUMBERS.sub(lambda match: match[0].replace(".", DOT), DOTTED.sub(DOT, text))
    text = re.sub(r"\S+", lambda match: without_colons(match[0]), MAIL.sub(AT, text))
    return SLASHES.sub(SLASH, text)


def without_colons(word: str) -> str:
    if ":" not in word:
        return word
    sigil = SIGIL.search(word)
    named = sigil.start() if sigil else len(word)
    name = re.sub(r"(?<=.):(?=.)", COLON, word[named:])
    return SCHEME.sub(COLON, word[:named] + name)
