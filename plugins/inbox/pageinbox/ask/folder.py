"""Whether Instagram ignores folders, and what becomes of a look at one then."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from cachetools import TTLCache
from msgspec import structs

from pageinbox.model.look import Look
from pageinbox.model.source import Folder, Platform, Source

COMPARED = 25
"""Conversations of two lists that are held against each other to see whether they are one list."""

VERDICT_TTL = 3600.0
"""Seconds for which it is taken as known whether Instagram ignores folders."""

PAGES = 1000
"""Pages remembered; a team has a few dozen at most."""


class Folders:
    """Which Pages' folders on Instagram are none. `look` gives a look at a source, `timer` seconds that never go back.

    Nobody knows what Instagram does with `folder`, so a list is held against the inbox: a conversation is in one folder
    only, so lists that are mostly the same are one list.
    """

    def __init__(self, look: Callable[[Source], Look], timer: Callable[[], float]) -> None:
        self._look = look
        self._lock = threading.Lock()
        self._ignored: TTLCache[str, bool] = TTLCache(PAGES, VERDICT_TTL, timer)

    def honest(self, look: Look, *, whole: bool = True) -> Look:
        """The look, emptied when Instagram answered with its inbox instead of the folder, or marked as unsure.

        `whole` says that it is a look at the folder's list, not at one person's conversations in it. Only then is that
        list not asked for when it is to be compared.
        """
        source = look.source
        if source.platform is not Platform.INSTAGRAM or source.folder is Folder.INBOX or not look.conversations:
            return look
        ignored = self._ignores_folders(source, look if whole else None)
        if ignored is None:
            return replace(look, folder="unsure")
        return replace(look, conversations=(), more=False, folder="ignored") if ignored else look

    def _ignores_folders(self, source: Source, look: Look | None) -> bool | None:
        """Whether Instagram ignores `folder` for this Page; None when it cannot be told now.

        `look` is the folder's list if it was just read.
        """
        with self._lock:
            verdict = self._ignored.get(source.page)
        if verdict is not None:
            return verdict
        if look is None:
            look = self._look(source)
            if look.folder != "sure" or not look.conversations:
                return True if look.folder == "ignored" else None
        inbox = self._look(structs.replace(source, folder=Folder.INBOX))
        if inbox.trouble is not None or look.trouble is not None:
            return None
        ours = {conversation.id for conversation in look.conversations[:COMPARED]}
        others = {conversation.id for conversation in inbox.conversations[:COMPARED]}
        verdict = 2 * len(ours & others) > max(len(ours), len(others))
        if max(len(ours), len(others)) > 1:  # of one that is just being moved nothing can be told for an hour
            with self._lock:
                self._ignored[source.page] = verdict
        return verdict
