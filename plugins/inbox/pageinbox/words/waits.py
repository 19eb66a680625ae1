"""How long somebody has waited for an answer, and how long Meta still lets the Page give one."""

from __future__ import annotations

from pageinbox.model.conversation import Conversation
from pageinbox.model.source import Page
from pageinbox.model.wait import HUMAN_AGENT, LITTLE, STANDARD, Window, window
from pageinbox.words.english import DAY, HOUR, MINUTE, at_least, duration, lasting

CLOSE = 0.001
"""Seconds by which an end may be missed, as times are no exact numbers."""


def waited(item: Conversation, page: Page, now: float) -> str:
    """How long somebody has waited: `2 days`, `at least 9 h`; with opening hours also `9 h, 2 h of them open`."""
    since = item.waiting_since
    text = at_least(now - since, item.at_least)
    opened = now - since if page.open is None else page.open.open_seconds(since, now)
    if duration(opened) == duration(now - since):
        return text
    # A day of opening hours would be taken for one from morning to evening.
    hours = "none" if opened < 1 else duration(opened) if opened < DAY else f"{opened // HOUR:,.0f} h"
    return f"{text}, {hours} of {'it' if duration(now - since).startswith('1 ') else 'them'} open"


def reply_window(item: Conversation, now: float) -> tuple[Window, float]:
    """Meta's window for an answer, and the seconds that are left of it."""
    return window(item.said_at if item.wrote is None else item.wrote, now)


def left_cell(item: Conversation, now: float) -> str:
    """What is left of it, as a cell of a row: `2 h left`, `5 days left (tag)`, `too late`."""
    kind, left = reply_window(item, now)
    if kind is Window.CLOSED:
        return "too late"
    return f"{lasting(left)} left{' (tag)' if kind is Window.HUMAN_AGENT else ''}"


def needs_tag(item: Conversation, now: float) -> bool:
    """Whether Meta takes an answer only with its human-agent tag."""
    return reply_window(item, now)[0] is Window.HUMAN_AGENT


def left_to(item: Conversation, now: float, what: str = "answer") -> str:
    """The same in a sentence: `2 h left to answer`, `5 days left to answer, with the human-agent tag`."""
    kind, left = reply_window(item, now)
    if kind is Window.CLOSED:
        return f"too late to {what}: Meta's 7 days are over"
    return f"{lasting(left)} left to {what}{', with the human-agent tag' if kind is Window.HUMAN_AGENT else ''}"


def whole_wait(item: Conversation, page: Page, now: float) -> str:
    """What is said of a conversation that is shown alone: `Waiting for 9 h; 15 h left to answer.`, or nothing."""
    if item.waiting:
        return f"Waiting for {waited(item, page, now)}; {left_to(item, now)}."
    if item.waiting is None or item.wrote is None:
        return ""
    left = left_to(item, now, "send another message")
    return f"{left[0].upper()}{left[1:]}."


def next_minute(at: float, now: float) -> float:
    """When something since a time, `at`, will have lasted for a minute more; a second, while seconds are told of it.

    They are in its first minute, and in the last one of Meta's window for an answer.
    """
    age = max(0.0, now - at)
    told = age < MINUTE or any(0 < end - age <= MINUTE for end in (STANDARD, HUMAN_AGENT))
    unit = 1 if told else MINUTE
    return at + (age // unit + 1) * unit - CLOSE if now >= at else now


def hurry(item: Conversation, now: float) -> str:
    """How long somebody who waits can still be answered, where that is no more than `LITTLE`; else nothing."""
    if not item.waiting:
        return ""
    _, left = reply_window(item, now)
    return f"{lasting(left)} left to answer" if 0 < left <= LITTLE else ""
