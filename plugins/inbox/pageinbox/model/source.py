"""What the Graph can be asked for: a Page, its platforms, their folders."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import quote

import msgspec

from pageinbox.model.hours import OpeningHours
from pageinbox.model.secret import Secret
from pageinbox.model.token import UNKNOWN, TokenFacts


class Platform(StrEnum):
    """The two networks whose conversations a Page holds; the values are Meta's, in lower case."""

    MESSENGER = "messenger"
    INSTAGRAM = "instagram"
    __hash__ = str.__hash__  # an enum's own is Python's, and sources are looked up in dicts all the time


class Folder(StrEnum):
    """The folders of `/conversations`; the values are what Meta's `folder` parameter takes."""

    INBOX = "inbox"
    OTHER = "other"
    DONE = "page_done"
    SPAM = "spam"
    __hash__ = str.__hash__


HANDED = re.compile("file: */run/(user/[0-9]+/)?credentials/")
"""Where systemd puts copies of a service's secrets, which stay as they were when it was started."""


@dataclass(frozen=True, slots=True)
class Page:
    """One Facebook Page as ops configured it.

    `name` is the word people type, `id` Meta's Page id. `missing` is the sentence on a secret that is not where the
    settings say; then no call can be made for the Page, and `token` is empty. `token_at` and `app_secret_at` are where
    these are, as `file:PATH` or `env:NAME`, empty where they stand in the settings themselves. `auto_replies` are texts
    of the Page that are no answers; a `*` at the end stands for anything. `open` is when somebody answers, None for
    always.
    """

    name: str
    id: str
    token: Secret
    app_secret: Secret | None = None
    platforms: tuple[Platform, ...] = (Platform.MESSENGER, Platform.INSTAGRAM)
    auto_replies: tuple[str, ...] = ()
    open: OpeningHours | None = None
    missing: str = ""
    token_at: str = field(default="", repr=False)  # a token may have been written there by mistake
    app_secret_at: str = field(default="", repr=False)

    @property
    def title(self) -> str:
        """The name as a sentence begins with it."""
        return self.name[:1].upper() + self.name[1:]

    @property
    def in_file(self) -> bool:
        """Whether its token is in a file, where a new one is found while the bot runs."""
        return self.token_at.startswith("file:") and not HANDED.match(self.token_at)

    @property
    def inbox_link(self) -> str:
        """Where people with access read and answer everything the Page gets: Meta's Business Suite."""
        return f"https://business.facebook.com/latest/inbox/all?asset_id={quote(self.id, safe='')}"


class Source(msgspec.Struct, frozen=True, gc=False):
    """One list the Graph can be asked for."""

    page: str
    platform: Platform
    folder: Folder


class Identity(msgspec.Struct, frozen=True):
    """Who a Page is at Meta; the Instagram part is None when no account is linked."""

    name: str | None
    instagram_id: str | None
    instagram_username: str | None


@dataclass(frozen=True, slots=True)
class PageStatus:
    """What Meta allows one Page at this moment, and how it answered last.

    `usage` is the highest percentage of any allowance, None before Meta named one. `closed_for` are the seconds in
    which no call is made, `paused_for` those in which background work makes none. `version_answered` is the version
    of the Graph that served the last reply, None before the first. `automatic` are texts of the Page that were found to
    be automatic replies, as they can be written into the setting. `token` is what Meta said last of its token.
    """

    page: Page
    usage: int | None
    closed_for: float
    paused_for: float
    version_asked: str
    version_answered: str | None
    automatic: Sequence[str] = ()
    token: TokenFacts = UNKNOWN
