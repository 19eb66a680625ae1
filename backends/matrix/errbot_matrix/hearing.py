"""What of a sync the bot is to hear: in order, nothing twice, nothing from before its time. Runs in the event loop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from nio import AsyncClient, RoomMemberEvent

from errbot_matrix.errors import Refused, reach

PAGE = 100
"""How many events of a room one sync or one look back brings at most, which is what servers give."""

PAGES = 20
"""How many pages a room is looked back, for what a sync has left out."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One event of matrix-nio's in a room, and whether that was a direct chat when it came."""

    room: str
    event: Any
    direct: bool


@dataclass(frozen=True, slots=True)
class Connected:
    """The bot is logged in and knows its rooms. Comes once, before all else."""


@dataclass(frozen=True, slots=True)
class Done:
    """Everything until here was told, and need not be told again; `token` is /sync's name for here."""

    token: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The bot can't log in, and trying again would not help."""

    sentence: str


News = Heard | Connected | Done | Failed


async def events_of(client: AsyncClient, room: str, timeline: Any, since: str) -> list[Any]:
    """The events of a room since the sync `since`, the oldest first, also those that the server left out of this one.

    Raises as :func:`errbot_matrix.errors.reach`.
    """
    events = list(timeline.events)
    if timeline.limited and since and timeline.prev_batch and not just_joined(events, client.user_id):
        at = timeline.prev_batch
        for _ in range(PAGES):
            try:
                page = await reach(client.room_messages(room, at, since, limit=PAGE))
            except Refused:
                break  # the room is not ours to look back in
            events[:0] = reversed(page.chunk)
            if not page.end or not page.chunk:
                break
            at = page.end
    return events


def audible(events: Sequence[Any], own: str, oldest: float | None, clock: Callable[[], float]) -> list[Any]:
    """Those events the bot is to hear: of others, from its own invitation or joining on, and not too old.

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
    """Where in these events the bot's time in the room begins: with its invitation, or else its joining; 0 if before.

    What was said before is not for the bot. What was said between invitation and joining is.
    """
    starts: dict[str, int] = {}
    for index, event in enumerate(events):
        if isinstance(event, RoomMemberEvent) and event.state_key == own and event.membership != event.prev_membership:
            starts[event.membership] = index
    return starts.get("invite", starts.get("join", 0)) if "join" in starts else 0


def sent_at(event: Any, clock: Callable[[], float]) -> float:
    """When an event was sent, in seconds since 1970 by our clock; of two times a server tells, the earlier.

    Its age counts from when our server got it, by that server's clock. What a bridge brings over from elsewhere is as
    old as it says.
    """
    age = event.source.get("unsigned", {}).get("age")
    said = float(event.server_timestamp / 1000)
    return min(said, clock() - age / 1000) if isinstance(age, int) else said
