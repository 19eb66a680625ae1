"""What may arrive in a terminal and on networks without a module of their own: what Errbot's converters make of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html.parser import HTMLParser

from errbot.rendering import ansi, imtext, text, xhtml

from pageinbox.model.post import Post
from tests.hostile.checks import check_characters, check_legible, check_unlinked, links, own_words, refuse

CONVERTERS = {"text": text(), "ansi": ansi(), "imtext": imtext(), "xhtml": xhtml()}
"""One of each for all texts, as Errbot's backends have them."""

NEUTRAL = "a b HTML [^1] [x][1] **bold**"
"""What shows whether a converter has kept something of an earlier text."""

BEFORE = {name: converter.convert(NEUTRAL) for name, converter in CONVERTERS.items()}
PREVIEW = 12
"""Characters of a preview that are always left in a row, which fits a terminal."""

COLOURS = re.compile("\x1b\\[[0-9;]*m")
BOLD, OUR_COLOURS = "\x1b[1m", {"\x1b[1m", "\x1b[22m", "\x1b[0m"}
TAGS = {"p", "strong", "pre", "code", "/p", "/strong", "/pre", "/code"}
LIVE = re.compile(r"[*~<>`]|(?<![^\W_])_(?=[^\W_])|(?<=[^\W_])_(?![^\W_])|@\w|(?<!\w)#\w|\|\||\]\(|&#?\w+;")
"""What some network reads as markup, a mention or a room."""


class Tags(HTMLParser):
    """The tags of a text, with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, ...]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, str(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(("/" + tag,))

    def handle_comment(self, data: str) -> None:
        self.found.append(("comment", data))

    def handle_decl(self, decl: str) -> None:
        self.found.append(("declaration", decl))

    def handle_pi(self, data: str) -> None:
        self.found.append(("instruction", data))


def check_terminal(post: Post, texts: Sequence[str]) -> None:
    """Markdown as the text backend shows it, with colours and without, and as HTML."""
    bold = sum(paragraph.startswith("**") for one in texts for paragraph in one.split("\n\n"))
    html = converted("xhtml", texts)
    tags = Tags(html).found
    if wrong := next((one for one in tags if one[0] not in TAGS or one[1:] not in ((), ("[]",))), None):
        refuse(f"the tag {wrong}", html)
    coloured = converted("ansi", texts)
    if foreign := set(COLOURS.findall(coloured)) - OUR_COLOURS:
        refuse(f"the colours {foreign}", coloured)
    if tags.count(("strong", "[]")) != bold or coloured.count(BOLD) != bold:
        refuse("bold that is not ours", html)
    for said in (COLOURS.sub("", coloured), converted("text", texts)):
        check_characters(said)
        check_legible(post, said, PREVIEW)


def check_network(post: Post, texts: Sequence[str]) -> None:
    """Markdown as networks get it, most of which have a markup of their own."""
    said = converted("imtext", texts)
    check_characters(said)
    check_legible(post, said, PREVIEW)
    lines = said.split("\n")
    for url in sorted(set(links(post)), key=len, reverse=True):
        said = said.replace(url, "")
    check_unlinked(said, (), own_words(post))
    headline = [number for number, line in enumerate(lines) if line.startswith("*") and line.endswith("*")]
    if len(headline) > 1:
        refuse("a second headline", said)
    for line in said.split("\n"):
        line = line.removeprefix("*").removesuffix("*") if headline and line in lines[headline[0]] else line
        if found := LIVE.search(line):
            refuse(f"{found[0]!r}, which networks act on,", line)


def converted(name: str, texts: Sequence[str]) -> str:
    """What a converter makes of texts."""
    converter = CONVERTERS[name]
    shown = "\n".join(converter.convert(one) for one in texts)
    if converter.references:
        converter.reset()
        refuse("a reference that stays in Errbot's converter", shown)
    return shown


def check_converters() -> None:
    """Whether the converters are as they were before all they were given: what one keeps, it keeps until a reset."""
    shown = {name: converter.convert(NEUTRAL) for name, converter in CONVERTERS.items()}
    if shown != BEFORE:
        for converter in CONVERTERS.values():
            converter.reset()
        refuse("something that stays in Errbot's converters", str(shown))
