"""A whole checkup: what is here, then Meta, all in the time that somebody waits for an answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping

from pageinbox.ask.listing import PATIENCE, Listing
from pageinbox.checkup.in_time import Part, in_time
from pageinbox.checkup.pages import pages
from pageinbox.model.finding import Finding, Subject
from pageinbox.model.source import Source


def examine(
    listing: Listing,
    sources: Mapping[str, Iterable[Source]],
    parts: Mapping[Subject, Part],
    *,
    clock: Callable[[], float],
    room: str = "",
    patience: float = PATIENCE,
) -> list[Finding]:
    """All that can be said within `patience` seconds: of Pages, of whose lists `sources` are tried, and of `parts`.

    It counts as a question of `room`. `clock` tells seconds since 1970. Raises AskedTooOften.
    """
    began = time.monotonic()
    here = in_time(parts)
    left = patience - (time.monotonic() - began)
    return [*pages(listing, sources, clock, room=room, patience=left), *here]
