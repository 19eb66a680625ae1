"""Files as transcripts show them: each as a line below what it belongs to."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from errbot.rendering import text as errbot_text
from markdown import Markdown

from pageinbox.model.post import Attachment, Foreign, Post

LINES = 4
"""How much of a text is shown."""

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010800000000"
    "3a7e9b550000000a49444154789c63600000000200014898dd1b0000000049454e44ae426082"
)
"""A picture of one pixel."""
ALT, CSV = "New conversations by day: 4 on Monday.", b"day,new\r\n2026-11-23,4\r\n"

GIVING_FILES = f'''
    @botcmd
    def attached(self, msg, args):
        """Answer as Inbox does, with files; behind a room's name, announce them there."""
        from pageinbox.chat.network import open_chat
        from pageinbox.model.post import Attachment, Post

        picture = Attachment("stats.png", "image/png", lambda: {PNG!r}, {ALT!r})
        post = Post(("Acme: 4 new",), attachments=(picture, Attachment("stats.csv", "text/csv", {CSV!r})))
        chat = open_chat(self._bot, self.bot_config)
        if args:
            chat.send(args, post, "attached")
        else:
            chat.answer(msg, post, private=False, threaded=False)
'''
"""A command of a plugin, in a bot that also has Inbox."""


@cache
def _converter() -> Markdown:
    return errbot_text()  # which takes as long as twenty texts


def plain(markdown: str) -> str:
    """A text as Errbot shows it in a terminal."""
    return _converter().reset().convert(markdown)


def with_files(post: Post) -> Post:
    """The post with a line for each of its files."""
    return replace(post, notes=(*post.notes, *((Foreign(line(file), most=2000),) for file in post.attachments)))


def line(file: Attachment) -> str:
    """A picture by what it is said to show, anything else by its size and its first lines; no picture is drawn."""
    about = f"{file.name}, {file.kind}"
    if file.is_picture:
        return f"[file {about}: {file.alt}]"
    content = file.content if isinstance(file.content, bytes) else file.content()
    lines = content.decode("utf-8-sig").splitlines()
    return f"[file {about}, {len(content)} bytes: {' ⏎ '.join([*lines[:LINES], *['…'] * (len(lines) > LINES)])}]"
