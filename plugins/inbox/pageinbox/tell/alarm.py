"""What fails or hangs for long is told past the ledger: it may be what fails, and silence would look like no news."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType

from pageinbox.model.chat import Chat, ChatDoubt, ChatError
from pageinbox.model.fault import Fault, Work
from pageinbox.model.logged import nobody_named
from pageinbox.model.post import Post
from pageinbox.model.source import Page
from pageinbox.tell.watchdog import Watchdog
from pageinbox.tell.whereabouts import whereabouts
from pageinbox.words.faults import fault, mended

LASTING = 300.0
"""Seconds after which a fault is told, as with a Page that can't be read."""

EVERY, AGAIN = 5.0, 60.0
"""Seconds between two checks, and until an admin who could not be told is told again."""

NO_PAGES: Mapping[str, Page] = MappingProxyType({})

log = logging.getLogger(__name__)


class Deaf(Exception):
    """The chat tells the bot nothing of what people write."""


Kinds = dict[tuple[object, ...], list[Fault]]


def in_a_thread(job: Callable[[], None]) -> None:
    """Let a job be done beside all others: a chat that hangs holds up nobody else."""
    threading.Thread(target=job, name="inbox-alarm-tell", daemon=True).start()


@dataclass(slots=True, eq=False)
class Admin:
    """Somebody to tell: what they know of, and whether they are being told something. `again` is the next try."""

    name: str
    knows: Kinds = field(default_factory=dict)
    busy: bool = False
    again: float = float("-inf")


class Alarm:
    """Tells `admins` once what of the work that its `watchdog` hears of fails or hangs, and once that it is over.

    `clock` tells seconds since 1970, `timer` seconds that never go back; `pages` are those of the settings. What is
    given to `aside` is done without being waited for. `hears` says whether the chat tells the bot what people write.
    """

    def __init__(
        self,
        chat: Chat,
        admins: Sequence[str],
        clock: Callable[[], float],
        *,
        pages: Mapping[str, Page] = NO_PAGES,
        hears: Callable[[], bool] = lambda: True,
        timer: Callable[[], float] = time.monotonic,
        aside: Callable[[Callable[[], None]], None] = in_a_thread,
    ) -> None:
        self.watchdog = Watchdog(timer)
        self._chat = chat
        self._admins = [Admin(name) for name in admins]
        self._pages = pages
        self._hears = hears
        self._clock = clock
        self._timer = timer
        self._aside = aside
        self._over = threading.Event()

    def start(self) -> None:
        """Check now and then, until it is stopped."""
        threading.Thread(target=self._run, name="inbox-alarm", daemon=True).start()

    def stop(self) -> None:
        """Check no more."""
        self._over.set()

    def _run(self) -> None:
        while not self._over.wait(EVERY):
            try:
                self.check()
            except Exception as error:
                log.error("Looking for what fails or hangs failed: %s", whereabouts(error))

    def check(self) -> None:
        """Tell those who do not know it yet what has lasted for long, and what is over. Waits for nobody."""
        with suppress(Exception), self.watchdog.watching(Work.HEARING):  # of all else is told, whatever that raises
            if not self._hears():
                raise Deaf
        present: Kinds = {}
        for one in self.watchdog.faults():
            present.setdefault(one.kind, []).append(one)
        lasting = {kind: alike for kind, alike in present.items() if max(one.lasting for one in alike) >= LASTING}
        for admin in self._admins:
            if admin.busy or self._timer() < admin.again:
                continue
            new = {kind: alike for kind, alike in lasting.items() if kind not in admin.knows}
            over = {kind: alike for kind, alike in admin.knows.items() if kind not in present}
            if not new and not over:
                continue
            lines = [fault(alike, self._pages) for alike in new.values()]
            lines += [mended(alike, self._pages) for alike in over.values()]
            knows = {kind: alike for kind, alike in (admin.knows | new).items() if kind not in over}
            admin.busy = True
            try:
                self._aside(partial(self._tell, admin, Post(lines[0], tuple(lines[1:]), alert=bool(new)), knows))
            except RuntimeError:  # the machine gives no thread for it
                admin.busy, admin.again = False, self._timer() + AGAIN
                raise

    def _tell(self, admin: Admin, post: Post, knows: Kinds) -> None:
        try:
            self._chat.send(admin.name, post, f"alarm-{self._clock():.0f}")
        except ChatDoubt:
            admin.knows = knows  # it may have arrived
        except Exception as error:
            why = nobody_named(error) if isinstance(error, ChatError) else whereabouts(error)
            log.error("Could not tell an admin what fails or hangs: %s", why)
            admin.again = self._timer() + AGAIN
        else:
            admin.knows = knows
        finally:
            admin.busy = False
