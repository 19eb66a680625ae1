"""Meta's webhook: proves to Meta that the address is ours, and takes what it pushes."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from pageinbox.graph.webhook import Unreadable, changes_in, signed_with
from pageinbox.model.meters import Count
from pageinbox.model.push import Became, Change
from pageinbox.model.secret import Secret
from pageinbox.model.source import Page
from pageinbox.model.web import WebRequest, WebResponse

PATH = "/inbox/meta"

CHALLENGE = re.compile(r"[\w.~-]{1,256}", re.ASCII)
"""What is given back of what somebody asks: nothing that a browser takes for a page."""

Hear = Callable[[Collection[str], Sequence[Change]], object]
"""Takes what Meta says has changed, and the names of the Pages whose app says so: of none, where somebody has signed it
whose secret we don't have. Waits for nobody."""


class Webhook:
    """Answers Meta on our web server.

    `token` is the Verify token; `pages` gives the Pages with the secrets that are in force. Whatever is pushed is
    counted in `counts`.
    """

    def __init__(self, token: Secret, pages: Callable[[], Iterable[Page]], hear: Hear, counts: Count) -> None:
        self._token = token
        self._pages = pages
        self._hear = hear
        self._counts = counts
        self._secrets: set[Secret] = set()
        """Those of the Pages' apps, as they were when a push fitted none of them."""

    def answer(self, request: WebRequest) -> WebResponse:
        """The challenge, or 200 once what was pushed is noted; 403 to whoever is not Meta."""
        return self._take(request) if request.method == "POST" else self._prove(request.query)

    def _prove(self, query: Mapping[str, str]) -> WebResponse:
        challenge = query.get("hub.challenge", "")
        known = same(query.get("hub.verify_token", ""), self._token.reveal())
        if not known or query.get("hub.mode") != "subscribe" or not CHALLENGE.fullmatch(challenge):
            return WebResponse(403)
        return WebResponse(200, challenge.encode())

    def _take(self, request: WebRequest) -> WebResponse:
        signature, tried = request.headers.get("x-hub-signature-256", ""), self._secrets
        fitting = signed_with(signature, request.body, tried)
        if not fitting:
            # A secret may be another one since; whoever floods us is not to have each tried twice.
            self._secrets = {page.app_secret for page in self._pages() if page.app_secret is not None}
            fitting = signed_with(signature, request.body, self._secrets - tried)
        # One that was replaced must not go on: somebody may have got hold of it.
        names = [page.name for page in self._pages() if page.app_secret in fitting] if fitting else []
        if not names:
            self._counts.add(Became.REFUSED)
            if any(name.startswith("x-hub-signature") and value for name, value in request.headers.items()):
                self._hear((), ())
            return WebResponse(403)
        changes: Sequence[Change] = ()
        try:
            changes = changes_in(request.body)
        except Unreadable:
            self._counts.add(Became.UNREADABLE)
        self._hear(names, changes)
        return WebResponse(200)  # also where it helps nobody: Meta would send it again for 36 hours


def same(one: str, other: str) -> bool:
    """Whether two texts are the same, in a time that tells nothing of how much of them is, nor how long they are."""
    digests = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in (one, other)]
    return hmac.compare_digest(*digests)
