"""A Page, its Instagram account, and the tokens that give access to them."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import Final

APP_ID: Final = "900800700"
SCOPES: Final = frozenset(
    {"pages_messaging", "pages_manage_metadata", "pages_read_engagement", "instagram_basic",
     "instagram_manage_messages"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Instagram:
    """The Instagram professional account linked to a Page."""

    id: str
    username: str


@dataclass(slots=True)
class Page:
    """One Page. `name` is what tests call it, `title` what Meta shows; `token` is the newest of its tokens.

    `instant_reply` is what Meta answers in its name to each first message, with `NAME` for the person's.
    """

    name: str
    _: KW_ONLY
    title: str
    id: str
    token: str
    app_secret: str
    instagram: Instagram | None = None
    proof_required: bool = False
    instant_reply: str = ""

    @property
    def username(self) -> str:
        """The Page's name in its address."""
        return f"{self.name}.example"

    @property
    def link(self) -> str:
        """The Page's address on facebook.com."""
        return f"https://www.facebook.com/{self.username}"


@dataclass(slots=True)
class Token:
    """An access token. `page` is None for a user's token; `expires_at` is in UNIX seconds, 0 for never.

    `data_access_expires_at` is likewise; None is 90 days from when somebody asks, as for who logs in every day.

    `dead` is the subcode of the 190 that it gets, or None while it is valid. `issued_at` is 0 where Meta does not tell,
    as of tokens that are short-lived. `application` is what the app is called that it was issued for.
    """

    text: str
    page: Page | None
    expires_at: float = 0
    data_access_expires_at: float | None = None
    dead: int | None = None
    scopes: frozenset[str] = SCOPES
    issued_at: float = 0
    application: str = "Acme Inbox"
