"""Errbot's Markdown converters, used by one thread at a time.

Facts about Errbot were seen in Errbot 6.2.1.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from markdown import Markdown  # type: ignore[import-untyped]


def convert_one_at_a_time(bot: Any) -> None:
    """Let each Markdown converter of the bot convert one text at a time, and begin anew with each.

    Errbot's backends share one converter among all threads, without a lock and without resetting it, so that a room
    could be sent parts of another room's message, and gets the footnotes of earlier ones.
    """
    for converter in list(vars(bot).values()):
        if isinstance(converter, Markdown) and "convert" not in vars(converter):
            converter.convert = alone(converter)


def alone(converter: Any) -> Callable[[str], str]:
    convert, lock = converter.convert, threading.Lock()

    def one(source: str) -> str:
        with lock:
            converter.reset()
            text: str = convert(source)
            return text

    return one
