"""What a homeserver gives that is an event at all: others' servers let through what makes no sense.

matrix-nio stumbles over some of it, and the sync that brings it would come again for ever.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

log = logging.getLogger(__name__)

REQUIRED = {"type": str, "event_id": str, "sender": str, "origin_server_ts": (int, float), "content": dict}
"""What every event of a room has: Matrix client-server API v1.11, "Room event format"."""

STRIPPED = {"type": str, "sender": str, "content": dict}
"""What is left of those that an invitation shows, and of what goes from device to device."""

KEPT = {"type": str, "content": dict}
"""What those have that the account keeps for itself."""

UNREAD = ("account_data", "ephemeral", "summary", "unread_notifications", "unread_thread_notifications")
"""What a sync tells of a room that nobody here reads."""

LATEST = 2**53
"""No time is later, and none is earlier than as much before 1970: canonical JSON has no larger number."""


def without_nonsense(answer: Any) -> Any:
    """An answer of a homeserver's, from whose events those are taken out that are none, and what can't matter.

    Some servers write `null` for an object or a list that has nothing in it (matrix-org/dendrite#1709), which stops
    matrix-nio from reading any of the answer; it is as good as left out.
    """
    if isinstance(answer, dict) and "chunk" in answer:
        answer["chunk"] = answer["chunk"] or []  # which no page of a history may lack
    drop_nulls(answer)
    for room in rooms_of(answer):
        for name in UNREAD:
            room.pop(name, None)
        if isinstance(timeline := room.get("timeline"), dict):
            timeline.setdefault("events", [])  # which no timeline may lack
    dropped = False
    for events, required in events_in(answer):
        kept = [event for event in events if is_event(event, required)]
        dropped = dropped or len(kept) < len(events)
        events[:] = kept
    if dropped:
        log.warning("The homeserver gave me events that make no sense; I pass them by.")
    return answer


def is_event(event: Any, required: dict[str, Any]) -> bool:
    """Whether it has what is `required` of an event, and nothing else that can't be read."""
    if not isinstance(event, dict) or not isinstance(unsigned := event.get("unsigned", {}), dict):
        return False
    times = (event.get("origin_server_ts", 0), unsigned.get("age", 0))
    if any(isinstance(at, int | float) and not -LATEST <= at <= LATEST for at in times):
        return False
    return all(isinstance(event.get(name), kind) for name, kind in required.items())


def drop_nulls(whole: Any) -> None:
    """Take what is `null` out of an object and of those within it; what is in lists, such as events, stays as it is."""
    todo = [whole]
    while todo:
        if isinstance(each := todo.pop(), dict):
            for name in [name for name, found in each.items() if found is None]:
                del each[name]
            todo += each.values()


def events_in(answer: Any) -> Iterator[tuple[list[Any], dict[str, Any]]]:
    """The lists of events in the answer to a sync, or in a page of a room's history, and what each event there has."""
    yield from listed(answer, REQUIRED, "chunk")
    for name, required in (("to_device", STRIPPED), ("presence", STRIPPED), ("account_data", KEPT)):
        yield from listed(part(answer, name), required, "events")
    for room in rooms_of(answer):
        for name in ("timeline", "state"):
            yield from listed(part(room, name), REQUIRED, "events")
    for room in part(part(answer, "rooms"), "invite").values():
        yield from listed(part(room, "invite_state"), STRIPPED, "events")


def rooms_of(answer: Any) -> Iterator[dict[str, Any]]:
    """What a sync tells of rooms that the bot is in, or has left."""
    for membership in ("join", "leave"):
        yield from (room for room in part(part(answer, "rooms"), membership).values() if isinstance(room, dict))


def part(whole: Any, name: str) -> dict[str, Any]:
    """An object within another one; empty if there is none."""
    found = whole.get(name) if isinstance(whole, dict) else None
    return found if isinstance(found, dict) else {}


def listed(whole: Any, required: dict[str, Any], name: str) -> Iterator[tuple[list[Any], dict[str, Any]]]:
    found = whole.get(name) if isinstance(whole, dict) else None
    if isinstance(found, list):
        yield found, required
