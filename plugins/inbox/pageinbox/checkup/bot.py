"""What only a running bot knows: its chat, Errbot around it, and where its settings came from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pageinbox.checkup.versions import versions
from pageinbox.model.checkup import NoPush, Pushed, Reached, Silent, Unpushed, Unreached, Unseen, Unsigned
from pageinbox.model.errors import LedgerError
from pageinbox.model.finding import Finding, State, good, unknown
from pageinbox.model.history import Backlog
from pageinbox.model.push import PagePush


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """Where a bot runs.

    `origins` are what its settings were read from. `chat` examines the network, and whether the bot may write in some
    rooms there; `errbot` examines Errbot, `versions` what is installed.
    """

    origins: Sequence[str]
    chat: Callable[[Sequence[str]], list[Finding]]
    errbot: Callable[[], list[Finding]] = list
    versions: Callable[[], list[Finding]] = versions


def chat(
    examine: Callable[[Sequence[str]], list[Finding]],
    watching: Callable[[], Iterable[str]],
    waiting: Callable[[], Iterable[Backlog]] = list,
    sees: Callable[[str], bool] | None = None,
) -> list[Finding]:
    """What the network tells of itself and of the rooms `watching`; with `sees` only of the rooms that it names.

    `waiting` is what rooms have yet to be told, by which one is known to fail where the network says nothing. Both
    raise LedgerError: then no room is known, which is told with the ledger.
    """
    try:
        rooms = [room for room in dict.fromkeys(watching()) if sees is None or sees(room)]
        errors = {each.room: each.error for each in waiting() if each.failing is not None and each.error}
    except LedgerError:
        rooms, errors = [], {}
    failing = [Finding(State.ATTENTION, Unreached(room, error)) for room in rooms if (error := errors.get(room))]
    found = [*failing, *examine([room for room in rooms if room not in errors])]
    return found if sees is None else [each for each in found if isinstance(each.fact, Reached | Unreached | Unseen)]


def push(told: Callable[[], Iterable[PagePush]], now: float, *, wanted: bool) -> list[Finding]:
    """Whether Meta tells of changes of Pages by itself, where it is to. What it tells is signed with the app secret.

    `told` gives how that does for each Page, or raises LedgerError: then nothing is found, which is told with the
    ledger.
    """
    if not wanted:
        return [good(NoPush())]
    try:
        pushes = list(told())
    except LedgerError:
        return []
    found = []
    for each in pushes:
        if not each.secret:
            found.append(Finding(State.ATTENTION, Unsigned(), each.page))
        elif each.latest is None:
            found.append(unknown(Unpushed(each.came), each.page))
        elif each.is_silent(now):
            found.append(Finding(State.ATTENTION, Silent(each.latest, now), each.page))
        else:
            found.append(good(Pushed(each.latest, now), each.page))
    return found
