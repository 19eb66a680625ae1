"""What is wrong with settings that somebody types in chat, before they are stored."""

from __future__ import annotations

from ast import literal_eval
from collections.abc import Callable
from typing import Any

from pageinbox.settings.reading import Settings, SettingsError


def wrong_with(text: str, read: Callable[[dict[str, Any]], Settings], chosen: Settings | None, *, example: str) -> str:
    """What is wrong with a dict of settings in `text`, as a sentence; empty for nothing.

    `read` reads them over those of config.py, or raises SettingsError. A secret that is missing counts unless it is
    missing in `chosen`, the settings in force, too. `example` is what can be typed.
    """
    try:
        lacking = set(missing(read(literal_eval(text))))
    except SettingsError as error:
        return str(error)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return f"That is not a dict of settings. For example: {example}"
    return min(lacking - set(missing(chosen) if chosen else ()), default="")


def missing(chosen: Settings) -> tuple[str, ...]:
    """The sentences on secrets that are not where the settings say, by which their Pages can't be read."""
    return tuple(page.missing for page in chosen.pages.values() if page.missing)
