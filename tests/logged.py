"""What the log holds of customers: nothing may be there, at INFO and above."""

import logging
import re
from collections.abc import Iterable

from simulator.thread import message_id
from simulator.world import World

RECORD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


def customers(world: World) -> set[str]:
    """Who writes in a world and what: names, words, and the ids of people, conversations and messages."""
    found: set[str | None] = set()
    for page in world.pages.values():
        for platform in ("messenger", "instagram"):
            for folder in ("inbox", "other", "page_done", "spam"):
                for thread in world.conversations(page, platform, folder):
                    found |= {thread.id, thread.person.id, thread.person.name, thread.person.username}
                    for message in thread.loaded:
                        found |= {message_id(thread, message), message.text}
    return {text for text in found if text and not text.isspace()}


def lines(records: Iterable[logging.LogRecord]) -> list[str]:
    """Each record at INFO and above as one text: its words, its fields, and its exception's text."""
    form = logging.Formatter()
    return [
        " · ".join(
            [record.getMessage()]
            + [f"{name}={value}" for name, value in vars(record).items() if name not in RECORD]
            + ([form.formatException(record.exc_info)] if record.exc_info else [])
        )
        for record in records
        if record.levelno >= logging.INFO
    ]


def told_of(customers: Iterable[str], records: Iterable[logging.LogRecord]) -> list[str]:
    """The lines that hold something of customers."""
    logged = lines(records)
    whole = "\n".join(logged)
    near = [re.compile(rf"(?<!\w){re.escape(text)}(?!\w)") for text in customers if text in whole]
    return [line for line in logged if any(private.search(line) for private in near)]
