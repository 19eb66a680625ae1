"""What the Graph can be asked for: a Page, its platforms, their folders."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pageinbox.secret import Secret


class Platform(StrEnum):
    """The two networks whose conversations a Page holds; the values are Meta's, in lower case."""

    MESSENGER = "messenger"
    INSTAGRAM = "instagram"


class Folder(StrEnum):
    """The folders of ``/conversations``; the values are what Meta's ``folder`` parameter takes."""

    INBOX = "inbox"
    OTHER = "other"
    DONE = "page_done"
    SPAM = "spam"


@dataclass(frozen=True, slots=True)
class Page:
    """One Facebook Page as ops configured it.

    `name` is the word people type, `id` Meta's Page id.
    """

    name: str
    id: str
    token: Secret
    app_secret: Secret | None = None
    platforms: tuple[Platform, ...] = (Platform.MESSENGER, Platform.INSTAGRAM)

    @property
    def title(self) -> str:
        """The name as a sentence begins with it."""
        return self.name[:1].upper() + self.name[1:]


@dataclass(frozen=True, slots=True)
class Source:
    """One list the Graph can be asked for."""

    page: str
    platform: Platform
    folder: Folder
