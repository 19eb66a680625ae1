"""Settings that somebody types in chat, and what is wrong with them, before they are stored."""

from __future__ import annotations

import json
import re
from ast import literal_eval
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from pageinbox.settings.reading import Settings, SettingsError

BROKEN = (ValueError, SyntaxError, TypeError, MemoryError, RecursionError)
"""What reading a text as Python or JSON can raise."""

FENCE = re.compile(r"(`+)(?:json|python)?\s*(.*?)\s*\1", re.DOTALL | re.IGNORECASE)
"""What chats put around code."""

STRAIGHT = str.maketrans(
    dict.fromkeys("“”„‟«»", '"') | dict.fromkeys("‘’‚‛", "'") | {"\u00a0": " ", "\u202f": " ", "\u200b": None}
)
"""What phones and chats have made of quotes and blanks."""


def given_to(plugin: str, args: str) -> str | None:
    """What stands behind the name of a plugin in the words of `!plugin config`; None where another one is named.

    Errbot knows names in one spelling alone. Marks for code around this one, and what shows nothing, are none of it.
    """
    name = rf"\W*?(`*){re.escape(plugin)}(?!\w|-\w)\1"
    found = re.fullmatch(rf"{name}[^\w{{(\[`]*(.*?)\s*", args, re.DOTALL | re.IGNORECASE)
    return found and found[2]


def meant(text: str) -> Any:
    """What somebody typed or pasted for settings, in Python or JSON. Raises `ValueError` for anything else."""
    fenced = FENCE.fullmatch(text.strip())
    bare = fenced[2] if fenced else text.strip()
    for written in dict.fromkeys((bare, bare.translate(STRAIGHT))):
        for read in (literal_eval, json.loads):
            with suppress(*BROKEN):
                return read(written)
    raise ValueError


def wrong_with(text: str, read: Callable[[dict[str, Any]], Settings], chosen: Settings | None, *, example: str) -> str:
    """What is wrong with a dict of settings in `text`, as a sentence; empty for nothing.

    `read` reads them over those of config.py, or raises SettingsError. A secret that is missing counts unless it is
    missing in `chosen`, the settings in force, too. `example` is what can be typed.
    """
    try:
        lacking = set(missing(read(meant(text))))
    except SettingsError as error:
        return str(error)
    except BROKEN:
        return f"That is not a dict of settings. For example: {example}"
    return min(lacking - set(missing(chosen) if chosen else ()), default="")


def missing(chosen: Settings) -> tuple[str, ...]:
    """The sentences on secrets that are not where the settings say, by which their Pages can't be read."""
    return tuple(page.missing for page in chosen.pages.values() if page.missing)
