"""The settings in force, and what is said to somebody who shows them in chat or types others."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Collection, Sequence
from typing import Any

from pageinbox.model.logged import nobody_named
from pageinbox.model.post import Post
from pageinbox.settings.in_force import in_force
from pageinbox.settings.reading import Settings, SettingsError, read
from pageinbox.settings.typed import meant, missing, wrong_with
from pageinbox.words import refusals
from pageinbox.words.settings import in_force as shown

log = logging.getLogger(__name__)

CEILINGS = ("DETAIL", "ROOMS")
"""The settings that keep rooms from seeing more: without them, other settings would show what chat has hidden."""

EXAMPLE = 'plugin config Inbox {"CACHE_TTL": 60}'


class Configured:
    """The settings in force: those stored from chat over those of config.py, or else the last good ones.

    `own` gives those of config.py; no Page may be named like one of the `commands`. `chosen` is None while there were
    no good ones; `refusal` is the sentence on what is wrong with the latest, "" for nothing.
    """

    def __init__(self, own: Callable[[], dict[str, Any] | None], commands: Collection[str]) -> None:
        self.chosen: Settings | None = None
        self.refusal = ""
        self._own = own
        self._commands = commands
        self._layers: tuple[dict[str, Any] | None, dict[str, Any] | None] = (None, None)

    @property
    def origins(self) -> tuple[str, ...]:
        """From where the settings in force were read."""
        config, overrides = self._layers
        return tuple(name for name, layer in (("config.py", config), ("chat", overrides)) if layer)

    def use(self, stored: dict[str, Any] | None) -> Settings | None:
        """Put settings in force, those `stored` from chat over those of config.py, or the latter with no more of chat
        than how much rooms may see, or alone.

        Gives them; None where none can be, so that the last good ones stay.
        """
        self.refusal = ""
        for overrides in (stored, ceilings(stored), None):
            try:
                self.chosen = self._read(overrides)
                self._layers = (self._own(), overrides)
                for sentence in missing(self.chosen):
                    log.error("A Page can't be read: %s", nobody_named(sentence))
                return self.chosen
            except SettingsError as error:
                log.error("Settings refused: %s", without_people(str(error)))
                self.refusal = self.refusal or str(error)
                if self.chosen is not None:
                    return None
        return None

    def answer(self, typed: str, prefix: str) -> Post | None:
        """What is said to somebody who types settings: what is wrong with them, None for nothing.

        Without any, those in force, if there are any. `prefix` is the bot's.
        """
        if not typed:
            return shown(in_force(*self._layers), self.refusal, EXAMPLE) if self.chosen else None
        why = wrong_with(typed, self._read, self.chosen, example=f"{prefix}{EXAMPLE}")
        return refusals.refused(why) if why else None

    def for_errbot(self, typed: str) -> str:
        """Settings with which nothing is wrong, as Errbot reads them: it knows no JSON, and straight quotes alone.

        `None` is none, which Errbot knows as `{}`.
        """
        return repr(meant(typed) or {}) if typed else ""

    def trouble(self) -> tuple[Sequence[str], Post]:
        """The sentences on what keeps Pages, or all of them, from being read; and what admins are told of that."""
        if self.chosen is None:
            return (self.refusal,), refusals.cannot_start(self.refusal)
        wrong = missing(self.chosen)
        return wrong, refusals.cannot_read(wrong)

    def ignored(self) -> tuple[Sequence[str], Post]:
        """The sentence on why what chat stored is not in force, "" where it is; and what admins are told of that."""
        why = "" if self.chosen is None else self.refusal
        return (why,), refusals.cannot_use(why)

    def _read(self, overrides: dict[str, Any] | None) -> Settings:
        return read(self._own(), overrides, environment=os.environ, commands=self._commands)


def ceilings(stored: object) -> dict[str, Any] | None:
    """What chat stored of how much rooms may see, which holds whatever else is wrong there; None for nothing."""
    return {key: stored[key] for key in CEILINGS if key in stored} or None if isinstance(stored, dict) else None


def without_people(sentence: str) -> str:
    """A refusal as the log may have it: one of a watch repeats what was written there, such as a customer's name."""
    entry = re.match(r"WATCHES, entry \d+", sentence)
    return f"{entry[0]} can't be right; in chat I say why." if entry else nobody_named(sentence)
