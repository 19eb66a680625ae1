"""Names and people, said the same way in every answer."""

from __future__ import annotations

import re

from pageinbox.conversation import Conversation
from pageinbox.post import Foreign, Line, Piece
from pageinbox.settings import Detail
from pageinbox.source import Folder, Page, Platform, Source

PLATFORM_NAMES = {Platform.MESSENGER: "Messenger", Platform.INSTAGRAM: "Instagram"}
FOLDER_NAMES = {Folder.INBOX: "inbox", Folder.OTHER: "other", Folder.DONE: "done", Folder.SPAM: "spam"}
CARRIED = re.compile(r"(\[(photo|video|voice message|sticker|shared post|empty|file[^\[\]]*)\] ?)+")
"""A message that is no words but the names of what it carries, as `conversation.text_of` writes them."""

NAMELESS = "(name not shared)"


def label(page: Page, source: Source) -> str:
    """A source as people name it: ``Acme · Instagram · spam``."""
    return f"{page.title} · {PLATFORM_NAMES[source.platform]} · {FOLDER_NAMES[source.folder]}"


def who(conversation: Conversation, detail: Detail) -> Piece:
    """The person, as far as `detail` allows and Meta tells."""
    name = conversation.name
    if not name or not any(char.isprintable() and not char.isspace() for char in name):
        return NAMELESS
    if detail is Detail.COUNT:
        return "somebody"
    if detail is Detail.INITIALS:
        letters = [part[0] for part in name.replace(".", " ").replace("_", " ").split()]
        if not letters:
            return NAMELESS
        return Foreign(".".join(letters[:3]).upper() + ".", most=8)
    return Foreign(f"@{name}" if conversation.platform is Platform.INSTAGRAM else name, most=24)


def snippet_of(text: str | None, most: int = 44) -> Line:
    """The words of a message in quotation marks; what it carries instead of words without."""
    if not text:
        return ()
    return (Foreign(text, quoted=not CARRIED.fullmatch(text), most=most),)
