"""What each setting may be, and the sentence for everything else."""

import json
import os
import re
import subprocess
import sys
import traceback
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, time, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import settings as runs
from hypothesis import strategies as st

from pageinbox.commands.table import WORDS
from pageinbox.model.calendar import WEEKDAYS
from pageinbox.model.hours import OpeningHours, Span
from pageinbox.model.secret import Secret
from pageinbox.model.source import Folder, Page, Platform
from pageinbox.model.watch import Detail, Quiet, WatchSpec
from pageinbox.settings.in_force import in_force
from pageinbox.settings.opening import opening_hours
from pageinbox.settings.reading import Settings, SettingsError, read
from pageinbox.settings.table import PAGE_SETTINGS, SETTINGS, document
from pageinbox.settings.typed import given_to, meant

ROOT = Path(__file__).parent.parent
SECRET = "f00dfacecafe4badb105f11e5a1ad000"  # the form of Meta's app secrets
MISTAKEN = (
    "ENV:T",
    "env=T",
    "$T",
    "${T}",
    "%T%",
    "<token>",
    "PAGE_TOKEN",
    "/run/secrets/t",
    "~/t",
    "File:/run/t",
    "env T",
)
ENVIRONMENT = {
    "T": "page-token",
    "REFERS": "${T}",
    "EMPTY": " \n",
    "BLANK": f"{SECRET} {SECRET}",
    "DB": f"postgresql://u:{SECRET}@h/d",
    "NAMED": "access_token=EAAB1",
}
PAGE: dict[str, Any] = {"ID": "200300400", "TOKEN": "env:T"}
BASE: dict[Any, Any] = {"PAGES": {"acme": PAGE}}
BEGIN = (
    'PAGES names no Page; to begin, write INBOX = {"PAGES": {"acme": {"ID": "200300400", "TOKEN": '
    '"env:ACME_PAGE_TOKEN"}}} in config.py, with the name and id of your own Page.'
)
ROME = ZoneInfo("Europe/Rome")
KEYS = (
    "PAGES, GRAPH_URL, GRAPH_VERSION, POLL_INTERVAL, PUSH_TOKEN, POLL_INTERVAL_PUSHED, CACHE_TTL, WATCHES, DETAIL, "
    "ROOMS, TIMEZONE, OPEN, DATABASE_URL, RETENTION_DAYS, CLAIM_HOURS"
)
PAGE_KEYS = "ID, TOKEN, APP_SECRET, PLATFORMS, AUTO_REPLIES, OPEN"
NAME = (
    "PAGES has a name that can't be typed in a command; "
    "a name is a letter or digit, then up to 29 letters, digits and . & + ' - _."
)
GRAPH_URL = (
    "it must be an https:// address without user, query or fragment (http:// only for 127.0.0.1, localhost or [::1])."
)
POLL_INTERVAL = "it must be a number of seconds from 1 to 86400."
CACHE_TTL = "it must be a whole number of seconds from 0 to 86400."
ROOMS = 'it must be a dict such as {"#public": {"DETAIL": "count"}}.'
NO_ROOM = 'has a name that no room has; write a name or an id, such as "#support".'
WATCHES = 'it must be a list of texts such as "#support inbox messenger".'
SAMPLE = "#support inbox"
TIMEZONE = 'it must be an IANA time zone such as "Europe/Rome", or "" for UTC.'
OPEN = 'it must be opening hours such as "mon-fri 09:00-18:00, sat 10:00-14:00", in TIMEZONE, or "" for always.'
PAGE_OPEN = 'it must be opening hours such as "mon-fri 09:00-18:00", or "" for those of the setting OPEN beside PAGES.'
RETENTION_DAYS = "it must be a whole number of days from 1 to 3650."
CLAIM_HOURS = "it must be a whole number of hours from 1 to 720."
DATABASE_URL = (
    "it must be a postgresql:// or sqlite:// address, or env:NAME or file:PATH for one, "
    'or "" for SQLite in BOT_DATA_DIR.'
)
ID = "it must be the Page's id, 1 to 30 digits."
TOKEN = "it must be a Page token as env:NAME or file:PATH, or the token itself in config.py only."
AUTO_REPLIES = 'it must be a list of texts such as "Thanks for your message! We*", none of them just "*".'
EVERY_MESSAGE = f"every message begins with; {AUTO_REPLIES}"
PLATFORMS = 'it must be a list of "messenger", "instagram" or both.'
DETAIL = 'it must be "count", "initials", "name" or "snippet".'
IN_CHAT = (
    "is a secret and was written in chat; renew it, then put it in config.py, or in the environment and write env:NAME."
)


def acme(**changes: object) -> dict[str, object]:
    """INBOX with one Page, some of whose keys are changed."""
    return {"PAGES": {"acme": {**PAGE, **changes}}}


def settings(config: Mapping[str, object] | None = None, chat: Mapping[str, object] | None = None) -> Settings:
    return read(BASE if config is None else config, chat, environment=ENVIRONMENT)


def refusal(config: object, chat: object = None) -> str:
    with pytest.raises(SettingsError) as refused:
        read(config, chat, environment=ENVIRONMENT, commands=WORDS)  # type: ignore[arg-type]
    return str(refused.value)


def test_the_least_gives_every_default() -> None:
    assert settings() == Settings(
        pages={"acme": Page("acme", "200300400", Secret("page-token"), token_at=PAGE["TOKEN"])},
        graph_url="https://graph.facebook.com",
        graph_version="v27.0",
        poll_interval=60,
        push_token=None,
        poll_interval_pushed=300,
        cache_ttl=30,
        watches=(),
        detail=Detail.SNIPPET,
        rooms={},
        database_url=None,
        retention_days=90,
        timezone=UTC,
        claim_hours=4,
    )


def test_everything_at_once() -> None:
    config: dict[str, Any] = {
        "PAGES": {
            "zoo": {"ID": 1, "TOKEN": "literal", "APP_SECRET": "env:T", "PLATFORMS": ("Instagram", "instagram")},
            "acme": PAGE,
        },
        "GRAPH_URL": "http://127.0.0.1:8700/",
        "GRAPH_VERSION": "v27.0",
        "POLL_INTERVAL": 1.5,
        "CACHE_TTL": 0,
        "WATCHES": [" #support inbox messenger ", '"the team" acme spam'],
        "DETAIL": "Initials",
        "ROOMS": {" #boss": {"DETAIL": "SNIPPET"}, "!aB:x": {"DETAIL": "count"}, "!ab:x": {"DETAIL": "name"}},
        "DATABASE_URL": "env:DB",
        "RETENTION_DAYS": 3650,
        "CLAIM_HOURS": 24,
        "TIMEZONE": "Europe/Rome",
    }
    read_ = settings(config)
    assert list(read_.pages) == ["zoo", "acme"]
    assert read_.pages["zoo"] == Page(
        "zoo", "1", Secret("literal"), Secret("page-token"), (Platform.INSTAGRAM,), app_secret_at="env:T"
    )
    assert read_.graph_url == "http://127.0.0.1:8700"
    assert (read_.graph_version, read_.poll_interval, read_.cache_ttl) == ("v27.0", 1.5, 0)
    assert read_.watches == (
        ("#support", WatchSpec(platform=Platform.MESSENGER)),
        ("the team", WatchSpec(folder=Folder.SPAM, page="acme")),
    )
    assert (read_.detail, read_.retention_days, read_.timezone) == (Detail.INITIALS, 3650, ROME)
    assert read_.rooms == {"#boss": Detail.SNIPPET, "!aB:x": Detail.COUNT, "!ab:x": Detail.NAME}
    assert read_.claim_hours == 24
    assert read_.database_url == Secret(ENVIRONMENT["DB"])


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        (None, BEGIN),
        ({}, BEGIN),
        ({"PAGES": {}}, BEGIN),
        ([], f"INBOX is empty; it must be a dict of {KEYS}."),
        ("acme", f"INBOX is a text; it must be a dict of {KEYS}."),
        ({**BASE, "POLL_INTERVALL": 3}, "INBOX has no setting POLL_INTERVALL; the nearest is POLL_INTERVAL."),
        ({**BASE, "pages": 3}, "INBOX has no setting pages; the nearest is PAGES."),
        ({**BASE, "zz": 3}, f"INBOX has no setting zz; it has {KEYS}."),
        ({**BASE, SECRET: 3}, f"INBOX has no setting of that name; it has {KEYS}."),
        ({**BASE, 5: 3}, f"INBOX has no setting of that name; it has {KEYS}."),
        (
            {"PAGES": []},
            'PAGES is empty; it must be a dict such as {"acme": {"ID": "200300400", "TOKEN": "env:ACME_PAGE_TOKEN"}}.',
        ),
        ({"PAGES": {"acme": "env:T"}}, f"PAGES.acme is a text; it must be a dict of {PAGE_KEYS}."),
        ({"PAGES": {"acme": None}}, f"PAGES.acme is None; it must be a dict of {PAGE_KEYS}."),
        ({"PAGES": {"my page": PAGE}}, NAME),
        ({"PAGES": {"": PAGE}}, NAME),
        ({"PAGES": {"@acme": PAGE}}, NAME),
        ({"PAGES": {SECRET: PAGE}}, NAME),
        ({"PAGES": {5: PAGE}}, NAME),
        (
            {"PAGES": {"acme": PAGE, "ACME": {**PAGE, "ID": "1"}}},
            'PAGES has "acme" and "ACME", which are the same name in chat; rename one of them.',
        ),
        (
            {"PAGES": {"acme": PAGE, "zoo": {**PAGE, "ID": 200300400}}},
            'PAGES has "acme" and "zoo" with the same ID; remove one of them.',
        ),
        (acme(TOKN="x"), "PAGES.acme has no setting TOKN; the nearest is TOKEN."),
        ({"PAGES": {"acme": {"TOKEN": "env:T"}}}, f"PAGES.acme.ID is missing; {ID}"),
        (acme(ID=True), f"PAGES.acme.ID is True; {ID}"),
        (acme(ID=-5), f"PAGES.acme.ID is -5; {ID}"),
        (acme(ID=10**5000), f"PAGES.acme.ID is out of range; {ID}"),  # longer than Python prints
        (acme(ID=""), f"PAGES.acme.ID is empty; {ID}"),
        (acme(ID="acme"), f"PAGES.acme.ID is not a Page id; {ID}"),
        (acme(ID="٢٠٠"), f"PAGES.acme.ID is not a Page id; {ID}"),
        ({"PAGES": {"acme": {"ID": 1}}}, f"PAGES.acme.TOKEN is missing; {TOKEN}"),
        (acme(TOKEN=None), f"PAGES.acme.TOKEN is None; {TOKEN}"),
        (acme(TOKEN=["x"]), f"PAGES.acme.TOKEN is a list; {TOKEN}"),
        (acme(TOKEN=b"x"), f"PAGES.acme.TOKEN is a bytes; {TOKEN}"),
        (acme(TOKEN=""), f"PAGES.acme.TOKEN is empty; {TOKEN}"),
        (acme(TOKEN="a\nb"), f"PAGES.acme.TOKEN contains a space or another character that no token has; {TOKEN}"),
        *(
            (acme(**{key: written}), f"PAGES.acme.{key} begins with {begins}; write what stands behind that, alone.")
            for key in ("TOKEN", "APP_SECRET")
            for written, begins in (
                ("ACME_TOKEN=EAAB1", "a name and a ="),
                ("export TOKEN = 'EAAB1'", "a name and a ="),
                ("env:NAMED", "a name and a ="),
                ("Bearer EAAB1", '"Bearer"'),
                ("oauth EAAB1", '"oauth"'),
            )
        ),
        (
            acme(APP_SECRET=f"EAAG{'x' * 60}"),
            "PAGES.acme.APP_SECRET looks like a token; write the app secret, which the app's dashboard at Meta shows.",
        ),
        *(
            (
                acme(**{key: "https://graph.facebook.com/me?access_token=EAAB1"}),
                f"PAGES.acme.{key} contains an address; write the token or the secret that stands in it, alone.",
            )
            for key in ("TOKEN", "APP_SECRET")
        ),
        *(
            (
                acme(**{key: b64encode(f"{secret}{end}".encode()).decode()}),
                f"PAGES.acme.{key} is in base64; write what is encoded in it; Kubernetes encodes the values of a "
                "Secret by itself.",
            )
            for key, secret in (("TOKEN", f"EAAG{'x' * 60}"), ("APP_SECRET", "0123456789abcdef" * 2))
            for end in ("", "\n")  # as recorded of many (bank-vaults/bank-vaults#13)
        ),
        *((acme(TOKEN=text), f"PAGES.acme.TOKEN looks like a reference, but is none; {TOKEN}") for text in MISTAKEN),
        (
            acme(TOKEN="env:REFERS"),
            "PAGES.acme.TOKEN is env:REFERS, which holds another reference; put the secret itself there.",
        ),
        (
            {**BASE, "DATABASE_URL": "ENV:DB"},
            f"DATABASE_URL looks like a reference, but is none; {DATABASE_URL}",
        ),
        *(
            (
                {"PAGES": {name: PAGE}},
                f'PAGES names a Page "{name}", which means something else in a command; rename it.',
            )
            for name in ("spam", "Instagram", "user", "text", "Watches")
        ),
        *(
            (
                {**BASE, "WATCHES": [entry]},
                f"WATCHES, entry 1: It has to begin with a room, and “{entry.split()[0]}” says what to watch; "
                f"quote the name of such a room. For example: #support {entry}.",
            )
            for entry in ("inbox messenger", "Spam", "acme instagram", "watch inbox")
        ),
        (acme(TOKEN="env:BLANK"), f"PAGES.acme.TOKEN contains a space or another character that no token has; {TOKEN}"),
        (
            acme(TOKEN="env:ACME_PAGE_TOKEN"),
            "PAGES.acme.TOKEN is env:ACME_PAGE_TOKEN, but that environment variable is not set; "
            "set it where Errbot is started.",
        ),
        (
            acme(TOKEN="env:EMPTY"),
            "PAGES.acme.TOKEN is env:EMPTY, but that environment variable is empty; set it where Errbot is started.",
        ),
        (
            acme(TOKEN=f"env:{SECRET}"),
            "PAGES.acme.TOKEN is env:…, but that environment variable is not set; set it where Errbot is started.",
        ),
        (
            acme(TOKEN="file:/nowhere/token"),
            "PAGES.acme.TOKEN is file:/nowhere/token, which can't be read (No such file or directory); "
            "put the secret in that file.",
        ),
        (
            acme(TOKEN="file:/"),
            "PAGES.acme.TOKEN is file:/, which can't be read (Is a directory); put the secret in that file.",
        ),
        (
            acme(TOKEN="file:/dev/null"),
            "PAGES.acme.TOKEN is file:/dev/null, which is empty; put the secret in that file.",
        ),
        (
            acme(TOKEN="file:a\0b"),
            "PAGES.acme.TOKEN is file:…, which can't be read (it is not a path); put the secret in that file.",
        ),
        (
            acme(APP_SECRET=f"file:{SECRET}"),
            "PAGES.acme.APP_SECRET is file:…, which can't be read (No such file or directory); "
            "put the secret in that file.",
        ),
        (
            acme(APP_SECRET=None),
            "PAGES.acme.APP_SECRET is None; it must be an app secret as env:NAME or file:PATH, "
            'or the secret itself in config.py only, or "".',
        ),
        (acme(PLATFORMS="instagram"), f"PAGES.acme.PLATFORMS is a text; {PLATFORMS}"),
        (acme(PLATFORMS=[]), f"PAGES.acme.PLATFORMS is empty; {PLATFORMS}"),
        (acme(PLATFORMS=["instagram", "ig"]), f'PAGES.acme.PLATFORMS has "ig", which I don\'t know; {PLATFORMS}'),
        (
            acme(PLATFORMS=["mesenger"]),
            'PAGES.acme.PLATFORMS has "mesenger", which I don\'t know; the nearest is "messenger".',
        ),
        (acme(PLATFORMS=[SECRET]), f"PAGES.acme.PLATFORMS has an unknown word; {PLATFORMS}"),
        (acme(AUTO_REPLIES="Thanks!"), f"PAGES.acme.AUTO_REPLIES is a text; {AUTO_REPLIES}"),
        (acme(AUTO_REPLIES=[""]), f"PAGES.acme.AUTO_REPLIES has an entry that is empty; {AUTO_REPLIES}"),
        *(
            (acme(AUTO_REPLIES=["Hi", all_of_them]), f"PAGES.acme.AUTO_REPLIES has an entry that {EVERY_MESSAGE}")
            for all_of_them in (" ** ", "* *", "\uff0a", "*\u200b", '"*')
        ),
        (acme(PLATFORMS=[1]), f"PAGES.acme.PLATFORMS has an entry that is 1; {PLATFORMS}"),
        ({**BASE, "GRAPH_URL": 1}, f"GRAPH_URL is 1; {GRAPH_URL}"),
        ({**BASE, "GRAPH_URL": ""}, f"GRAPH_URL is empty; {GRAPH_URL}"),
        ({**BASE, "GRAPH_URL": "graph.facebook.com"}, f"GRAPH_URL is not a complete web address; {GRAPH_URL}"),
        ({**BASE, "GRAPH_URL": "ftp://graph.facebook.com"}, f"GRAPH_URL is not a complete web address; {GRAPH_URL}"),
        ({**BASE, "GRAPH_URL": "https://h:port"}, f"GRAPH_URL is not a complete web address; {GRAPH_URL}"),
        ({**BASE, "GRAPH_URL": "https://[::1"}, f"GRAPH_URL is not a complete web address; {GRAPH_URL}"),
        ({**BASE, "GRAPH_URL": "https://u:p@h"}, f"GRAPH_URL contains a user, a query or a fragment; {GRAPH_URL}"),
        ({**BASE, "GRAPH_URL": "https://h/?"}, f"GRAPH_URL contains a user, a query or a fragment; {GRAPH_URL}"),
        ({**BASE, "GRAPH_URL": "https://h/#x"}, f"GRAPH_URL contains a user, a query or a fragment; {GRAPH_URL}"),
        (
            {**BASE, "GRAPH_URL": "https://h\n.example"},
            f"GRAPH_URL contains a space or another character that no address has; {GRAPH_URL}",
        ),
        (
            {**BASE, "GRAPH_URL": "https://127.0.0.1\\.example"},
            f"GRAPH_URL contains a space or another character that no address has; {GRAPH_URL}",
        ),
        (
            {**BASE, "GRAPH_URL": "https://graph.facebook.com/v26.0/"},
            "GRAPH_URL contains a version, or // in its path; leave that out; the version stands in GRAPH_VERSION.",
        ),
        (
            {**BASE, "GRAPH_URL": "https://https://graph.facebook.com"},
            "GRAPH_URL contains a version, or // in its path; leave that out; the version stands in GRAPH_VERSION.",
        ),
        (
            {**BASE, "GRAPH_URL": "http://graph.facebook.com"},
            f"GRAPH_URL would send the tokens unencrypted; {GRAPH_URL}",
        ),
        (
            {**BASE, "GRAPH_URL": "http://127.0.0.1.example"},
            f"GRAPH_URL would send the tokens unencrypted; {GRAPH_URL}",
        ),
        (
            {**BASE, "GRAPH_VERSION": "26.0"},
            "GRAPH_VERSION is not a version; it must be a version of the Graph API such as v27.0.",
        ),
        (
            {**BASE, "GRAPH_VERSION": 26.0},
            "GRAPH_VERSION is 26.0; it must be a version of the Graph API such as v27.0.",
        ),
        ({**BASE, "POLL_INTERVAL": "60"}, f"POLL_INTERVAL is a text; {POLL_INTERVAL}"),
        ({**BASE, "POLL_INTERVAL": True}, f"POLL_INTERVAL is True; {POLL_INTERVAL}"),
        ({**BASE, "POLL_INTERVAL": 0.999}, f"POLL_INTERVAL is 0.999; {POLL_INTERVAL}"),
        ({**BASE, "POLL_INTERVAL": 86401}, f"POLL_INTERVAL is 86401; {POLL_INTERVAL}"),
        ({**BASE, "POLL_INTERVAL": float("nan")}, f"POLL_INTERVAL is out of range; {POLL_INTERVAL}"),
        ({**BASE, "POLL_INTERVAL": float("inf")}, f"POLL_INTERVAL is out of range; {POLL_INTERVAL}"),
        ({**BASE, "POLL_INTERVAL": 10**5000}, f"POLL_INTERVAL is out of range; {POLL_INTERVAL}"),
        ({**BASE, "CACHE_TTL": -1}, f"CACHE_TTL is -1; {CACHE_TTL}"),
        ({**BASE, "CACHE_TTL": 1.5}, f"CACHE_TTL is 1.5; {CACHE_TTL}"),
        ({**BASE, "CACHE_TTL": False}, f"CACHE_TTL is False; {CACHE_TTL}"),
        ({**BASE, "WATCHES": "#support"}, f"WATCHES is a text; {WATCHES}"),
        ({**BASE, "WATCHES": {"#support": "inbox"}}, f"WATCHES is a dict; {WATCHES}"),
        ({**BASE, "WATCHES": ["#support", " "]}, f"WATCHES has an entry that is empty; {WATCHES}"),
        (
            {**BASE, "WATCHES": ['""']},
            f"WATCHES, entry 1: It has to begin with a room. For example: {SAMPLE} messenger.",
        ),
        (
            {**BASE, "WATCHES": ["#support", "#spam spma ig"]},
            "WATCHES, entry 2: I don't know “spma”. Did you mean spam? For example: #support spam instagram.",
        ),
        (
            {**BASE, "WATCHES": ["#support quiet"]},
            f"WATCHES, entry 1: “quiet” needs hours. For example: {SAMPLE} quiet 22:00-08:00 UTC.",
        ),
        ({**BASE, "WATCHES": [f"#support {SECRET}"]}, "WATCHES, entry 1: I don't know “…”."),
        (
            {**BASE, "WATCHES": ["#support ig", "#sales", "#support Instagram inbox"]},
            "WATCHES has the same watch twice, as entries 1 and 3; remove one of them.",
        ),
        ({**BASE, "TIMEZONE": "Europe/Roma"}, "TIMEZONE is no IANA time zone; the nearest is Europe/Rome."),
        ({**BASE, "TIMEZONE": "Amercia/New York"}, "TIMEZONE is no IANA time zone; the nearest is America/New_York."),
        ({**BASE, "TIMEZONE": "../etc/passwd"}, f"TIMEZONE is no IANA time zone; {TIMEZONE}"),
        ({**BASE, "TIMEZONE": "EAAGtoken0of0one0page"}, f"TIMEZONE is no IANA time zone; {TIMEZONE}"),
        *(
            (
                {**BASE, "TIMEZONE": offset},
                'TIMEZONE is an offset, which ignores summer time; write the zone of a place, such as "Europe/Rome".',
            )
            for offset in ("UTC+2", "GMT +1", "+02:00", "utc-05:00")
        ),
        (
            {**BASE, "TIMEZONE": "PST"},
            'TIMEZONE is short for several time zones; write the zone of a place, such as "America/Los_Angeles".',
        ),
        ({**BASE, "TIMEZONE": 2}, f"TIMEZONE is 2; {TIMEZONE}"),
        ({**BASE, "TIMEZON": "UTC"}, "INBOX has no setting TIMEZON; the nearest is TIMEZONE."),
        ({**BASE, "OPEN": 9}, f"OPEN is 9; {OPEN}"),
        ({**BASE, "OPEN": [["mon", "09:00-18:00"]]}, f"OPEN is a list; {OPEN}"),
        ({**BASE, "OPEN": " ,; "}, f"OPEN has no hours; {OPEN}"),
        ({**BASE, "OPEN": "mno-fri 09:00-18:00"}, "OPEN has “mno-fri”, which names no day; the nearest is mon-fri."),
        (acme(OPEN="sut 10:00-14:00"), "PAGES.acme.OPEN has “sut”, which names no day; the nearest is sun."),
        (acme(OPEN="heute 09:00-18:00"), f"PAGES.acme.OPEN has “heute”, which names no day; {PAGE_OPEN}"),
        ({**BASE, "OPEN": "mon-wed-fri 09:00-18:00"}, f"OPEN has “mon-wed-fri”, which names no day; {OPEN}"),
        ({**BASE, "OPEN": f"{SECRET} 09:00-18:00"}, f"OPEN has “…”, which names no day; {OPEN}"),
        ({**BASE, "OPEN": "weekdays 09:00-18:00"}, "OPEN has “weekdays”, which names no day; write mon-fri."),
        (
            {**BASE, "OPEN": "mon-sat 09:00-18:00, sun closed"},
            "OPEN has “closed”, which names no day; leave out the days on which it is closed.",
        ),
        ({**BASE, "OPEN": "mon-fri 9-18"}, "OPEN has “9-18”, which are no hours; the nearest is 09:00-18:00."),
        ({**BASE, "OPEN": "mon-fri 9am-6pm"}, "OPEN has “9am-6pm”, which are no hours; the nearest is 09:00-18:00."),
        ({**BASE, "OPEN": "mon-fri 09:00-25:00"}, f"OPEN has “09:00-25:00”, which are no hours; {OPEN}"),
        (
            {**BASE, "OPEN": "mon-fri 24:00-08:00"},
            "OPEN has “24:00-08:00”, which are no hours; the nearest is 00:00-08:00.",
        ),
        (
            {**BASE, "OPEN": "mon 12:00-12:00"},
            "OPEN has “12:00-12:00”, which is no time at all; write 00:00-24:00 for a whole day.",
        ),
        (
            {**BASE, "OPEN": "09:00-18:00"},
            "OPEN has “09:00-18:00” without a day; write mon-sun 09:00-18:00 for every day.",
        ),
        ({**BASE, "OPEN": "mon 09:00-18:00, tue"}, "OPEN has “tue” without hours; write tue 09:00-18:00."),
        ({**BASE, "RETENTION_DAYS": 0}, f"RETENTION_DAYS is 0; {RETENTION_DAYS}"),
        ({**BASE, "RETENTION_DAYS": 3651}, f"RETENTION_DAYS is 3651; {RETENTION_DAYS}"),
        ({**BASE, "RETENTION_DAYS": 1.5}, f"RETENTION_DAYS is 1.5; {RETENTION_DAYS}"),
        ({**BASE, "RETENTION_DAYS": True}, f"RETENTION_DAYS is True; {RETENTION_DAYS}"),
        ({**BASE, "CLAIM_HOURS": 0}, f"CLAIM_HOURS is 0; {CLAIM_HOURS}"),
        ({**BASE, "CLAIM_HOURS": 721}, f"CLAIM_HOURS is 721; {CLAIM_HOURS}"),
        ({**BASE, "DETAIL": "names"}, 'DETAIL is "names", which I don\'t know; the nearest is "name".'),
        ({**BASE, "DETAIL": "all"}, f'DETAIL is "all", which I don\'t know; {DETAIL}'),
        ({**BASE, "DETAIL": SECRET}, f"DETAIL is an unknown word; {DETAIL}"),
        ({**BASE, "ROOMS": ["#x"]}, f"ROOMS is a list; {ROOMS}"),
        (
            {**BASE, "ROOMS": {"*": {"DETAIL": "count"}}},
            'ROOMS has "*", which is no room; for all that are not named there, set DETAIL.',
        ),
        (
            {**BASE, "ROOMS": {'"Board room"': {"DETAIL": "count"}}},
            'ROOMS has a name with quotes around it; write just the name, such as "Board room".',
        ),
        ({**BASE, "ROOMS": {"#x": "count"}}, 'ROOMS.#x is a text; it must be a dict such as {"DETAIL": "count"}.'),
        ({**BASE, "ROOMS": {"#x": {}}}, "ROOMS.#x.DETAIL is missing; " + DETAIL),
        (
            {**BASE, "ROOMS": {"#x": {"DETAIL": "snippets"}}},
            'ROOMS.#x.DETAIL is "snippets", which I don\'t know; the nearest is "snippet".',
        ),
        (
            {**BASE, "ROOMS": {"#x": {"DETAILS": "count"}}},
            "ROOMS.#x has no setting DETAILS; the nearest is DETAIL.",
        ),
        ({**BASE, "ROOMS": {1: {"DETAIL": "count"}}}, f"ROOMS {NO_ROOM}"),
        ({**BASE, "ROOMS": {" ": {"DETAIL": "count"}}}, f"ROOMS {NO_ROOM}"),
        ({**BASE, "ROOMS": {"#a\nb": {"DETAIL": "count"}}}, f"ROOMS {NO_ROOM}"),
        ({**BASE, "ROOMS": {SECRET: {"DETAIL": 1}}}, f"ROOMS.{SECRET[:6]}….DETAIL is 1; {DETAIL}"),
        (
            {**BASE, "ROOMS": {"#Public": {"DETAIL": "count"}, " #public": {"DETAIL": "name"}}},
            'ROOMS has "#Public" and " #public", which are the same room; remove one of them.',
        ),
        ({**BASE, "DETAIL": 1}, f"DETAIL is 1; {DETAIL}"),
        ({**BASE, "DATABASE_URL": None}, f"DATABASE_URL is None; {DATABASE_URL}"),
        (
            {**BASE, "DATABASE_URL": f"mysql://u:{SECRET}@h/d"},
            f"DATABASE_URL is not the address of a database; {DATABASE_URL}",
        ),
        ({**BASE, "DATABASE_URL": "env:T"}, f"DATABASE_URL is not the address of a database; {DATABASE_URL}"),
    ],
)
def test_a_bad_setting_gets_its_sentence(config: object, sentence: str) -> None:
    assert refusal(config) == sentence


@pytest.mark.parametrize(
    "url", ["https://graph.facebook.com", "http://127.0.0.1:8700", "http://LOCALHOST:1", "http://[::1]:8700/graph"]
)
def test_tokens_go_over_https_or_stay_on_this_machine(url: str) -> None:
    assert settings({**BASE, "GRAPH_URL": url}).graph_url == url


@pytest.mark.parametrize(
    "url", ["sqlite:////var/lib/err inbox/l.db", "postgresql+psycopg://u:p@h/d", "postgresql:///d"]
)
def test_both_databases(url: str) -> None:
    assert settings({**BASE, "DATABASE_URL": url}).database_url == Secret(url)


@pytest.mark.parametrize(
    ("written", "zone"),
    [("", UTC), ("UTC", UTC), ("Europe/Rome", ROME), ("europe/rome", ROME), (" Europe/Rome ", ROME), ("Rome", ROME)],
)
def test_a_time_zone_as_people_write_it(written: str, zone: tzinfo) -> None:
    assert read({**BASE, "TIMEZONE": written}, environment=ENVIRONMENT).timezone == zone


@pytest.mark.parametrize(
    ("written", "spans"),
    [
        ("sat 10:00-14:00", [(5, 600, 840)]),
        ("Saturday 10:00 – 14:00", [(5, 600, 840)]),
        ("mon, wed: 9:00-12:00 13:00-18:00; fri 22:00-02:00", [(0, 540, 720), (2, 540, 720), (0, 780, 1080),
                                                             (2, 780, 1080), (4, 1320, 1560)]),
        ("sat-mon 00:00-24:00", [(5, 0, 1440), (6, 0, 1440), (0, 0, 1440)]),
        ("sat 00:00-23:59, sun 18:00-23:58", [(5, 0, 1440), (6, 1080, 1438)]),
    ],
)  # fmt: skip
def test_opening_hours_as_people_write_them(written: str, spans: list[tuple[int, int, int]]) -> None:
    opened = settings({**BASE, "OPEN": written, "TIMEZONE": "Europe/Rome"}).pages["acme"].open
    assert opened == OpeningHours(tuple(Span(*span) for span in spans), ROME)


def test_a_page_has_opening_hours_of_its_own_or_those_of_all() -> None:
    own = {"ID": 1, "TOKEN": "env:T", "OPEN": "sun 10:00-12:00"}
    pages = settings({"PAGES": {"acme": PAGE, "kiosk": own}, "OPEN": "mon 09:00-18:00"}).pages
    assert pages["acme"].open == OpeningHours((Span(0, 540, 1080),))
    assert pages["kiosk"].open == OpeningHours((Span(6, 600, 720),))
    assert settings().pages["acme"].open is None


days = st.sampled_from(WEEKDAYS)
minutes = st.integers(0, 1439)


@given(st.lists(st.tuples(days, st.sampled_from([3, None]), minutes, minutes).filter(lambda it: it[2] != it[3]),
                min_size=1, max_size=20))  # fmt: skip
def test_whatever_stands_on_a_door_is_read_as_it_is_meant(entries: list[tuple[str, int | None, int, int]]) -> None:
    def clock(minute: int) -> str:
        return f"{minute // 60:02}:{minute % 60:02}"

    written = ", ".join(f"{day[:letters]} {clock(begin)}-{clock(end)}" for day, letters, begin, end in entries)
    closed = [(day, begin, 1440 if end == 1439 else end) for day, _, begin, end in entries]
    meant = [Span(WEEKDAYS.index(day), begin, end if begin < end else end + 1440) for day, begin, end in closed]
    assert opening_hours(written) == OpeningHours(tuple(dict.fromkeys(meant)))


def test_watches_without_a_zone_have_that_of_the_team() -> None:
    given = {**BASE, "TIMEZONE": "Asia/Tokyo", "WATCHES": ["#night inbox quiet 22:00-08:00"]}
    [(_, wish)] = read(given, environment=ENVIRONMENT).watches
    assert wish.quiet == Quiet(time(22), time(8), "Asia/Tokyo")


def test_one_pages_missing_secret_leaves_the_others() -> None:
    lost = {"ID": 1, "TOKEN": "env:GONE", "APP_SECRET": "file:/nowhere/secret"}
    read_ = settings({"PAGES": {"zoo": lost, "acme": PAGE}, "WATCHES": ["#support zoo"]})
    assert read_.pages["acme"].missing == ""
    assert read_.pages["zoo"].missing == (
        "PAGES.zoo.TOKEN is env:GONE, but that environment variable is not set; set it where Errbot is started."
    )
    assert read_.watches == (("#support", WatchSpec(page="zoo")),)


def test_a_room_called_like_what_to_watch_stands_in_quotes() -> None:
    chosen = settings({**BASE, "WATCHES": ['"inbox" messenger', '"acme"']})
    assert [room for room, _ in chosen.watches] == ["inbox", "acme"]


def test_of_many_pages_the_settings_of_a_few_are_shown_those_from_chat_first() -> None:
    config = {"PAGES": {f"page{number}": {"ID": str(number), "TOKEN": "env:T"} for number in range(1, 301)}}
    shown = in_force(config, {"PAGES": {"page77": {"PLATFORMS": ["messenger"]}}})
    named = list(dict.fromkeys(name.split(".")[1] for name, _, _ in shown if name.startswith("PAGES.")))
    assert named == ["page77", "page1", "page2", "page3", "page4"]
    assert ("PAGES", "… and 295 more", "chat and config.py") in shown


def test_settings_in_force_are_shown_without_secrets() -> None:
    config = {"PAGES": {"acme": {**PAGE, "APP_SECRET": SECRET}}, "DATABASE_URL": f"postgresql://u:{SECRET}@h/d"}
    chat = {"PAGES": {"acme": {"TOKEN": f"env:{SECRET}", "PLATFORMS": ["instagram"]}}, "WATCHES": ["#a", "#b", "#c"]}
    assert in_force(config, chat) == [
        ("PAGES.acme.ID", '"200300400"', "config.py"),
        ("PAGES.acme.TOKEN", "env:…", "chat"),
        ("PAGES.acme.APP_SECRET", "hidden", "config.py"),
        ("PAGES.acme.PLATFORMS", '["instagram"]', "chat"),
        ("PAGES.acme.AUTO_REPLIES", "[]", "default"),
        ("PAGES.acme.OPEN", '""', "default"),
        ("GRAPH_URL", '"https://graph.facebook.com"', "default"),
        ("GRAPH_VERSION", '"v27.0"', "default"),
        ("POLL_INTERVAL", "60", "default"),
        ("PUSH_TOKEN", '""', "default"),
        ("POLL_INTERVAL_PUSHED", "300", "default"),
        ("CACHE_TTL", "30", "default"),
        *(("WATCHES", f'"{room}"', "chat") for room in ("#a", "#b", "#c")),
        ("DETAIL", '"snippet"', "default"),
        ("TIMEZONE", '""', "default"),
        ("OPEN", '""', "default"),
        ("DATABASE_URL", "hidden", "config.py"),
        ("RETENTION_DAYS", "90", "default"),
        ("CLAIM_HOURS", "4", "default"),
    ]


def test_of_a_long_list_the_beginning_is_shown() -> None:
    config = {"PAGES": {"acme": {**PAGE, "AUTO_REPLIES": [f"Thanks {number}" for number in range(1025)]}}}
    shown = [value for name, value, _ in in_force(config, None) if name == "PAGES.acme.AUTO_REPLIES"]
    assert (len(shown), shown[0], shown[-1]) == (21, '"Thanks 0"', "… and 1,005 more")


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbffrom-file\r\n",
        "from-file\r\n".encode("utf-16"),  # as `>` of Windows PowerShell writes it
        b"\xfe\xff" + "from-file".encode("utf-16-be"),
        b'\xef\xbb\xbf\xef\xbb\xbf"from-file" \n\n',
    ],
)
def test_a_secret_in_a_file_loses_what_its_editor_added(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "token").write_bytes(content)
    assert settings(acme(TOKEN=f"file:{tmp_path}/token")).pages["acme"].token == Secret("from-file")


@pytest.mark.parametrize(
    "written",
    ["literal", " literal\r\n", '"literal"', "'literal'\n", "\ufeffliteral", '"env:LITERAL"', " env:LITERAL "],
)
def test_a_secret_is_the_same_from_wherever_config_py_has_it(written: str) -> None:
    chosen = read(acme(TOKEN=written, APP_SECRET=written), environment={"LITERAL": "'literal'\r\n"})
    page = chosen.pages["acme"]
    assert (page.token, page.app_secret) == (Secret("literal"), Secret("literal"))
    assert page.token_at == ("env:LITERAL" if "LITERAL" in written else "")


def test_any_word_will_do_for_what_meta_repeats() -> None:
    assert settings({**BASE, "PUSH_TOKEN": "c2VjcmV0="}).push_token == Secret("c2VjcmV0=")


def test_blanks_around_an_id_a_version_and_an_address_mean_nothing() -> None:
    chosen = settings({**acme(ID=" 200300400\n"), "GRAPH_VERSION": " v26.0\r\n", "GRAPH_URL": " https://h.example/ \n"})
    assert (chosen.pages["acme"].id, chosen.graph_version, chosen.graph_url) == (
        "200300400",
        "v26.0",
        "https://h.example",
    )


@pytest.mark.parametrize(
    "entry",
    [
        "#support spam ig",
        "#support, spam ig",
        "#support: spam ig",
        "#support watch spam ig",
        "#support !inbox watch spam ig",
        "#support inbox watch spam ig\n",
    ],
)
def test_a_watch_may_be_written_down_as_it_is_typed(entry: str) -> None:
    (meant,) = settings({**BASE, "WATCHES": ["#support spam instagram"]}).watches
    assert settings({**BASE, "WATCHES": [entry]}).watches == (meant,)


def test_a_secret_may_come_through_a_pipe_that_stays_open(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "token")
    with open(os.open(tmp_path / "token", os.O_RDWR), "wb") as pipe:
        pipe.write(b"from-pipe\n")
        pipe.flush()
        assert settings(acme(TOKEN=f"file:{tmp_path}/token")).pages["acme"].token == Secret("from-pipe")


def test_what_is_longer_than_any_secret_is_not_cut(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("E" * 100_000, "utf-8")
    told = refusal(acme(TOKEN=f"file:{tmp_path}/token"))
    assert told.endswith("/token, which is longer than any secret; put the secret alone in that file.")


def test_a_path_may_begin_with_a_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """systemd expands `%d` in a unit, and nobody expands the variable that its manual names."""
    (tmp_path / "token").write_text("from-file")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    for path in ("$CREDENTIALS_DIRECTORY/token", "${CREDENTIALS_DIRECTORY}/token"):
        assert settings(acme(TOKEN=f"file:{path}")).pages["acme"].token == Secret("from-file")
    assert "file:$NOWHERE/token, which can't be read" in refusal(acme(TOKEN="file:$NOWHERE/token"))


def test_a_file_that_is_no_text_is_no_token(tmp_path: Path) -> None:
    (tmp_path / "token").write_bytes(b"\xff\xfe\x00")
    assert "contains a space or another character that no token has" in refusal(acme(TOKEN=f"file:{tmp_path}/token"))


# --- What chat may change ---


@pytest.mark.parametrize(
    ("typed", "read_as"),
    [
        ('{"DETAIL": "name"}', {"DETAIL": "name"}),
        ("{'CACHE_TTL': 60, 'WATCHES': ('#a',)}", {"CACHE_TTL": 60, "WATCHES": ("#a",)}),
        ('{"AUTO_REPLIES": ["We’ll be back"]}', {"AUTO_REPLIES": ["We’ll be back"]}),
        ("{“DETAIL”: “name”}", {"DETAIL": "name"}),
        ("{‘DETAIL’:\u00a0‘name’}", {"DETAIL": "name"}),
        ('`{"DETAIL": "name"}`', {"DETAIL": "name"}),
        ('```json\n{"OPEN": null,\n "DETAIL": true}\n```', {"OPEN": None, "DETAIL": True}),
        ("{}", {}),
    ],
)
def test_settings_are_typed_as_python_or_json_and_pasted_as_a_chat_shows_them(typed: str, read_as: object) -> None:
    assert meant(typed) == read_as


@pytest.mark.parametrize(
    ("args", "text"),
    [
        ("Inbox", ""),
        ("inbox", ""),
        ('INBOX {"DETAIL": "name"} ', '{"DETAIL": "name"}'),
        ('Inbox{"DETAIL":\n"name"}', '{"DETAIL":\n"name"}'),
        ("Inbox: `{}`", "`{}`"),
        ("Inboxes {}", None),
        ("Webserver {}", None),
        ("", None),
    ],
)
def test_settings_are_given_to_the_plugin_however_its_name_is_written(args: str, text: str | None) -> None:
    assert given_to("Inbox", args) == text


@pytest.mark.parametrize("typed", ["", "{", "DETAIL=name", "{“DETAIL”: name}", "x" * 100_000, "[" * 100_000])
def test_what_is_neither_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):
        meant(typed)


def test_chat_changes_one_key_of_one_page_and_keeps_the_rest() -> None:
    config = {"PAGES": {"zoo": {"ID": 1, "TOKEN": "literal"}, **BASE["PAGES"]}, "CACHE_TTL": 5, "POLL_INTERVAL": 5}
    changed = settings(config, {"PAGES": {"zoo": {"PLATFORMS": ["instagram"]}}, "CACHE_TTL": 7})
    assert list(changed.pages) == ["zoo", "acme"]
    assert changed.pages["zoo"] == Page("zoo", "1", Secret("literal"), platforms=(Platform.INSTAGRAM,))
    assert (changed.cache_ttl, changed.poll_interval) == (7, 5)


def test_chat_may_add_a_page_whose_token_is_elsewhere() -> None:
    changed = settings(BASE, {"PAGES": {"zoo": {"ID": 1, "TOKEN": "env:T"}}})
    assert changed.pages["zoo"] == Page("zoo", "1", Secret("page-token"), token_at="env:T")


@pytest.mark.parametrize("chat", [None, {}, {"PAGES": {}}, {"PAGES": {"acme": {}}}])
def test_chat_that_says_nothing_changes_nothing(chat: Mapping[str, object] | None) -> None:
    assert settings(BASE, chat) == settings(BASE)


def test_chat_changes_what_one_room_may_see() -> None:
    config = {**BASE, "ROOMS": {"#a": {"DETAIL": "count"}, "#b": {"DETAIL": "name"}}}
    changed = settings(config, {"ROOMS": {"#b": {"DETAIL": "initials"}, "@sam": {"DETAIL": "snippet"}}})
    assert changed.rooms == {"#a": Detail.COUNT, "#b": Detail.INITIALS, "@sam": Detail.SNIPPET}
    assert "which are the same room" in refusal(config, {"ROOMS": {"#B": {"DETAIL": "initials"}}})


def test_chat_can_be_all_there_is() -> None:
    assert settings({}, BASE) == settings(BASE)


@pytest.mark.parametrize(
    ("chat", "sentence"),
    [
        ({"PAGES": {"acme": {"TOKEN": SECRET}}}, f"PAGES.acme.TOKEN {IN_CHAT}"),
        ({"PAGES": {"acme": {"APP_SECRET": SECRET}}}, f"PAGES.acme.APP_SECRET {IN_CHAT}"),
        ({"PAGES": {"zoo": {"ID": 1, "TOKEN": SECRET}}}, f"PAGES.zoo.TOKEN {IN_CHAT}"),
        ({"DATABASE_URL": f"postgresql://u:{SECRET}@h/d"}, f"DATABASE_URL {IN_CHAT}"),
        ({"DATABASE_URL": f"postgresql://u:{SECRET}/x@h/d"}, f"DATABASE_URL {IN_CHAT}"),
        ({"DATABASE_URL": f"postgresql://u@h/d?password={SECRET}"}, f"DATABASE_URL {IN_CHAT}"),
        ({"PAGES": {"acme": {"TOKEN": ""}}}, f"PAGES.acme.TOKEN is empty; {TOKEN}"),
        ({"PAGES": []}, "PAGES is empty; it must be a dict such as {}.".format(SETTINGS[0].kind.partition("as ")[2])),
        (
            {"PAGES": {"ACME": {"ID": 1}}},
            'PAGES has "acme" and "ACME", which are the same name in chat; rename one of them.',
        ),
        ([], f"INBOX is empty; it must be a dict of {KEYS}."),
        ({"POLL_INTERVAL": 0}, f"POLL_INTERVAL is 0; {POLL_INTERVAL}"),
    ],
)
def test_chat_is_refused(chat: object, sentence: str) -> None:
    assert refusal(BASE, chat) == sentence


@pytest.mark.parametrize("url", ["", "env:DB", "sqlite:////tmp/l.db", "postgresql://u@h/d"])
def test_chat_may_name_a_database_without_a_password(url: str) -> None:
    assert settings(BASE, {"DATABASE_URL": url}) == settings({**BASE, "DATABASE_URL": url})


# --- Anything at all ---

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.just(10**1000)
    | st.floats()
    | st.text(max_size=20)
    | st.binary(max_size=5)
    | st.sampled_from(
        [SECRET, f"env:{SECRET}", f"file:{SECRET}", f" {SECRET}\n", "env:T", "env:BLANK", "env:", "file:"]
    )
    | st.sampled_from([f"https://u:{SECRET}@h", f"postgresql://u:{SECRET}@h/d", f"file:postgresql://u:{SECRET}@h/d"])
    | st.sampled_from(["messenger", "snippet", "v25.0", "http://localhost:1", "200300400"])
)
NAMES = st.sampled_from([s.key for s in (*SETTINGS, *PAGE_SETTINGS)] + ["acme", "ACME", "zoo", SECRET]) | SCALARS
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=8
)
OWN = st.fixed_dictionaries({}, optional={s.key: ANYTHING for s in PAGE_SETTINGS})
ROWS = {s.key: ANYTHING for s in SETTINGS} | {"PAGES": st.dictionaries(NAMES, OWN, max_size=2) | ANYTHING}
INBOXES = st.fixed_dictionaries({}, optional=ROWS)
# the first thing that is wrong hides the rest, so most have one thing wrong
ONE_KEY = st.sampled_from([s.key for s in SETTINGS]).flatmap(lambda key: ANYTHING.map(lambda v: {**BASE, key: v}))
ONE_PAGE_KEY = st.sampled_from([s.key for s in PAGE_SETTINGS]).flatmap(
    lambda key: ANYTHING.map(lambda v: acme(**{key: v}))
)
GIVEN = st.one_of(st.just(BASE), ONE_KEY, ONE_PAGE_KEY, INBOXES, ANYTHING)


@runs(deadline=None, max_examples=300)
@given(GIVEN, st.none() | GIVEN)
@example(acme(TOKEN="env:BLANK"), None)
@example({"PAGES": {SECRET: {SECRET: SECRET}}}, None)
@example({**BASE, "WATCHES": [f"{SECRET} page {SECRET} text {SECRET} x quiet 22-8 {SECRET}"]}, None)
@example({**BASE, "DATABASE_URL": f"file:postgresql://u:{SECRET}@h/d"}, None)
def test_anything_is_settings_or_a_sentence_that_tells_no_secret(config: Any, chat: Any) -> None:
    try:
        assert isinstance(read(config, chat, environment=ENVIRONMENT), Settings)
    except SettingsError as error:
        sentence = str(error)
        assert sentence.endswith(".") and sentence.isprintable()
        assert re.match(rf"(INBOX|{'|'.join(s.key for s in SETTINGS)})\b", sentence)
        # what a log, a chat or a crash reporter could get to see of it, causes included
        seen: BaseException | None = error
        while seen:
            assert SECRET not in repr(seen)
            seen = seen.__cause__ or seen.__context__
        assert SECRET not in "".join(traceback.format_exception(error))


@runs(deadline=None)
@given(st.sampled_from([SECRET, "env:APP", "file"]), st.sampled_from([f"postgresql://u:{SECRET}@h/d", "env:DB"]))
def test_settings_print_no_secret(tmp_path_factory: pytest.TempPathFactory, secret: str, database: str) -> None:
    if secret == "file":
        path = tmp_path_factory.mktemp("secrets") / "app"
        path.write_text(SECRET)
        secret = f"file:{path}"
    config = {**acme(TOKEN=secret, APP_SECRET=secret), "DATABASE_URL": database}
    read_ = read(config, environment=ENVIRONMENT | {"APP": SECRET})
    assert read_.pages["acme"].token == read_.pages["acme"].app_secret == Secret(SECRET)
    assert SECRET not in f"{read_!r} {read_} {read_.pages} {read_.pages['acme']!r}"


# --- The document ---


def test_the_document_is_the_one_made_from_the_table() -> None:
    written = (ROOT / "docs" / "settings.md").read_text("utf-8")
    assert written == document(), "docs/settings.md is not what the settings say; run: make docs"


@pytest.mark.processes
def test_the_module_prints_the_document() -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "plugins" / "inbox"), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "pageinbox.settings"]
    assert subprocess.run(command, env=environment, capture_output=True, check=True).stdout.decode() == document()


def test_the_documented_defaults_are_the_ones_that_hold() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| .* \| `(.+)` \| .* \|$", document(), re.MULTILINE))
    assert rows.keys() == {s.key for s in (*SETTINGS, *PAGE_SETTINGS)} - {"ID", "TOKEN"}
    for setting in SETTINGS[1:]:
        assert settings({**BASE, setting.key: json.loads(rows[setting.key])}) == settings()
    assert (
        settings(acme(APP_SECRET=json.loads(rows["APP_SECRET"]), PLATFORMS=json.loads(rows["PLATFORMS"]))) == settings()
    )


def test_the_documented_examples_are_accepted() -> None:
    text = document()
    (python,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    (chat,) = re.findall(r"`!plugin config Inbox (\{.+\})`", text.partition("command replaces")[0])
    namespace: dict[str, Any] = {}
    exec(python, namespace)
    environment = {"ACME_PAGE_TOKEN": "t", "META_APP_SECRET": "s"}
    read_ = read(namespace["INBOX"], json.loads(chat), environment=environment)
    assert (read_.poll_interval, read_.pages["acme"].platforms) == (30, (Platform.INSTAGRAM,))
