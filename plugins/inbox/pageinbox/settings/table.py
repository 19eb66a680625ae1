"""What ops can choose: one table, from which the settings are read (`reading`) and docs/settings.md is written."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from pageinbox.model.source import Page, Platform
from pageinbox.model.watch import Detail
from pageinbox.settings import values
from pageinbox.settings.docs import settings_document
from pageinbox.settings.opening import opening_hours
from pageinbox.settings.values import Setting, Wrong


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


def _rooms(parts: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Detail]:
    """What rooms may see, by their names as written."""
    return MappingProxyType({name.strip(): own["detail"] for name, own in parts.items()})


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
        values.app_secret,
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
    Setting(
        "OPEN",
        'opening hours such as "mon-fri 09:00-18:00", or "" for those of the setting OPEN beside PAGES',
        "",
        "When somebody answers for this Page, if not when they do for the others.",
        opening_hours,
    ),
)

ROOM_SETTINGS = (
    Setting(
        "DETAIL",
        '"count", "initials", "name" or "snippet"',
        None,
        "How much of a conversation this room may see at most, whoever asks or watches there.",
        values.one_of(Detail),
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
        names=values.page_names,
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
        "PUSH_TOKEN",
        'any word of your own as env:NAME or file:PATH, or the word itself in config.py only, or "" for no push',
        "",
        "The Verify token of the webhook in the Meta app, which lets Meta tell the bot at once that somebody wrote. "
        "The Pages need their APP_SECRET for it, and Errbot its web server: [step by step](push.md).",
        values.optional_word,
        secret=_always,
    ),
    Setting(
        "POLL_INTERVAL_PUSHED",
        f"a number of seconds from 1 to {values.A_DAY}",
        300,
        "How often a watched list is checked while Meta tells the bot what changes in it, if that is less often than "
        "POLL_INTERVAL says.",
        values.seconds,
    ),
    Setting(
        "CACHE_TTL",
        f"a whole number of seconds from 0 to {values.A_DAY}",
        30,
        "How old an answer may be before Meta is asked again; 0 asks every time. An answer from more than fifty lists "
        "takes those that were checked in the last two minutes as they are.",
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
        "How much of a conversation every room and direct chat may see at most, from a mere number to the first words "
        "of the message; a watch may only show less.",
        values.one_of(Detail),
    ),
    Setting(
        "ROOMS",
        'a dict such as {"#public": {"DETAIL": "count"}}',
        {},
        "Rooms that may see less or more than DETAIL allows, with the key below: named as in WATCHES but without "
        "quotes around them, or as @sam for a direct chat. Each stays with its room when that is renamed. While a "
        "name isn't found, any room may be meant: none that isn't named here sees more than that one may, and the "
        "admins are told.",
        _rooms,
        parts=ROOM_SETTINGS,
        names=values.room_names,
    ),
    Setting(
        "TIMEZONE",
        'an IANA time zone such as "Europe/Rome", or "" for UTC',
        "",
        "Where the team is: times, days and quiet hours are of this zone. On Slack, everyone sees times in their own.",
        values.timezone,
    ),
    Setting(
        "OPEN",
        'opening hours such as "mon-fri 09:00-18:00, sat 10:00-14:00", in TIMEZONE, or "" for always',
        "",
        "When somebody is there to answer: how long customers have waited is told, and alarms, by these hours too. "
        "Meta's reply window goes on meanwhile.",
        opening_hours,
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
    Setting(
        "CLAIM_HOURS",
        "a whole number of hours from 1 to 720",
        4,
        "How long a claim holds while nobody answers; whoever has it is told then, and so is the room.",
        values.whole(1, 720),
    ),
)


def document() -> str:
    """The whole text of docs/settings.md."""
    return settings_document(SETTINGS, PAGE_SETTINGS, ROOM_SETTINGS)
