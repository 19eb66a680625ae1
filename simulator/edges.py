"""The two edges that are lists: a Page's conversations and a conversation's messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from simulator.access import check_messaging
from simulator.errors import by_code, by_name
from simulator.fields import Field, check_refused
from simulator.folders import FOLDERS, PENDING
from simulator.limits import RateLimit
from simulator.listing import Listing, PageFault
from simulator.message_nodes import message_rows
from simulator.nodes import Json, View
from simulator.page import Page, Token
from simulator.paging import Key
from simulator.refused import Refused
from simulator.rules import Rules
from simulator.shown import Shown
from simulator.thread import Message, Thread, age_key
from simulator.thread_nodes import check_thread_fields, thread_node
from simulator.world import World

DEFAULT_LIMIT: Final = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request whose token is valid.

    `base` is the server's address with the version that answers; `fault` is what is wrong with the page, if anything.
    `shown` keeps the rows that calls before it got.
    """

    world: World
    rules: Rules
    rate_limit: RateLimit
    shown: Shown
    token: Token
    base: str
    fault: PageFault | None

    @property
    def view(self) -> View:
        """How nodes are shown in this call's reply."""
        return View(
            rules=self.rules,
            messages=lambda thread, field: messages(self, thread, dict(field.modifiers), fields=field.fields),
            conversations=lambda page, field: conversations(self, page, dict(field.modifiers), fields=field.fields),
            address=self._address,
        )

    def _address(self, path: str, after: str) -> str:
        return f"{self.base}/{path}?{urlencode({'access_token': self.token.text, 'pretty': '0', 'after': after})}"

    def admit(self, page: Page, platform: str) -> None:
        """Count one call for a Page's conversations on one platform.

        Raises `Refused` if that is one call too many, or if the token may not read them.
        """
        account, code = (page.instagram.id, 613) if platform == "instagram" and page.instagram else (page.id, 80006)
        if self.rules.rate_limit and not self.rate_limit.allows(account):
            raise Refused(by_code(code))
        check_messaging(self.token, page, platform)


def conversations(call: Call, page: Page, query: Mapping[str, str], *, fields: tuple[Field, ...]) -> Json:
    """One page of a Page's conversations, newest first; raises `Refused`."""
    platform = query.get("platform", "messenger").lower()
    if platform not in ("messenger", "instagram"):
        text = f'(#100) Param platform must be one of {{INSTAGRAM, MESSENGER}} - got "{query["platform"]}"'
        raise Refused(by_code(100).saying(text))
    call.admit(page, platform)
    limit = _limit(query, call.rules.page_size_max)
    if call.rules.reduce_above is not None and limit > call.rules.reduce_above:
        raise Refused(by_name("reduce"))
    person = "" if call.rules.user_id_ignored else query.get("user_id", "")
    shown = fields or ((Field("id"),) if person else default_fields(platform, call.rules))
    view = call.view
    check_thread_fields(shown, platform, view)
    check_refused(shown, call.rules.refused_fields)
    folder = query.get("folder", "").lower()
    if platform == "instagram" and folder:
        if call.rules.instagram_folder == "error":
            raise Refused(by_code(100).saying("(#100) Param folder is not supported on this platform"))
        if call.rules.instagram_folder == "empty":
            return {"data": []}
        if call.rules.instagram_folder == "ignore":
            folder = ""
    if folder not in ("", *FOLDERS) and not (folder == PENDING and call.rules.pending_folder):
        if call.rules.unknown_folder == "error":
            raise Refused(by_code(100).saying("(#100) Param folder must be one of its values"))
        folder = "" if call.rules.unknown_folder == "inbox" else "no such folder"
    with call.world.lock:
        if person:
            sought = folder if call.rules.user_id_in_folders else folder or "inbox"
            threads = _with(call.world, page, platform=platform, folder=sought, person=person)
        else:
            threads = call.world.oldest_first(page, platform, folder or "inbox")
            if call.rules.shown is not None:
                threads = threads[max(0, len(threads) - call.rules.shown) :]

        def current(key: Key) -> Key | None:
            thread = call.world.thread_by_number(key[1])
            if thread is None or (thread.folder != (folder or "inbox") and not person):
                return None
            return age_key(thread)

        def show(rows: Sequence[Thread]) -> list[Json]:
            how = shown, repr(call.rules), call.token.text, call.base
            ordered = rows if call.rules.newest_first else rows[::-1]
            return call.shown.rows(ordered, how, lambda thread: thread_node(thread, shown, view))

        listing = Listing(
            items=threads,
            key=age_key,
            name=f"{page.id}/{platform}/{folder or 'inbox'}/{person}",
            platform=platform,
            url=f"{call.base}/{page.id}/conversations",
            current=current,
            show=show,
        )
        return listing.page(
            query, token=call.token.text, fields=fields, limit=limit, rules=call.rules, fault=call.fault
        )


def messages(call: Call, thread: Thread, query: Mapping[str, str], *, fields: tuple[Field, ...]) -> Json:
    """One page of a conversation's messages, newest first; raises `Refused`."""
    if query.get("source", "ALL").upper() not in ("ALL", "PARTICIPANTS"):
        raise Refused(by_code(100).saying("(#100) Param source must be one of {ALL, PARTICIPANTS}"))
    limit = _limit(query, call.rules.messages_max)
    with call.world.lock:
        listing = Listing(
            items=thread.messages,
            key=_time_key,
            name=f"{thread.id}/messages",
            platform=thread.platform,
            url=f"{call.base}/{thread.id}/messages",
            current=lambda key: key,
            show=lambda rows: message_rows(thread, rows, fields, view=call.view),
        )
        return listing.page(query, token=call.token.text, fields=fields, limit=limit, rules=call.rules, fault=None)


def default_fields(platform: str, rules: Rules) -> tuple[Field, ...]:
    """What a conversation shows when no field is asked for."""
    if rules.default_fields == "id":
        return (Field("id"),)
    names = ("id", "link", "updated_time") if platform == "messenger" else ("id", "updated_time")
    return tuple(map(Field, names))


def _time_key(message: Message) -> Key:
    return message.at, message.number


def _with(world: World, page: Page, *, platform: str, folder: str, person: str) -> list[Thread]:
    if not person.isdecimal():
        raise Refused(by_code(100, 2018001 if platform == "messenger" else 2534014))
    thread = world.of_person(page, platform, person)
    return [thread] if thread and folder in ("", thread.folder) else []


def _limit(query: Mapping[str, str], most: int) -> int:
    text = query.get("limit", "") or str(DEFAULT_LIMIT)
    if not text.isdecimal() or not int(text):
        raise Refused(by_code(100).saying("(#100) Param limit must be an integer greater than 0"))
    return min(int(text), most)
