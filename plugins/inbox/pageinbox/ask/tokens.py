"""What Meta says of the Pages' tokens: asked once a day, by a thread of its own that nothing waits for."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Mapping

from pageinbox.graph.client import GraphClient
from pageinbox.model.errors import GraphError, SecretMissing
from pageinbox.model.logged import about
from pageinbox.model.secret import Secret
from pageinbox.model.token import UNKNOWN

DAY, AGAIN = 86400.0, 6 * 3600.0
"""Seconds after which a token is asked about again: where that went well, and where it failed."""

REFUSED = 3
"""Answers in a row that a token is no longer good, before that is believed: in outages of its own Meta refuses good
ones. They are as far apart as EVERY."""

OVER = 60.0
"""Seconds after its end when a token is asked about again, if that is sooner."""

FIRST, EVERY = 30.0, 600.0
"""Seconds from the start until tokens are asked about, so that first looks go before that, and between two times that
it is seen which of them are due."""

LOOK = 10.0
"""Seconds between two looks at the files that secrets are in: a new one is in force after two."""

log = logging.getLogger(__name__)


class Tokens:
    """Asks about the tokens of all Pages, and reads them again where they are in files that change.

    A client knows then how its Page's token is. `timer` gives seconds that never go back; `first` are the seconds from
    the start until it asks. `renewed` hears of a Page, by its name, whose secrets are others, `asked` of answers.
    """

    def __init__(
        self,
        clients: Mapping[str, GraphClient],
        timer: Callable[[], float],
        *,
        first: float = FIRST,
        renewed: Callable[[str], object] = lambda page: None,
        asked: Callable[[], object] = lambda: None,
    ) -> None:
        self._clients = clients
        self._timer = timer
        self._first = first
        self._on_renewed = renewed
        self._on_asked = asked
        self._in_force = {name: client.page for name, client in clients.items()}
        self._due: dict[Secret, float] = {}
        self._refused: Counter[Secret] = Counter()
        self._unknown: set[Secret] = set()
        self._over = threading.Event()
        self._began: float | None = None

    @property
    def asking(self) -> float:
        """For how many seconds it has been asking by now; 0 where it is not."""
        return 0.0 if (began := self._began) is None else max(self._timer() - began, 0.001)

    def start(self) -> None:
        """Ask from now on. Makes no call itself."""
        threading.Thread(target=self._run, name="inbox-tokens", daemon=True).start()

    def stop(self) -> None:
        """Ask no more; a call that is under way ends by itself."""
        self._over.set()

    def _run(self) -> None:
        due, pause = self._timer() + self._first, min(self._first, LOOK)
        while not self._over.wait(pause):
            pause = LOOK
            if self.renew() or self._timer() >= due:
                due = self._timer() + EVERY
                self.ask()

    def renew(self) -> bool:
        """Look for secrets in files that have changed; whether others are in force by now. Raises nothing."""
        other = False
        for name, client in self._clients.items():
            try:
                client.renew()
            except Exception as error:
                extra = about(page=name, error=error)
                log.error("%s: the token can't be read again: %s", client.page.title, extra["error"], extra=extra)
            before, self._in_force[name] = self._in_force[name], client.page
            if client.page is not before:  # also since a call did that which was refused
                other = True
                client.token = UNKNOWN
                self._due.pop(client.page.token, None)
                self._on_renewed(name)
        return other

    def ask(self) -> None:
        """Ask about each token whose day is over, once for all Pages that have it. Raises nothing."""
        together: dict[Secret, list[GraphClient]] = {}
        for client in self._clients.values():
            if not client.page.missing:
                together.setdefault(client.page.token, []).append(client)
        self._due = {token: due for token, due in self._due.items() if token in together}
        self._began = self._timer()
        for token, clients in together.items():
            if not self._over.is_set() and self._timer() >= self._due.get(token, float("-inf")):
                self._due[token] = self._timer() + self._asked(token, clients)
        self._began = None
        self._on_asked()

    def _asked(self, token: Secret, clients: list[GraphClient]) -> float:
        """Ask about a token; gives the seconds after which it is to be asked about again."""
        page = clients[0].page
        try:
            found = clients[0].ask_token()
        except GraphError as error:
            if token not in self._unknown and not isinstance(error, SecretMissing):
                self._unknown.add(token)
                why = error.number or error.detail or type(error).__name__
                extra = about(page=page.name, error=error)
                log.info("%s: what Meta knows of the token can't be found out: %s", page.title, why, extra=extra)
            return AGAIN
        except Exception as error:
            extra = about(page=page.name, error=error)
            log.error(
                "%s: what Meta knows of the token can't be found out: %s", page.title, extra["error"], extra=extra
            )
            return AGAIN
        self._unknown.discard(token)
        self._refused[token] = self._refused[token] + 1 if found.valid is False else 0
        if 0 < self._refused[token] < REFUSED:
            return EVERY
        for client in clients:
            if client.page.token == token:
                client.token = found
        if found.valid is False:
            return AGAIN
        ends = found.ends.token
        return DAY if ends is None else min(DAY, max(ends - clients[0].now, 0.0) + OVER)
