"""What a message says in HTML, read by a reader of its own, which knows no tags but those the plugin writes."""

from __future__ import annotations

import re
from html.parser import HTMLParser

TAGS = {"p", "strong", "br", "code", "ol", "ul", "li", "a", "blockquote"}
"""What may stand in a formatted_body of ours; all of it in the Matrix specification's list for m.room.message."""

FACEBOOK = "https://www.facebook.com/"

ALIKE = str.maketrans("․∶＠", ".:@")
"""What stands for characters that clients make links of; in the code of HTML they make none, and it stands as it is."""


def read(html: str) -> str:
    """The text as a client shows it: a line for each paragraph, line break and row, numbers before counted rows.

    A link is what it is called, if that is a name, and its address; characters that stand for others are those
    (`alike`). Raises AssertionError for what no message of ours may hold.
    """
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == [], f"not closed: {reader.open}"
    return alike("".join(reader.text).strip("\n"))


def words(text: str) -> list[str]:
    """The words of a text by the alphabet: HTML has a ref, an address and what is quoted in a place of its own."""
    return sorted(re.findall(r"[^\s·,:“”]+", text))


def alike(text: str) -> str:
    """A text with the characters that others stand for."""
    return text.translate(ALIKE)


class Reader(HTMLParser):
    """Reads one formatted_body into `text`; `open` are the tags not closed yet."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.open: list[str] = []
        self._count: int | None = None
        self._silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        assert tag in TAGS, tag
        assert set(given) <= {"a": {"href"}, "ol": {"start"}}.get(tag, set()), (tag, given)
        if tag == "br":
            self.text.append("\n")
            return
        self.open.append(tag)
        if tag == "ol":
            self._count = int(given["start"] or "")
        elif tag == "ul":
            self._count = None
        elif tag == "li" and self._count is not None:
            self.text.append(f"{self._count} · ")
            self._count += 1
        elif tag == "a":
            address = str(given["href"])
            assert address.startswith(FACEBOOK), address
            self.text.append(f"{address} ")
            self._silent = "strong" not in self.open

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, tag
        self._silent = self._silent and tag != "a"
        if tag in ("p", "li", "blockquote"):
            self.text.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.text.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")
