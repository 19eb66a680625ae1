"""Which conversations are meant: what questions and watches have in common."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from pageinbox.model.conversation import Conversation
from pageinbox.model.source import Folder, Page, Platform, Source
from pageinbox.model.text import begun, fold, named, unaccented


class Folded(NamedTuple):
    """What filters look for a name and a text in, folded: that takes longer than all else, and is the same for all."""

    name: str
    text: str


def folded(conversation: Conversation) -> Folded:
    """A conversation as filters by name and text compare it, without accents."""
    return Folded(unaccented(fold(conversation.name or "")), unaccented(fold(conversation.snippet or "")))


@dataclass(frozen=True, slots=True)
class Selection:
    """Lists, and which of their conversations; None is no restriction.

    `page` is spelled as configured. `unread` and `waiting` take False for their opposites. `name` is a user name, or a
    name without the @, and `text` is looked for in the latest message; both went through `fold`.
    """

    folder: Folder | None = Folder.INBOX
    platform: Platform | None = None
    page: str | None = None
    unread: bool | None = None
    waiting: bool | None = None
    name: str | None = None
    text: str | None = None

    def sources(self, pages: Iterable[Page]) -> list[Source]:
        """The lists this is about, in the order of `pages`."""
        return [
            Source(page.name, platform, folder)
            for page in pages
            if self.page in (None, page.name)
            for platform in page.platforms
            if self.platform in (None, platform)
            for folder in (Folder if self.folder is None else (self.folder,))
        ]

    @property
    def filters(self) -> bool:
        """Whether it leaves out some of the conversations of its lists."""
        return (self.unread, self.waiting, self.name, self.text) != (None, None, None, None)

    def names(self, name: str) -> bool:
        """Whether it is about people by a name, and somebody of this one is among them."""
        return self.name is not None and named(self.name, name)

    def leaves_out(self, conversation: Conversation, known: Folded | None = None) -> str:
        """Why a conversation is not meant: `read`, `unread`, `answered`, `waiting`, `name` or `text`; "" when it is.

        One of which Meta did not tell whether it is read or waits is neither. `known` is what `folded` gives for it,
        where many are to be asked.
        """
        unread = None if conversation.unread is None else conversation.unread > 0
        if self.unread is not None and unread is not self.unread:
            return "read" if self.unread else "unread"
        if self.waiting is not None and conversation.waiting is not self.waiting:
            return "answered" if self.waiting else "waiting"
        if self.name is None and self.text is None:
            return ""
        known = known or folded(conversation)
        if self.name is not None and not begun(unaccented(self.name), known.name):
            return "name"
        return "text" if self.text is not None and unaccented(self.text) not in known.text else ""
