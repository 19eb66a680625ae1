"""The two edges that are lists: a Page's conversations and a conversation's messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from simulator import nodes
from simulator.access import check_messaging
from simulator.errors import Refused, by_code, by_name
from simulator.fields import Field, written
from simulator.listing import Cut, Listing
from simulator.nodes import Json, View
from simulator.pace import Pace
from simulator.page import Page, Token
from simulator.paging import Key
from simulator.rules import Rules
from simulator.thread import Message, Thread, age_key
from simulator.world import World

DEFAULT_LIMIT: Final = 25


@dataclass(frozen=True, slots=True)
class Call:
    """One request that has been let in.

    ``base`` is the server's address with the version that answers; ``cut`` is how the page is to be spoilt, if at all.
    """

    world: World
    rules: Rules
    pace: Pace
    token: Token
    base: str
    cut: Cut | None = None

    @property
    def view(self) -> View:
        """How nodes are shown in this call's reply."""
        return View(
            self.rules.instagram_fields,
            messages=lambda thread, one: messages(self, thread, dict(one.modifiers), one.fields),
            conversations=lambda page, one: conversations(self, page, dict(one.modifiers), one.fields),
            address=self._address,
        )

    def _address(self, path: str, after: str) -> str:
        return f"{self.base}/{path}?{urlencode({'access_token': self.token.text, 'pretty': '0', 'after': after})}"

    def spend(self, page: Page, platform: str) -> None:
        """Count one call against the Page or its Instagram account; raises :class:`Refused` for one too many."""
        if not self.rules.rate_limit:
            return
        if platform == "instagram" and page.instagram:
            if not self.pace.take(page.instagram.id):
                raise Refused(by_code(613))
        elif not self.pace.take(page.id):
            raise Refused(by_code(80006))


def conversations(call: Call, page: Page, query: Mapping[str, str], fields: tuple[Field, ...]) -> Json:
    """One page of a Page's conversations, newest first; raises :class:`Refused`."""
    platform = query.get("platform", "messenger").lower()
    if platform not in ("messenger", "instagram"):
        text = f'(#100) Param platform must be one of {{INSTAGRAM, MESSENGER}} - got "{query["platform"]}"'
        raise Refused(by_code(100).saying(text))
    call.spend(page, platform)
    check_messaging(call.token, page, platform)
    limit = _limit(query, call.rules.page_size_max)
    if call.rules.reduce_above is not None and limit > call.rules.reduce_above:
        raise Refused(by_name("reduce"))
    person = query.get("user_id", "")
    asked = fields or ((Field("id"),) if person else default_fields(platform))
    view = call.view
    nodes.check_thread_fields(asked, platform, view)
    folder = query.get("folder", "").lower()
    if platform == "instagram" and folder:
        if call.rules.instagram_folder == "error":
            raise Refused(by_code(100).saying("(#100) Param folder is not supported on this platform"))
        if call.rules.instagram_folder == "empty":
            return {"data": []}
        if call.rules.instagram_folder == "ignore":
            folder = ""
    with call.world.lock:
        if person:
            threads = _with(call.world, page, platform, folder, person)
        else:
            threads = call.world.oldest_first(page, platform, folder or "inbox")

        def now(key: Key) -> Key | None:
            thread = call.world.numbered(key[1])
            if thread is None or (thread.folder != (folder or "inbox") and not person):
                return None
            return age_key(thread)

        listing = Listing(
            threads,
            age_key,
            f"{page.id}/{platform}/{folder or 'inbox'}/{person}",
            platform,
            f"{call.base}/{page.id}/conversations",
            now,
            lambda rows: nodes.threads(rows, asked, view),
        )
        return listing.page(
            query, token=call.token.text, fields=written(fields), limit=limit, rules=call.rules, cut=call.cut
        )


def messages(call: Call, thread: Thread, query: Mapping[str, str], fields: tuple[Field, ...]) -> Json:
    """One page of a conversation's messages, newest first; raises :class:`Refused`."""
    if query.get("source", "ALL").upper() not in ("ALL", "PARTICIPANTS"):
        raise Refused(by_code(100).saying("(#100) Param source must be one of {ALL, PARTICIPANTS}"))
    limit = _limit(query, call.rules.messages_max)
    with call.world.lock:
        listing = Listing(
            thread.messages,
            _sent_key,
            f"{thread.id}/messages",
            thread.platform,
            f"{call.base}/{thread.id}/messages",
            lambda key: key,
            lambda rows: nodes.messages(thread, rows, fields, call.view),
        )
        return listing.page(
            query, token=call.token.text, fields=written(fields), limit=limit, rules=call.rules, cut=None
        )


def default_fields(platform: str) -> tuple[Field, ...]:
    """What a conversation shows when no field is named."""
    names = ("id", "link", "updated_time") if platform == "messenger" else ("id", "updated_time")
    return tuple(map(Field, names))


def _sent_key(message: Message) -> Key:
    return message.at, message.number


def _with(world: World, page: Page, platform: str, folder: str, person: str) -> list[Thread]:
    if not person.isdecimal():
        raise Refused(by_code(100, 2018001 if platform == "messenger" else 2534014))
    thread = world.of_person(page, platform, person)
    return [thread] if thread and folder in ("", thread.folder) else []


def _limit(query: Mapping[str, str], most: int) -> int:
    text = query.get("limit", "") or str(DEFAULT_LIMIT)
    if not text.isdecimal() or not int(text):
        raise Refused(by_code(100).saying("(#100) Param limit must be an integer greater than 0"))
    return min(int(text), most)
