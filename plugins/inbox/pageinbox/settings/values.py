"""One setting: a row of the table, and what may be written there.

Each check takes what was written and gives what is meant, or raises `Wrong`.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pageinbox.language.nearest import nearest
from pageinbox.language.zones import ABBREVIATED, OFFSET, ZONE, zone_key, zones
from pageinbox.model.calendar import zone_of
from pageinbox.model.secret import Secret
from pageinbox.model.text import fold

A_DAY = 86_400

Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Setting:
    """A key of `INBOX` or of one of its Pages.

    `kind` is what follows "it must be". `default` is as one would write it in config.py; None means that
    it must be given. `check` gives what `Settings` or `Page` holds. `secret` tells whether a text
    must not be seen in chat. `parts` are the keys of each dict in this one, and `names` checks what those are called.
    """

    key: str
    kind: str
    default: object
    sentence: str
    check: Callable[[Any], Any]
    secret: Callable[[str], bool] | None = None
    parts: tuple[Setting, ...] = ()
    names: Callable[[Iterable[Any]], Iterable[Any]] = list


class Wrong(Exception):
    """What is wrong with a value, to be said after its name; `right` where the setting's `kind` won't do.

    Neither quotes more of a text than a word that is too short for a token, since one may have been pasted anywhere.
    """

    def __init__(self, wrong: str, right: str = "") -> None:
        super().__init__(wrong, right)
        self.wrong, self.right = wrong, right


def kind(value: object) -> str:
    """What this is, to be said after its name."""
    match value:
        case None | bool():
            return f"is {value}"
        case int() | float():  # the bounds keep out NaN, and integers Python refuses to print
            return f"is {value}" if -1e9 < value < 1e9 else "is out of range"
        case str() | list() | tuple() if not value:
            return "is empty"
        case str():
            return "is a text"
        case Mapping():
            return "is a dict"
        case list() | tuple():
            return "is a list"
        case _:
            return f"is a {type(value).__name__}"


def text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise Wrong(kind(value))
    return value


def dictionary(value: object) -> Mapping[Any, Any]:
    if not isinstance(value, Mapping):
        raise Wrong(kind(value))
    return value


def texts(value: object) -> tuple[str, ...]:
    """A list of texts with something in them, without the blanks around them."""
    if not isinstance(value, (list, tuple)):
        raise Wrong(kind(value))
    items = [item.strip() if isinstance(item, str) else item for item in value]
    for item in items:
        if not isinstance(item, str) or not item:
            raise Wrong(f"has an entry that {kind(item)}")
    return tuple(items)


def auto_replies(value: object) -> tuple[str, ...]:
    """A list of texts, with or without a `*` at the end, that can be told from any other text."""
    items = texts(value)
    if not all(fold(item).strip("* ") for item in items):
        raise Wrong("has an entry that every message begins with")
    return items


def one_of(words: type[Word]) -> Callable[[object], Word]:
    def check(value: object) -> Word:
        return known(text(value), words, "is")

    return check


def known(written: str, words: type[Word], verb: str) -> Word:
    """The word that is written. Raises `Wrong`, which repeats it behind the `verb` where it can be no token."""
    word = written.strip().lower()
    if word not in set(words):
        near = nearest(word, [*words])
        said = f'{verb} "{word}", which I don\'t know' if re.fullmatch(r"\w{1,15}", word) else f"{verb} an unknown word"
        raise Wrong(said, f'the nearest is "{near}"' if near else "")
    return words(word)


def some_of(words: type[Word]) -> Callable[[object], tuple[Word, ...]]:
    """At least one of the words, each once, in the order written."""

    def check(value: object) -> tuple[Word, ...]:
        written = texts(value)
        if not written:
            raise Wrong("is empty")
        return tuple(dict.fromkeys(known(word, words, "has") for word in written))

    return check


def seconds(value: object) -> float:
    # NaN compares false with everything, so it is refused here too
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 1 <= value <= A_DAY:
        raise Wrong(kind(value))
    return value


def whole(least: int, most: int) -> Callable[[object], int]:
    def check(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise Wrong(kind(value))
        return value

    return check


def page_id(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**30:
        return str(value)
    if not re.fullmatch(r"[0-9]{1,30}", written := text(value).strip()):
        raise Wrong("is not a Page id")
    return written


def page_names(names: Iterable[object]) -> list[str]:
    """The same names, if people can type each of them, and tell it from the others, in a command."""
    typed: dict[str, str] = {}
    for name in names:
        if not isinstance(name, str) or not re.fullmatch(r"[^\W_][\w.&+'-]{0,29}", name):
            raise Wrong(
                "has a name that can't be typed in a command",
                "a name is a letter or digit, then up to 29 letters, digits and . & + ' - _",
            )
        if (other := typed.setdefault(fold(name), name)) != name:
            raise Wrong(f'has "{other}" and "{name}", which are the same name in chat', "rename one of them")
    return list(typed.values())


def room_names(names: Iterable[object]) -> list[str]:
    """The same names, if each may be that of a room or a person, and of another one than the others."""
    spelled: dict[str, str] = {}
    for name in names:
        if not isinstance(name, str) or not name.strip() or not name.isprintable() or len(name) > 255:
            raise Wrong("has a name that no room has", 'write a name or an id, such as "#support"')
        written = name.strip()
        if written == "*":
            raise Wrong('has "*", which is no room', "for all that are not named there, set DETAIL")
        if written[0] in "\"'":
            raise Wrong("has a name with quotes around it", 'write just the name, such as "Board room"')
        same = written if written.startswith("!") else fold(written)  # in Matrix's ids, capitals make a difference
        if (other := spelled.setdefault(same, name)) != name:
            raise Wrong(f'has "{shortened(other)}" and "{shortened(name)}", which are the same room',
                        "remove one of them")  # fmt: skip
    return list(spelled.values())


def shortened(name: str) -> str:
    """The name of a room as a sentence may repeat it: a token may have been pasted there."""
    return re.sub(r"\w{24,}", lambda long: f"{long[0][:6]}…", name)


def version(value: object) -> str:
    if not re.fullmatch(r"v[0-9]{1,3}\.[0-9]", written := text(value).strip()):
        raise Wrong("is not a version")
    return written


def graph_url(value: object) -> str:
    """An address that a token may be sent to, without a slash at its end."""
    url = text(value).strip()
    # urlsplit drops line breaks, and clients disagree about what a backslash means
    if not re.fullmatch(r"[!-\[\]-~]+", url):
        raise Wrong("contains a space or another character that no address has")
    try:
        parts = urlsplit(url)
        complete = bool(parts.hostname) and parts.port != 0 and parts.scheme in ("https", "http")
    except ValueError:
        complete = False
    if not complete:
        raise Wrong("is not a complete web address")
    if re.search("[@?#]", url):
        raise Wrong("contains a user, a query or a fragment")
    if re.search(r"//|/v\d+(\.\d+)?(/|$)", parts.path.rstrip("/")):
        raise Wrong("contains a version, or // in its path", "leave that out; the version stands in GRAPH_VERSION")
    if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise Wrong("would send the tokens unencrypted")
    return url.rstrip("/")


def timezone(value: object) -> tzinfo:
    """The time zone with an IANA name, or UTC for an empty text."""
    if value == "":
        return UTC
    key = zone_key(text(value).strip())
    name = zones().get(key, text(value))
    if name == "UTC" or name in available_timezones():
        return zone_of(name)
    if OFFSET.fullmatch(key.replace("_", "")):
        raise Wrong("is an offset, which ignores summer time", f'write the zone of a place, such as "{ZONE}"')
    if place := ABBREVIATED.get(key):
        raise Wrong("is short for several time zones", f'write the zone of a place, such as "{place}"')
    near = nearest(key, zones())
    raise Wrong("is no IANA time zone", f"the nearest is {zones()[near]}" if near else "")


def word(value: object) -> Secret:
    # a line break would forge a header, and HTTP clients quote a header they refuse in the exception
    if not re.fullmatch(r"[!-~]+", text(value)):
        raise Wrong("contains a space or another character that no token has")
    return Secret(text(value))


def optional_word(value: object) -> Secret | None:
    return None if value == "" else word(value)


def token(value: object) -> Secret:
    """A secret of Meta's, without what stands before it in a file of variables or in a header."""
    if is_encoded(text(value)):
        raise Wrong("is in base64", "write what is encoded in it; Kubernetes encodes the values of a Secret by itself")
    if before := re.match(r"(?:export\s+)?\w+\s*=|(?:bearer|oauth)\s", text(value), re.IGNORECASE):
        begins = "a name and a =" if before[0].endswith("=") else f'"{before[0].strip()}"'
        raise Wrong(f"begins with {begins}", "write what stands behind that, alone")
    if "://" in text(value):
        raise Wrong("contains an address", "write the token or the secret that stands in it, alone")
    return word(value)


def is_encoded(value: str) -> bool:
    """Whether this is a secret of Meta's in base64."""
    try:
        within = b64decode(value, validate=True).decode("ascii").strip()
    except ValueError:
        return False
    return re.fullmatch("(EA|IG)[A-Za-z0-9]{20,}|[0-9a-f]{32}", within) is not None


def app_secret(value: object) -> Secret | None:
    """An app's secret; None where there is none."""
    if value == "":
        return None
    if re.match(r"EA[A-Za-z0-9]{38}", text(value)):
        raise Wrong("looks like a token", "write the app secret, which the app's dashboard at Meta shows")
    return token(value)


def database_url(value: object) -> Secret | None:
    """The address, as a Secret because a password may be in it; None when it is empty."""
    if value == "":
        return None
    if not re.fullmatch(r"(postgres(ql)?(\+[a-z0-9]+)?|sqlite(\+pysqlite)?)://[^\x00-\x1f]*", text(value)):
        raise Wrong("is not the address of a database")
    return Secret(text(value))


def holds_password(address: str) -> bool:
    """Whether a password may be in a database's address; urlsplit would miss one with a slash in it."""
    return bool(re.search(r"//.*:.*@|pass\w*=", address, re.IGNORECASE | re.DOTALL))
