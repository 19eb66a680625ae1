"""Which events of a sync the bot hears: in order, none twice, none from before it joined. Runs in the event loop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from nio import AsyncClient, RoomMemberEvent

from errbot_matrix.errors import Refused, reach

PAGE = 100
"""The most events of a room in one sync or one page of its history; servers give no more."""

PAGES = 20
"""How many pages of a room's history are read for what a sync has left out."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One of matrix-nio's events in a room, and whether the room was a direct chat when it came."""

    room: str
    event: Any
    direct: bool


@dataclass(frozen=True, slots=True)
class Connected:
    """The bot is logged in and knows its rooms. Comes once, before all else."""


@dataclass(frozen=True, slots=True)
class Done:
    """Everything up to here has been told, and need not be told again; `token` is what /sync calls this point."""

    token: str


@dataclass(frozen=True, slots=True)
class Concern:
    """Something the bot's admins should know: a sentence."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The bot can't log in, and trying again would not help."""

    sentence: str


News = Heard | Connected | Done | Concern | Failed


LOST = 600.0
"""Seconds within which a sync brings what the account has sent itself, however slow the server."""


DEAF = (
    "The homeserver has told me nothing for ten minutes, not even what I wrote myself. I'm starting afresh; I haven't "
    "heard what was said to me in that time."
)


class Echo:
    """Whether syncs still bring what the account sends itself; `clock` gives seconds.

    Servers have been seen to hand out a point that no sync leads on from (element-hq/synapse#20080), which looks as if
    nothing was said anywhere.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._brought = 0
        self._since: float | None = None
        """When something was missed first."""

    def lost(self, sent: int, moved: bool) -> bool:
        """Whether it is lost, after a sync; `sent` events so far, and `moved` says that the sync has led on."""
        if moved:
            self._brought, self._since = sent, None
        elif sent > self._brought and self._since is None:
            self._since = self._clock()
        return self._since is not None and self._clock() - self._since > LOST


async def events_of(client: AsyncClient, room: str, timeline: Any, since: str) -> list[Any]:
    """The events of a room since the sync `since`, oldest first, including those that the server left out of this sync.

    Raises the exceptions of `errbot_matrix.errors.reach`.
    """
    events = list(timeline.events)
    if timeline.limited and since and timeline.prev_batch and not just_joined(events, client.user_id):
        at = timeline.prev_batch
        for _ in range(PAGES):
            try:
                page = await reach(client.room_messages(room, at, since, limit=PAGE))
            except Refused:
                break  # we may not read its history
            events[:0] = reversed(page.chunk)
            if not page.end or not page.chunk:
                break
            at = page.end
    return events


def audible(events: Sequence[Any], own: str, oldest: float | None, clock: Callable[[], float]) -> list[Any]:
    """The events the bot is to hear: from others, since it was invited or joined, and not too old.

    `own` is the bot's id; `oldest` the time before which an event is old, in seconds since 1970 (None: never).
    """
    start = just_joined(events, own)
    return [
        event
        for event in events[start:]
        if (event.sender != own or isinstance(event, RoomMemberEvent))
        and (oldest is None or sent_at(event, clock) >= oldest)
    ]


def just_joined(events: Sequence[Any], own: str) -> int:
    """The index at which the bot's time in the room begins: its invitation, or else its joining; 0 if that was earlier.

    What was said before that is not meant for the bot; what was said between invitation and joining is.
    """
    starts: dict[str, int] = {}
    for index, event in enumerate(events):
        if isinstance(event, RoomMemberEvent) and event.state_key == own and event.membership != event.prev_membership:
            starts[event.membership] = index
    return starts.get("invite", starts.get("join", 0)) if "join" in starts else 0


def sent_at(event: Any, clock: Callable[[], float]) -> float:
    """When an event was sent, in seconds since 1970 by our clock: the earlier of the two times the server gives.

    Its age counts from when our server received it, by that server's clock. A message that a bridge brings over is as
    old as the bridge says.
    """
    age = event.source.get("unsigned", {}).get("age")
    said = float(event.server_timestamp / 1000)
    return min(said, clock() - age / 1000) if isinstance(age, int) else said
