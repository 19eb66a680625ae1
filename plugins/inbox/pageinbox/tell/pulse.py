"""Whether anything is read of what is watched: known without the ledger, and without Meta."""

from __future__ import annotations

from collections.abc import Callable, Collection

from pageinbox.model.source import Source

LOOKS = 3
"""Looks that may be missed until a bot counts as blind."""


class Pulse:
    """When anything that is watched was read last.

    `timer` gives seconds that never go back, `usual` the seconds after which the lists of a Page are read again.
    """

    def __init__(self, timer: Callable[[], float], usual: Callable[[str], float]) -> None:
        self._timer = timer
        self._usual = usual
        self._pages: Collection[str] = ()
        self._since = timer()

    def watch(self, sources: Collection[Source]) -> None:
        """This is to be read from now on."""
        pages = {source.page for source in sources}
        if pages and not self._pages:
            self._since = self._timer()
        self._pages = pages

    def beat(self) -> None:
        """Something was read, by this bot or by another one."""
        self._since = self._timer()

    def blind(self) -> float:
        """For how many seconds nothing was read, once three looks were missed; 0 before, and where nothing is to be."""
        lasting = self._timer() - self._since
        usual = min(map(self._usual, self._pages), default=lasting)
        return lasting if lasting > LOOKS * usual else 0.0
