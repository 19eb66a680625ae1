"""A post for Slack by way of Errbot's own sending, which escapes nothing.

Every character that Slack would read as markup or as a mention is replaced by one that looks like it, in foreign text
only. What Slack makes of an address without a scheme is its own.
"""

from __future__ import annotations

from dataclasses import replace
from unicodedata import normalize

from pageinbox.chat import markdown
from pageinbox.post import Foreign, Line, Post

LOOKALIKES = str.maketrans({
    "<": "‹", ">": "›", "&": "＆", "@": "＠", "#": "＃", "*": "∗", "_": "＿", "~": "∼", "`": "ˋ", "|": "ǀ", "/": "∕",
    "[": "［", "]": "］", "(": "（", ")": "）", ":": "∶",
})  # fmt: skip


def tamed(line: Line) -> Line:
    """The line with nothing in its foreign text that Slack would act on."""
    return tuple(
        replace(piece, text=normalize("NFC", piece.text).translate(LOOKALIKES)) if isinstance(piece, Foreign) else piece
        for piece in line
    )


def messages(post: Post, prefix: str = "!", most: int | None = None) -> list[str]:
    """The post as messages of Markdown that Errbot's Slack backend turns into harmless mrkdwn."""
    tame = Post(
        tamed(post.headline),
        tuple(map(tamed, post.lines)),
        tuple(tuple(map(tamed, row)) for row in post.rows),
        tuple(map(tamed, post.notes)),
    )
    return markdown.messages(tame, prefix, most)


def render(post: Post, prefix: str = "!") -> str:
    """The post as one text, however long."""
    return "\n\n".join(messages(post, prefix))
