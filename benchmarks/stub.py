"""A Graph of many Pages that takes next to nothing to serve: `python -m benchmarks.stub`.

The simulator spends milliseconds on a list, which a machine of two cores would feel. Here one inbox for each platform
is taken from the simulator at the start, and every list is a copy of it under ids of its own.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.utils import formatdate
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urlsplit

import requests

from benchmarks.inboxes import world_of
from benchmarks.listing import FIELDS, VERSION
from pageinbox.graph.pages import MOST
from pageinbox.model.source import Folder, Platform
from simulator.nodes import iso_time
from simulator.page import Page
from simulator.server import Simulator
from simulator.thread import thread_id, thread_number
from simulator.world import World

APART = 100_000
"""Numbers between the first conversations of two lists."""

FRONTS = 10_000
"""Fronts of lists that are kept as they are sent: they are asked for over and over."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """`pages` Pages, each with both platforms and every folder, and `depth` conversations in each list.

    The first of a list changed at `newest`, in seconds since 1970, each other one a second before. `latency` are the
    seconds that a reply takes. Whenever a list's front was asked for `every` times, somebody writes who never did, and
    whoever wrote there first leaves it, so that it stays as long; nobody does where it is 0.
    """

    pages: int
    depth: int
    newest: int
    latency: float
    every: int = 0

    def owners(self) -> list[Page]:
        """The Pages."""
        return list(World(time.time, [f"page{number:03}" for number in range(1, self.pages + 1)]).pages.values())

    def lists(self) -> Iterator[tuple[Page, Platform, Folder, range]]:
        """Every list, with the numbers of its conversations as it begins, newest first."""
        first = 1
        for page in self.owners():
            for platform in Platform:
                for folder in Folder:
                    yield page, platform, folder, range(first + self.depth - 1, first - 1, -1)
                    first += APART


@dataclass(frozen=True, slots=True)
class Shown:
    """A conversation of a list: its id, the one of the model it copies, and when it changed, if not when that did."""

    id: str
    model: int
    changed: str = ""


class Stub:
    """Answers for a crowd, and notes in `looks` when the front of each list was asked for, in seconds since 1970.

    The lists in `looks` are called `PAGE-ID PLATFORM FOLDER`.
    """

    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd
        self.looks: defaultdict[str, list[float]] = defaultdict(list)
        self._pages = {page.id: page for page in crowd.owners()}
        self._model = World(time.time).page("acme")
        self._items = {platform: items_of(platform, crowd.depth, crowd.newest) for platform in Platform}
        self._numbers, self._lists = {}, {}
        for page, platform, folder, numbers in crowd.lists():
            name = name_of(page.id, platform, folder)
            self._numbers[name] = numbers[0]
            self._lists[name] = [Shown(thread_id(page, platform, number), at) for at, number in enumerate(numbers)]
        self._front = lru_cache(FRONTS)(self._slice)

    def reply(self, target: str) -> bytes:
        """What is sent for a GET, head and all."""
        path, query = urlsplit(target).path, dict(parse_qsl(urlsplit(target).query))
        _, version, page_id, *edge = path.split("/")
        if version == VERSION and not edge and (number := thread_number(unquote(page_id))):
            return self._conversation(unquote(page_id), [*self._lists][number // APART])
        if version != VERSION or page_id not in self._pages or edge not in ([], ["conversations"]):
            return NOT_FOUND
        if not edge:
            return reply("200 OK", self._identity(page_id))
        name = name_of(page_id, query["platform"], query.get("folder", Folder.INBOX.value))
        start, limit = int(query.get("after", 0)), int(query["limit"])
        if start or "user_id" in query:
            return reply("200 OK", self._slice(name, start, limit, self._numbers[name], query.get("user_id", "")))
        self.looks[name].append(time.time())
        if self.crowd.every and len(self.looks[name]) % self.crowd.every == 0:
            self._write(name)
        return reply("200 OK", self._front(name, start, limit, self._numbers[name]))

    def _write(self, name: str) -> None:
        """Let somebody write who never did."""
        page_id, platform, _ = name.split()
        number = self._numbers[name] = self._numbers[name] + 1
        shown = Shown(
            thread_id(self._pages[page_id], platform, number), number % self.crowd.depth, iso_time(time.time())
        )
        self._lists[name] = [shown, *self._lists[name][:-1]]

    def _identity(self, page_id: str) -> bytes:
        page = self._pages[page_id]
        assert page.instagram
        account = {"id": page.instagram.id, "username": page.instagram.username}
        return packed(json.dumps({"id": page.id, "name": page.title, "instagram_business_account": account}))

    def _conversation(self, id: str, name: str) -> bytes:
        """What is sent for one conversation of a list."""
        found = [shown for shown in self._lists[name] if shown.id == id]
        return reply("200 OK", packed(self._written(name, found))) if found else NOT_FOUND

    def _slice(self, name: str, start: int, limit: int, newest: int, person: str = "") -> bytes:
        """A part of a list as it is with this `newest` number: all of it, or what is with one `person`, by their id."""
        copied, end = self._items[Platform(name.split()[1])], start + limit
        there = [shown for shown in self._lists[name] if f'"{person}"' in copied[shown.model][2] or not person]
        cursors = f'"cursors":{{"before":"{start}","after":"{end}"}}'
        more = f',"next":"https://graph.example/?after={end}"' if end < len(there) else ""
        return packed(f'{{"data":[{self._written(name, there[start:end])}],"paging":{{{cursors}{more}}}}}')

    def _written(self, name: str, there: Sequence[Shown]) -> str:
        """Conversations of a list as JSON, with commas between them."""
        page_id, platform, _ = name.split()
        page, model = self._pages[page_id], self._model
        assert page.instagram and model.instagram
        items = []
        for shown in there:
            model_id, changed, text = self._items[Platform(platform)][shown.model]
            items.append(text.replace(model_id, shown.id).replace(changed, shown.changed or changed))
        return ",".join(items).replace(f'"{model.id}', f'"{page.id}').replace(model.instagram.id, page.instagram.id)


LENGTH = re.compile(rb"(?i)\ncontent-length: (\d+)")


class Speaker(asyncio.Protocol):
    """One connection."""

    def __init__(self, stub: Stub) -> None:
        self._stub = stub
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        if end and len(body) >= int(length[1] if length else 0):  # the next one waits for its reply
            method, target, _ = self._received.split(b" ", 2)
            self._received = b""
            sent = self._stub.reply(target.decode("ascii")) if method == b"GET" else NOT_FOUND
            asyncio.get_running_loop().call_later(self._stub.crowd.latency, self._transport.write, sent)


def items_of(platform: Platform, depth: int, newest: int) -> list[tuple[str, str, str]]:
    """The conversations of an inbox, newest first, as the simulator writes them: id, time, and all of it as JSON."""
    world = world_of(platform.value, depth, newest)
    page, after = world.page("acme"), None
    items: list[tuple[str, str, str]] = []
    with Simulator(world, rate_limit=False, instagram_fields="present") as graph:
        while len(items) < depth:
            asked = {"platform": platform.value, "fields": FIELDS, "limit": str(MOST), "access_token": page.token}
            address = f"{graph.url}/{VERSION}/{page.id}/conversations"
            body = requests.get(address, {**asked, "after": after} if after else asked, timeout=60).json()
            for item in body["data"]:
                items.append((item["id"], item["updated_time"], json.dumps(item, separators=(",", ":"))))
            after = body["paging"]["cursors"]["after"]
    return items


def name_of(page_id: str, platform: str, folder: str) -> str:
    return f"{page_id} {platform} {folder}"


def packed(text: str) -> bytes:
    return gzip.compress(text.encode(), compresslevel=1)


def reply(status: str, body: bytes) -> bytes:
    lines = (
        f"HTTP/1.1 {status}",
        f"Date: {formatdate(usegmt=True)}",
        "Content-Type: application/json; charset=UTF-8",
        "Content-Encoding: gzip",
        f"Content-Length: {len(body)}",
        f"facebook-api-version: {VERSION}",
    )
    return "\r\n".join((*lines, "", "")).encode() + body


NOT_FOUND = reply("404 Not Found", gzip.compress(b"{}"))


async def serve(stub: Stub) -> None:
    """Say on which port, serve until a line or the end of the input comes, and say when each list was asked for."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Speaker(stub), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.readline)
    json.dump(stub.looks, sys.stdout)


if __name__ == "__main__":
    asyncio.run(serve(Stub(Crowd(**json.loads(sys.stdin.readline())))))
