"""The settings in force, read from what config.py and chat say by the table of what there is."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import tzinfo
from types import MappingProxyType
from typing import Any

from pageinbox.language.entry import parse_entry
from pageinbox.language.nearest import nearest
from pageinbox.language.reader import QueryError
from pageinbox.language.vocabulary import GRAMMAR, WATCH_WORDS
from pageinbox.model.hours import OpeningHours
from pageinbox.model.secret import Secret
from pageinbox.model.source import Page
from pageinbox.model.text import fold
from pageinbox.model.watch import Detail, WatchSpec
from pageinbox.settings import references, values
from pageinbox.settings.table import SETTINGS
from pageinbox.settings.values import Setting, Wrong


class SettingsError(ValueError):
    """A refused setting; its text is one sentence: which key, what is wrong with it, what is right."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting, read and checked.

    `pages` is in configured order, by name. `graph_url` has no slash at its end. `poll_interval`,
    `poll_interval_pushed` and `cache_ttl` are seconds. `push_token` is None where Meta is not to tell of anything.
    `watches` are rooms, as written, and what each is to hear about. `rooms` are rooms, as written, and what each may
    see. `database_url` is None for SQLite in BOT_DATA_DIR.
    """

    pages: Mapping[str, Page]
    graph_url: str
    graph_version: str
    poll_interval: float
    push_token: Secret | None
    poll_interval_pushed: float
    cache_ttl: int
    watches: tuple[tuple[str, WatchSpec], ...]
    detail: Detail
    rooms: Mapping[str, Detail]
    database_url: Secret | None
    retention_days: int
    timezone: tzinfo
    claim_hours: int

    @property
    def slowest_interval(self) -> float:
        """The seconds between two looks at a list of which Meta tells what changes in it."""
        return self.poll_interval if self.push_token is None else max(self.poll_interval, self.poll_interval_pushed)


def read(
    config: Mapping[str, object] | None,
    overrides: Mapping[str, object] | None = None,
    *,
    environment: Mapping[str, str],
    commands: Collection[str] = (),
) -> Settings:
    """The settings in force: `config` (INBOX of config.py) with `overrides` (what chat stored) over it.

    `overrides` is what Errbot gives to `configure`: None before the first `!plugin config`. It may
    change everything, even one key of one Page, but hold no secret. `env:NAME` is looked up in
    `environment`. No Page may be named like one of the `commands`.
    A Page whose secret is not where it should be does not keep the others from being read: it has the sentence on that
    in `missing`.
    Raises `SettingsError` for the first thing that is not right, and where no Page has its secrets.
    """
    given = [{} if layer is None else layer for layer in (config, overrides)]
    read = _read_table(SETTINGS, "", given[0], given[1], environment)
    pages = read["pages"].values()
    for page in pages:
        if fold(page.name) in {*GRAMMAR, *WATCH_WORDS, *commands}:
            raise SettingsError(
                f'PAGES names a Page "{page.name}", which means something else in a command; rename it.'
            )
    if all(page.missing for page in pages):
        raise SettingsError(next(page.missing for page in pages))
    zone, hours = read["timezone"], read.pop("open")
    watches = _watches(read["watches"], read["pages"], zone)
    return Settings(**read | {"watches": watches, "pages": _opened(read["pages"], hours, zone)})


def read_one(
    key: str,
    config: Mapping[str, object] | None,
    overrides: Mapping[str, object] | None = None,
    *,
    environment: Mapping[str, str],
) -> Any:
    """One of the settings alone, whatever is wrong with the others; see `read`. Raises `SettingsError`."""
    table = tuple(setting for setting in SETTINGS if setting.key == key)
    given = [{key: layer[key]} if layer and key in layer else {} for layer in (config, overrides)]
    return _read_table(table, "", given[0], given[1], environment)[key.lower()]


def _opened(pages: Mapping[str, Page], hours: OpeningHours | None, zone: tzinfo) -> Mapping[str, Page]:
    """The Pages with opening hours by the clocks of the team's zone: their own, or else those of all."""
    own = {name: page.open or hours for name, page in pages.items()}
    opened = {name: each and replace(each, zone=zone) for name, each in own.items()}
    return MappingProxyType({name: replace(page, open=opened[name]) for name, page in pages.items()})


def _watches(entries: tuple[str, ...], pages: Mapping[str, Page], zone: tzinfo) -> tuple[tuple[str, WatchSpec], ...]:
    first: dict[tuple[str, WatchSpec], int] = {}
    wrong = ""
    for number, entry in enumerate(entries, 1):
        try:
            watch = parse_entry(entry, list(pages), zone=str(zone))
            if (other := first.setdefault(watch, number)) != number:
                wrong = (
                    wrong or f"WATCHES has the same watch twice, as entries {other} and {number}; remove one of them."
                )
        except QueryError as error:
            # the line repeats what was written, where a token may have been pasted
            line = re.sub(r"\w{16,}…?", lambda long: long[0] if long[0] in pages else "…", str(error))
            wrong = wrong or f"WATCHES, entry {number}: {line.rstrip('.')}."
    if wrong:
        raise SettingsError(wrong)  # not from within, since the error would carry the line as its context
    return tuple(first)


def _read_table(
    table: tuple[Setting, ...], where: str, config: Any, overrides: Any, environment: Mapping[str, str]
) -> dict[str, Any]:
    """What `table` makes of two dicts, one over the other, by lower-case key; `where` is their name."""
    known = [setting.key for setting in table]
    title = where or "INBOX"
    for layer in (config, overrides):
        if not isinstance(layer, Mapping):
            example = ' such as {"DETAIL": "count"}' if known == ["DETAIL"] else f" of {', '.join(known)}"
            raise SettingsError(f"{title} {values.kind(layer)}; it must be a dict{example}.")
        for key in layer:
            if key not in known:
                raise SettingsError(f"{title} has no setting {_unknown(key, known)}.")
    read: dict[str, Any] = {}
    for setting in table:
        name = f"{where}.{setting.key}" if where else setting.key
        if where and setting.secret:
            read[f"{setting.key.lower()}_at"] = _reference(setting.key, config, overrides)
        try:
            written = _written(setting, name, config, overrides, environment)
            read[setting.key.lower()] = setting.check(written)
        except Wrong as error:
            right = error.right or f"it must be {setting.kind}"
            sentence = f"{name} {error.wrong}; {right}."
            if not (where and isinstance(error, references.Unfound)):
                raise SettingsError(sentence) from None
            read[setting.key.lower()] = Secret("")
            read.setdefault("missing", sentence)
    return read


def _reference(key: str, config: Mapping[str, Any], overrides: Mapping[str, Any]) -> str:
    """Where a secret is, as it is written, chat before config.py; empty where it is no reference."""
    value = overrides[key] if key in overrides else config.get(key)
    written = references.unquoted(value) if isinstance(value, str) else ""
    return written if references.is_reference(written) else ""


def _unknown(key: object, known: list[str]) -> str:
    """How to speak of a key that does not exist: by name, unless it may be a token in the wrong place."""
    text = key if isinstance(key, str) and re.fullmatch(r"\w{1,24}", key) else ""
    near = nearest(text.upper(), known)
    right = f"the nearest is {near}" if near else f"it has {', '.join(known)}"
    return f"{text or 'of that name'}; {right}"


def _written(
    setting: Setting,
    name: str,
    config: Mapping[str, Any],
    overrides: Mapping[str, Any],
    environment: Mapping[str, str],
) -> object:
    """What was written for one setting, chat before config.py, with a secret already looked up."""
    key = setting.key
    if key not in config and key not in overrides:
        if setting.default is None:
            raise Wrong("is missing")
        return setting.default
    if setting.parts:
        under, over = (values.dictionary(layer.get(key, {})) for layer in (config, overrides))
        return {
            part: _read_table(
                setting.parts,
                f"{name}.{values.shortened(part)}",
                under.get(part, {}),
                over.get(part, {}),
                environment,
            )
            for part in setting.names({**under, **over})
        }
    value = overrides[key] if key in overrides else config[key]
    if setting.secret and isinstance(value, str) and (value := references.unquoted(value)):
        if references.is_reference(value):
            return references.referred(value, environment)
        if references.is_mistaken_reference(value):
            raise Wrong("looks like a reference, but is none")
        if key in overrides and setting.secret(value):
            raise Wrong(
                "is a secret and was written in chat",
                "renew it, then put it in config.py, or in the environment and write env:NAME",
            )
    return value
