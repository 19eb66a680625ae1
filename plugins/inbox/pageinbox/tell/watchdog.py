"""What the bot is doing by itself, and what of that fails or hangs. Kept in memory: the ledger may be what hangs."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import NamedTuple

from pageinbox.model.errors import LedgerError
from pageinbox.model.fault import Doing, Fault, Work
from pageinbox.model.logged import about, nobody_named
from pageinbox.model.source import Source
from pageinbox.tell.whereabouts import place_of, whereabouts

HANGS = 60.0
"""Seconds without a sign of life after which something hangs."""

LEDGER = "pageinbox.ledger."

log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Task:
    """Something under way; `since` by the timer is when it was last seen to get on, `noticed` that the log has it."""

    doing: Doing
    since: float
    noticed: bool = False


class Failure(NamedTuple):
    """How something failed when it was tried last, and since when it does."""

    since: float
    ledger: LedgerError | None
    error: str


class Watchdog:
    """Told by all threads what they do. `timer` gives seconds that never go back.

    The log has each fault once, and its end, with places in our code and nothing that came from outside.
    """

    def __init__(self, timer: Callable[[], float]) -> None:
        self.where = ""
        """What the ledger is called, once it was opened."""
        self._timer = timer
        self._lock = threading.Lock()
        self._tasks: dict[int, list[Task]] = {}
        """By thread, the innermost last."""
        self._failing: dict[Doing, Failure] = {}

    @contextmanager
    def watching(self, doing: Doing) -> Iterator[None]:
        """Notice whether this is done in this block. Whatever is raised there is passed on."""
        try:
            with self.waiting(doing):
                yield
        except BaseException as error:
            self._failed(doing, error)
            raise
        self._done(doing)

    @contextmanager
    def waiting(self, doing: Doing) -> Iterator[None]:
        """Notice only whether this block hangs: who failed in it, and why, is somebody else's business."""
        with self._lock:
            tasks = self._tasks.setdefault(threading.get_ident(), [])
            tasks.append(Task(doing, self._timer()))
        try:
            yield
        finally:
            with self._lock:
                ended = tasks.pop()
                if not tasks:
                    del self._tasks[threading.get_ident()]
            self._gets_on(ended)
            self.gets_on()

    def gets_on(self) -> None:
        """What the calling thread does gets on, however long it takes."""
        for task in self._tasks.get(threading.get_ident(), ())[-1:]:
            self._gets_on(task)

    def _gets_on(self, task: Task) -> None:
        with self._lock:
            lasting, noticed = self._timer() - task.since, task.noticed
            task.since, task.noticed = self._timer(), False
            others = self._noticed()
        if noticed and task.doing not in others:
            log.warning("%s got on after %.0f s", called(task.doing), lasting, extra=fields(task.doing))

    def keep(self, doings: Collection[Doing]) -> None:
        """Nothing else is done any more, so that its failures are over."""
        with self._lock:
            over = self._failing.keys() - set(doings)
        for doing in over:
            self._done(doing)

    def faults(self) -> list[Fault]:
        """What fails or hangs now; new in the log where it hangs."""
        now, frames = self._timer(), sys._current_frames()
        with self._lock:
            found = [
                Fault(doing, now - failure.since, failure.ledger, failure.error)
                for doing, failure in self._failing.items()
            ]
            hanging = [
                (tasks[-1], frames.get(thread))
                for thread, tasks in self._tasks.items()
                if now - tasks[-1].since >= HANGS
            ]
            known = self._noticed()
            fresh = {task.doing: (task, frame) for task, frame in hanging if task.doing not in known}
            for task, _ in hanging:
                task.noticed = True
        for task, frame in fresh.values():
            place = place_of(frame) if frame is not None else ""
            name, extra = called(task.doing), fields(task.doing)
            log.error("%s has been under way for %.0f s: %s", name, now - task.since, place, extra=extra)
        for task, frame in hanging:
            silent = in_ledger(frame) and task.doing is not Work.OPENING
            found.append(Fault(task.doing, now - task.since, LedgerError("silent", self.where) if silent else None))
        return found

    def _noticed(self) -> set[Doing]:
        """What the log has as hanging, whichever thread does it."""
        return {task.doing for tasks in self._tasks.values() for task in tasks if task.noticed}

    def _failed(self, doing: Doing, error: BaseException) -> None:
        ledger = error if isinstance(error, LedgerError) else None
        name = "" if ledger is not None else type(error).__name__
        with self._lock:
            before = self._failing.get(doing)
            kinds = {failure.ledger.kind for failure in self._failing.values() if failure.ledger is not None}
            self._failing[doing] = Failure(self._timer() if before is None else before.since, ledger, name)
        if ledger is not None and ledger.kind not in kinds:
            log.error("The ledger %s failed: %s", ledger.where, ledger.kind, extra=about(error=ledger))
        if ledger is None and (before is None or before.error != name):
            log.error("%s failed: %s", called(doing), whereabouts(error), extra=fields(doing, error))

    def _done(self, doing: Doing) -> None:
        with self._lock:
            failure = self._failing.pop(doing, None)
            others = [other for other in self._failing.values() if other.ledger is not None]
        if failure is None:
            return
        if failure.ledger is None:
            log.warning("%s works again", called(doing), extra=fields(doing))
        elif not others:
            log.warning("The ledger %s works again", failure.ledger.where)


def called(doing: Doing) -> str:
    """What the log calls it."""
    match doing:
        case Source():
            return f"Reading {doing.page} {doing.platform} {doing.folder}"
        case Work():
            return doing.value.capitalize()
        case room:
            return f"Sending to {nobody_named(room)}"


def fields(doing: Doing, error: BaseException | None = None) -> dict[str, str]:
    """What a line of the log about it has beside its words."""
    return about(doing if isinstance(doing, Source) else None, error=error)


def in_ledger(frame: FrameType | None) -> bool:
    """Whether it is the ledger that a thread waits for."""
    while frame is not None:
        if frame.f_globals.get("__name__", "").startswith(LEDGER):
            return True
        frame = frame.f_back
    return False
