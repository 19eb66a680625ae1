"""What ops can choose: one table, which both reads the settings and writes docs/settings.md."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from types import MappingProxyType
from typing import Any

from pageinbox.language.entry import parse_entry
from pageinbox.language.nearest import nearest
from pageinbox.language.reader import QueryError
from pageinbox.language.vocabulary import GRAMMAR, WATCH_WORDS
from pageinbox.model.secret import Secret
from pageinbox.model.source import Page, Platform
from pageinbox.model.text import fold
from pageinbox.model.watch import Detail, WatchSpec
from pageinbox.settings import values
from pageinbox.settings.docs import settings_document
from pageinbox.settings.values import Setting, Wrong


class SettingsError(ValueError):
    """A refused setting; its text is one sentence: which key, what is wrong with it, what is right."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting, read and checked.

    `pages` is in configured order, by name. `graph_url` has no slash at its end. `poll_interval` and
    `cache_ttl` are seconds. `watches` are rooms, as written, and what each is to hear about. `database_url` is None for
    SQLite in BOT_DATA_DIR.
    """

    pages: Mapping[str, Page]
    graph_url: str
    graph_version: str
    poll_interval: float
    cache_ttl: int
    watches: tuple[tuple[str, WatchSpec], ...]
    detail: Detail
    database_url: Secret | None
    retention_days: int
    timezone: tzinfo


def _always(text: str) -> bool:
    return True


def _pages(parts: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Page]:
    """The Pages, from their names and their own settings as already read."""
    if not parts:
        raise Wrong(
            "names no Page",
            'to begin, write INBOX = {"PAGES": {"acme": {"ID": "200300400", "TOKEN": "env:ACME_PAGE_TOKEN"}}}'
            " in config.py, with the name and id of your own Page",
        )
    first: dict[str, str] = {}
    for name, own in parts.items():
        if (other := first.setdefault(own["id"], name)) != name:
            raise Wrong(f'has "{other}" and "{name}" with the same ID', "remove one of them")
    return MappingProxyType({name: Page(name=name, **own) for name, own in parts.items()})


PAGE_SETTINGS = (
    Setting(
        "ID",
        "the Page's id, 1 to 30 digits",
        None,
        "Meta's number for the Page, which the Page shows under About, Page transparency.",
        values.page_id,
    ),
    Setting(
        "TOKEN",
        "a Page token as env:NAME or file:PATH, or the token itself in config.py only",
        None,
        "Lets the bot read this Page.",
        values.token,
        secret=_always,
    ),
    Setting(
        "APP_SECRET",
        'an app secret as env:NAME or file:PATH, or the secret itself in config.py only, or ""',
        "",
        "Signs every call, so that a stolen token alone is useless once the Meta app requires the proof.",
        values.optional_token,
        secret=_always,
    ),
    Setting(
        "PLATFORMS",
        'a list of "messenger", "instagram" or both',
        ["messenger", "instagram"],
        "The platforms to read; leave out one that nobody answers on.",
        values.some_of(Platform),
    ),
    Setting(
        "AUTO_REPLIES",
        'a list of texts such as "Thanks for your message! We*", none of them just "*"',
        [],
        "What the Page says by itself, such as Meta's Instant Reply, and is no answer; a * at the end stands for "
        "anything, one elsewhere for the customer's name.",
        values.auto_replies,
    ),
)

SETTINGS = (
    Setting(
        "PAGES",
        'a dict such as {"acme": {"ID": "200300400", "TOKEN": "env:ACME_PAGE_TOKEN"}}',
        {},
        "The Facebook Pages to read, at least one, under the names people type, with the keys below.",
        _pages,
        parts=PAGE_SETTINGS,
    ),
    Setting(
        "GRAPH_URL",
        "an https:// address without user, query or fragment (http:// only for 127.0.0.1, localhost or [::1])",
        "https://graph.facebook.com",
        "Where the Graph API is; for the demo and the tests, the address of the local simulator.",
        values.graph_url,
    ),
    Setting(
        "GRAPH_VERSION",
        "a version of the Graph API such as v27.0",
        "v27.0",
        "The version to ask for, since Meta silently replaces an expired one with another.",
        values.version,
    ),
    Setting(
        "POLL_INTERVAL",
        f"a number of seconds from 1 to {values.A_DAY}",
        60,
        "How often each watched list is checked; a shorter time uses more of what Meta allows.",
        values.seconds,
    ),
    Setting(
        "CACHE_TTL",
        f"a whole number of seconds from 0 to {values.A_DAY}",
        30,
        "How old an answer may be before Meta is asked again; 0 asks every time.",
        values.whole(0, values.A_DAY),
    ),
    Setting(
        "WATCHES",
        'a list of texts such as "#support inbox messenger"',
        [],
        "Watches that exist from the start and can't be ended from chat: a room (in quotes if it contains spaces), "
        "then the words to type after !inbox watch. Each stays with its room when that is renamed. Bots that share a "
        "ledger need the same ones.",
        values.texts,
    ),
    Setting(
        "DETAIL",
        '"count", "initials", "name" or "snippet"',
        "snippet",
        "How much of a conversation a room sees, from a mere number to the first words of the message.",
        values.one_of(Detail),
    ),
    Setting(
        "TIMEZONE",
        'an IANA time zone such as "Europe/Rome", or "" for UTC',
        "",
        "Where the team is: times, days and quiet hours are of this zone. On Slack, everyone sees times in their own.",
        values.timezone,
    ),
    Setting(
        "DATABASE_URL",
        'a postgresql:// or sqlite:// address, or env:NAME or file:PATH for one, or "" for SQLite in BOT_DATA_DIR',
        "",
        "Where the ledger is kept: PostgreSQL lets several bots share Pages (with `sslmode=verify-full`, see below).",
        values.database_url,
        secret=values.holds_password,
    ),
    Setting(
        "RETENTION_DAYS",
        "a whole number of days from 1 to 3650",
        90,
        "Conversations in which nothing happens for longer are removed from the ledger.",
        values.whole(1, 3650),
    ),
)


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
    return Settings(**read | {"watches": _watches(read["watches"], read["pages"], read["timezone"])})


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
            raise SettingsError(f"{title} {values.kind(layer)}; it must be a dict of {', '.join(known)}.")
        for key in layer:
            if key not in known:
                raise SettingsError(f"{title} has no setting {_unknown(key, known)}.")
    read: dict[str, Any] = {}
    for setting in table:
        name = f"{where}.{setting.key}" if where else setting.key
        try:
            written = _written(setting, name, config, overrides, environment)
            read[setting.key.lower()] = setting.check(written)
        except Wrong as error:
            right = error.right or f"it must be {setting.kind}"
            sentence = f"{name} {error.wrong}; {right}."
            if not (where and isinstance(error, values.Unfound)):
                raise SettingsError(sentence) from None
            read[setting.key.lower()] = Secret("")
            read.setdefault("missing", sentence)
    return read


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
            part: _read_table(setting.parts, f"{name}.{part}", under.get(part, {}), over.get(part, {}), environment)
            for part in values.page_names({**under, **over})
        }
    value = overrides[key] if key in overrides else config[key]
    if setting.secret and isinstance(value, str) and value:
        if values.is_reference(value):
            return values.referred(value, environment)
        if values.is_mistaken_reference(value):
            raise Wrong("looks like a reference, but is none")
        if key in overrides and setting.secret(value):
            raise Wrong(
                "is a secret and was written in chat",
                "renew it, then put it in config.py, or in the environment and write env:NAME",
            )
    return value


def document() -> str:
    """The whole text of docs/settings.md."""
    return settings_document(SETTINGS, PAGE_SETTINGS)
