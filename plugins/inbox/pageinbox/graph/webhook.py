"""What Meta pushes to us: whether it is really Meta, and what it tells of."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import msgspec

from pageinbox.graph.decoding import whole_characters
from pageinbox.graph.values import FieldError, seconds
from pageinbox.graph.wire import LONGEST_ID, is_set
from pageinbox.model.push import Change, Event
from pageinbox.model.secret import Secret
from pageinbox.model.source import Platform

SIGNATURE = re.compile(r"sha256=([0-9a-f]{64})", re.IGNORECASE | re.ASCII)

NOT_ASCII = re.compile(r"[^\x00-\x7f]+")

MOST = 10_000
"""Changes of one push that are read. Meta sends 1,000 at most."""

PLATFORMS = {"page": Platform.MESSENGER, "instagram": Platform.INSTAGRAM}

WITHIN = ("messaging", "standby")
"""Where an entry has its events; the latter while another app has the conversation."""


class Unreadable(ValueError):
    """A push that is no JSON object, nor a list of some."""


def signed_with(signature: str, body: bytes, secrets: Iterable[Secret]) -> set[Secret]:
    """Those of the app secrets with which a raw body was signed, by its header X-Hub-Signature-256.

    Meta signs what it has escaped, so a body that somebody on the way has unescaped is escaped again. Every secret is
    tried, and compared in constant time.
    """
    given = SIGNATURE.fullmatch(signature.strip())
    if given is None:
        return set()
    claimed = given[1].lower()
    bodies = (body,) if body.isascii() else (body, escaped(body))
    keys = [(secret, secret.reveal().encode("utf-8", "replace")) for secret in secrets]
    return {
        secret
        for secret, key in keys
        for sent in bodies
        if hmac.compare_digest(hmac.new(key, sent, hashlib.sha256).hexdigest(), claimed) and key
    }


def escaped(body: bytes) -> bytes:
    """JSON with `\\u00e4` for `ä` and two of these for an emoji, as Meta writes it."""
    return NOT_ASCII.sub(in_units, body.decode("utf-8", "replace")).encode("ascii")


def in_units(found: re.Match[str]) -> str:
    """Characters as the escapes of their UTF-16 units."""
    return re.sub("....", r"\\u\g<0>", found[0].encode("utf-16-be", "surrogatepass").hex())


def changes_in(body: bytes) -> list[Change]:
    """What a push tells of, in its order; what can't be understood is passed over. Raises `Unreadable`."""
    try:
        given = msgspec.json.decode(whole_characters(body))
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise Unreadable from None
    if not (pushed := list(dicts(given))):
        raise Unreadable
    return list(islice((change for part in pushed for change in changes_of(part)), MOST))


def changes_of(pushed: dict[str, Any]) -> Iterator[Change]:
    """What is told of one kind of accounts; nothing of those that have no conversations."""
    kind = pushed.get("object")
    platform = PLATFORMS.get(kind) if isinstance(kind, str) else None
    if platform is not None:
        for entry in dicts(pushed.get("entry")):
            yield from told(entry, platform)


def told(entry: dict[str, Any], platform: Platform) -> Iterator[Change]:
    """What one entry tells of: events, and fields that have changed, some of which hold an event."""
    account, at = id_of(entry), time_of(entry.get("time"))
    for name in WITHIN:
        for event in dicts(entry.get(name)):
            yield change_of(event, account, platform, at)
    for change in dicts(entry.get("changes")):
        for value in dicts(change.get("value", change.get("values"))):
            if change.get("field") == "conversations":
                ids = [text(value.get(name)) for name in ("thread_id", "thread_key", "scoped_thread_key")]
                page = account or text(value.get("page_id"))
                yield Change(page, platform, Event.CHANGED, tuple(dict.fromkeys(filter(None, ids))), at)
            else:
                yield change_of(value, account, platform, at)


def change_of(event: dict[str, Any], account: str, platform: Platform, at: float | None) -> Change:
    """What one event of an account's tells of; `at` is when its entry says that it happened."""
    sender, recipient = id_of(event.get("sender")), id_of(event.get("recipient"))
    message = event.get("message") or unedited(event.get("message_edit"))
    happened, person = Event.NOTHING, sender
    if isinstance(message, dict) and not flag(message, "is_deleted"):
        happened = Event.WROTE
        if flag(message, "is_echo") or (sender and sender == account):
            happened, person = Event.ANSWERED, recipient
    elif isinstance(event.get("postback"), dict):
        happened = Event.WROTE
    when = time_of(event.get("timestamp"))
    return Change(account, platform, happened, (person,) if person else (), at if when is None else when)


def unedited(edit: object) -> object:
    """A message that was edited no time yet: so Instagram tells of a new one, besides or instead of `message`."""
    return edit if isinstance(edit, dict) and edit.get("num_edit") in (0, "0") else None


def dicts(given: object) -> Iterator[dict[str, Any]]:
    """The objects in a list; one that stands alone counts as a list of one."""
    for item in given if isinstance(given, list) else (given,):
        if isinstance(item, dict):
            yield item


def id_of(given: object) -> str:
    """The id of an entry or of a person; empty where there is none."""
    return text(given.get("id")) if isinstance(given, dict) else ""


def text(given: object) -> str:
    """An id as text, which Meta has also sent as a number; empty where it is none."""
    if isinstance(given, bool) or not isinstance(given, str | int):
        return ""
    found = given if isinstance(given, str) else str(given) if abs(given) < 2**64 else ""
    return found if len(found) <= LONGEST_ID else ""


def flag(message: dict[str, Any], name: str) -> bool:
    """Whether a message has a flag that is on."""
    given = message.get(name)
    return is_set(given) if isinstance(given, bool | str | int) else False


def time_of(given: object) -> float | None:
    """A time in whatever form Meta sends it; None where there is none that can be understood."""
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        return None
    try:
        return seconds(given, "time")
    except FieldError:
        return None
