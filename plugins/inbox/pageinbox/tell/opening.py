"""Opening the ledger in the background, and trying again until it can be opened."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from pageinbox.model.errors import LedgerError
from pageinbox.model.fault import Work
from pageinbox.tell.alarm import Alarm

if TYPE_CHECKING:
    from pageinbox.tell.service import WatchService

AGAIN = 30.0
"""Seconds until a ledger that could not be opened is tried again."""

PATIENCE = 10.0
"""Seconds of one try for which commands wait for it; who comes later is told at once that it goes on."""

LONG, REST = 2.0, 10.0
"""Seconds from which a try that failed kept others waiting, and for which nobody has it tried anew then."""


class Opening:
    """A service that opens by itself.

    `make` gives it, or raises LedgerError. It is told how to ask whether it is still wanted: when not, it changes
    nothing any more, since another one may be at work already, and gives None. `alarm` hears how that goes, and tells
    of it and of what the service does, for as long as this runs. `timer` gives seconds that never go back.
    """

    def __init__(
        self,
        make: Callable[[Callable[[], bool]], WatchService | None],
        alarm: Alarm,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._make = make
        self._timer = timer
        self.alarm = alarm
        self._change = threading.Condition()
        self._service: WatchService | None = None
        self._trouble: LedgerError | None = None
        self._tries = 0
        self._began: float | None = None
        """When the try under way began."""
        self._rests = float("-inf")
        self._asked = False
        self._over = False
        self._thread = threading.Thread(target=self._open, name="inbox-open", daemon=True)

    def start(self) -> None:
        """Begin to open it, and to tell what fails or hangs."""
        self.alarm.start()
        self._thread.start()

    def service(self) -> WatchService:
        """The service, waited for while it is being opened. Raises LedgerError when that fails or takes long.

        What failed before is tried anew for whoever asks: perhaps it was mended just now. What takes long to fail is
        not, for a while: Errbot has ten threads, which would all wait for it.
        """
        with self._change:
            tries, waited = self._tries, 0.0 if self._began is None else self._timer() - self._began
            if self._timer() >= self._rests:
                self._asked = True
                self._change.notify_all()
                self._change.wait_for(
                    lambda: self._service or self._over or self._tries > tries, max(0.0, PATIENCE - waited)
                )
            if self._service is not None:
                return self._service
            raise self._trouble or LedgerError("opening", "")

    @property
    def opened(self) -> WatchService | None:
        """The service, if it is open. Waits for nobody."""
        return self._service

    def wake(self) -> None:
        """There may be something to do for the service, if it is open."""
        if (service := self._service) is not None:
            service.wake()

    def stop(self) -> None:
        """End it, within about two seconds."""
        with self._change:
            self._over = True
            self._change.notify_all()
        self.alarm.stop()
        self._thread.join(2.0)
        with self._change:
            service, self._service = self._service, None
        if service is not None:
            service.stop()

    def _open(self) -> None:
        while self._going():
            began = self._began = self._timer()
            try:
                with self.alarm.watchdog.watching(Work.OPENING):
                    self._try()
                return
            except BaseException as error:
                with self._change:
                    self._trouble = error if isinstance(error, LedgerError) else LedgerError("broken", "")
                    self._tries += 1
                    self._asked = False
                    if self._timer() - began >= LONG:
                        self._rests = self._timer() + REST
                    self._began = None
                    self._change.notify_all()
                    self._change.wait_for(lambda: self._over or self._asked, AGAIN)

    def _try(self) -> None:
        service, started = self._make(self._going), False
        if service is None:
            return
        try:
            with self._change:
                if self._going():
                    service.start()
                    started = True
                    self._service, self._trouble = service, None
                    self._change.notify_all()
        finally:
            if not started:
                service.stop()

    def _going(self) -> bool:
        return not self._over
