"""Whom a world belongs to: its Pages, and the tokens that open them."""

from __future__ import annotations

import threading

from simulator.page import Instagram, Page, Token


class Owners:
    """Pages by name, and tokens by their text. Every operation is safe to call from any thread, under one `lock`."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.pages: dict[str, Page] = {}
        self.tokens: dict[str, Token] = {}

    def add_page(self, name: str, title: str = "", *, token: str = "", app_secret: str = "") -> Page:
        """Add a Page with a linked Instagram account and a valid token; what is not given is made up from its name."""
        with self.lock:
            n = len(self.pages)
            page = Page(
                name,
                title=title or name.replace("_", " ").title(),
                id=str(200_300_400 + n),
                token=token or f"EAASIM{name}PageToken{n}",
                app_secret=app_secret or f"{name}-app-secret-{n}",
                instagram=Instagram(str(17_841_400_000_000_001 + n), f"{name}_shop"),
            )
            self.pages[name] = page
            self.tokens[page.token] = Token(page.token, page)
            return page

    def page(self, which: Page | str) -> Page:
        """The Page with this name or id, or the Page itself; raises `KeyError` if there is none."""
        if isinstance(which, Page):
            return which
        with self.lock:
            for page in self.pages.values():
                if which in (page.name, page.id):
                    return page
        raise KeyError(f"no Page is called {which!r}")

    def instant_reply(self, page: Page | str, text: str) -> None:
        """What is answered in the Page's name to each first message from now on; nothing if the text is empty."""
        with self.lock:
            self.page(page).instant_reply = text

    def user_token(self) -> str:
        """A valid token of the person who administers every Page, as `/me/accounts` needs it."""
        with self.lock:
            return self.tokens.setdefault("EAASIMUserToken", Token("EAASIMUserToken", None)).text

    def kill_token(self, page: Page | str, subcode: int = 463) -> None:
        """Make the Page's token invalid: it gets 190 with `subcode` from now on (463 is expired, 460 revoked)."""
        with self.lock:
            self.tokens[self.page(page).token].dead = subcode

    def issue_token(self, page: Page | str, *, expires_at: float = 0, issued_at: float = 0) -> str:
        """Give the Page a new token and return it; the old one stays as it is.

        `expires_at` and `issued_at` are in UNIX seconds, 0 for never and for what is not told.
        """
        with self.lock:
            owner = self.page(page)
            text = f"{owner.token.partition('#')[0]}#{len(self.tokens)}"
            owner.token = text
            self.tokens[text] = Token(text, owner, expires_at, issued_at=issued_at)
            return text

    def date_token(
        self, page: Page | str, *, expires_at: float | None = None, data_access_expires_at: float | None = None
    ) -> None:
        """Change when the Page's newest token ends, or when its access to data does; see `simulator.page.Token`."""
        with self.lock:
            token = self.tokens[self.page(page).token]
            if expires_at is not None:
                token.expires_at = expires_at
            if data_access_expires_at is not None:
                token.data_access_expires_at = data_access_expires_at
