"""Whether the bot does what it is there for, as a probe asks it: never later than in a moment, whatever hangs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from pageinbox.model.announcement import UNREACHED
from pageinbox.model.fault import Fault, Work
from pageinbox.model.history import Backlog
from pageinbox.model.web import WebRequest, WebResponse
from pageinbox.tell.alarm import LASTING
from pageinbox.web.gauges import Gauging
from pageinbox.words.english import stretch
from pageinbox.words.faults import fault
from pageinbox.words.ledger import ledger_trouble

if TYPE_CHECKING:
    from pageinbox.tell.service import WatchService  # which loads SQLAlchemy


class State(StrEnum):
    """How a bot is doing."""

    OK = "ok"
    STARTING = "starting"
    """It opens its ledger, or looks for the rooms that its settings name."""
    FAILING = "failing"


class Health:
    """Examines one activation of the plugin.

    `refusal` gives what is wrong with the settings, empty for nothing, `opened` the service, None while it is not open,
    `faults` what fails or hangs, and `backlogs` what rooms are still to be told; `clock` tells seconds since 1970.
    """

    def __init__(
        self,
        refusal: Callable[[], str],
        opened: Callable[[], WatchService | None],
        faults: Callable[[], Sequence[Fault]],
        backlogs: Gauging[list[Backlog]],
        clock: Callable[[], float],
    ) -> None:
        self._refusal = refusal
        self._opened = opened
        self._faults = faults
        self._backlogs = backlogs
        self._clock = clock

    def examine(self) -> tuple[State, list[str]]:
        """How it is doing, and a sentence on each thing that is wrong: without names, and without secrets."""
        found = ["My settings are refused; the log says why."] if self._refusal() else []
        found += self._known_without_ledger()
        if not found and self._opened() is None:
            return State.STARTING, []
        backlogs, error = self._backlogs.latest()
        if error is not None and not found:
            found.append(ledger_trouble(error.kind, ""))
        now = self._clock()
        lasting = {each.room: now - each.failing for each in backlogs or () if each.failing is not None}
        found += out_of_reach([seconds for seconds in lasting.values() if seconds >= UNREACHED])
        return (State.FAILING if found else State.OK), found

    def _known_without_ledger(self) -> list[str]:
        """What is wrong, as the threads know it that look and tell."""
        faults = self._faults()
        found = [ledger_trouble(kind, "") for kind in dict.fromkeys(each.ledger.kind for each in faults if each.ledger)]
        others = [each for each in faults if each.ledger is None and each.lasting >= LASTING]
        found += ["".join(map(str, fault([each], {}))) for each in others if isinstance(each.doing, Work)]
        found += out_of_reach([each.lasting for each in others if isinstance(each.doing, str)])
        if (service := self._opened()) is not None and (blind := service.pulse.blind()):
            found.append(f"I have read nothing for {stretch(blind)}, although there is something to watch.")
        return found

    def answer(self, request: WebRequest) -> WebResponse:
        """200 where all is well, else 503: the state, and below it a line for each thing that is wrong."""
        if request.method not in ("GET", "HEAD"):
            return WebResponse(405)
        state, found = self.examine()
        return WebResponse(200 if state is State.OK else 503, "".join(f"{line}\n" for line in (state, *found)).encode())


def out_of_reach(lasting: list[float]) -> list[str]:
    """The sentence on rooms that can't be told anything, each for so many seconds; none where there are none."""
    if not lasting:
        return []
    rooms = "a room" if len(lasting) == 1 else f"{len(lasting)} rooms"
    return [f"For {stretch(max(lasting))} I have not been able to write to {rooms}; !inbox status names them."]
