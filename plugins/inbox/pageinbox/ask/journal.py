"""What the log says of each list: once that it can't be read, and why, and once that it can be read again."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pageinbox.model.errors import GraphError
from pageinbox.model.logged import about
from pageinbox.model.source import Page, Source
from pageinbox.words.common import label, page_of
from pageinbox.words.english import stretch

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Failing:
    """Since when a list can't be read, and what of it the log has already."""

    since: float
    logged: set[tuple[str, str]] = field(default_factory=set)


class Journal:
    """Told how every look at a list went, whoever wanted it. `timer` gives seconds. For several threads.

    Nothing of Meta's own words is logged, nor of a customer's.
    """

    def __init__(self, pages: Mapping[str, Page], timer: Callable[[], float]) -> None:
        self._pages = pages
        self._timer = timer
        self._lock = threading.Lock()
        self._failing: dict[Source, Failing] = {}

    def inherit(self, older: Journal) -> None:
        """Go on from where an older one stopped."""
        with older._lock:
            self._failing = dict(older._failing)

    def fails(self, source: Source) -> bool:
        """Whether a source could not be read when that was tried last."""
        with self._lock:
            return source in self._failing

    def note(self, source: Source, trouble: GraphError | None) -> None:
        """A look at a source ended, in trouble or not."""
        with self._lock:
            failing = self._failing.pop(source, None)
            if trouble is not None:
                failing = self._failing[source] = failing or Failing(self._timer())
                what = (trouble.kind, trouble.number)
                new = what not in failing.logged
                failing.logged.add(what)
        if failing is None:
            return
        name = label(page_of(self._pages, source.page), source)
        if trouble is None:
            log.info("%s can be read again after %s", name, stretch(self._timer() - failing.since), extra=about(source))
        elif new:
            log.warning("%s can't be read: %s", name, trouble, extra=about(source, error=trouble))
