"""A post as plain text for a terminal that no bot is in."""

from __future__ import annotations

from textwrap import wrap

from pageinbox.chat.errbot.content import laid_out, words_of
from pageinbox.chat.errbot.table import WIDEST
from pageinbox.model.post import Line, Post


def text(post: Post, prefix: str) -> str:
    """The post as lines; `prefix` is what makes a command of ours one of the shell's."""

    def lines(line: Line, indent: str) -> list[str]:
        words = "".join([words_of(piece, prefix, post.zone) for piece in line])
        # A path is to be copied, so it stays whole.
        return wrap(
            words,
            WIDEST,
            initial_indent=indent,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )

    found = lines(post.headline, "")
    for line in post.lines:
        found += lines(line, " ")
    if post.rows:
        found += ["", *laid_out(post.rows, prefix, post.zone, False)]
    if post.notes:
        found += ["", *(part for note in post.notes for part in lines(note, " "))]
    return "\n".join(found)
