"""Four ways to list a Page's conversations, one in each process: `python -m benchmarks.clients NAME`.

Each is written as its library would have it. What to ask comes as JSON on standard input, the figures and the ids
that were read go to standard output.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks.runs import Connection, peak_memory


@dataclass(frozen=True, slots=True)
class Job:
    """What to list: `count` conversations of one platform's inbox, `limit` a call with these `fields`."""

    url: str
    version: str
    page: str
    token: str
    platform: str
    fields: str
    limit: int
    count: int


@dataclass(frozen=True, slots=True)
class Reader:
    """A client made ready: the requests session it will use, and what reads and gives the ids in order."""

    session: Any
    read: Callable[[], list[str]]


def err_inbox(job: Job) -> Reader:
    """Fetched, typed, summarised and put into words, as `!inbox messenger limit 50` would be."""
    from pageinbox.app import Runtime, open_answers
    from pageinbox.chat.errbot import content as markdown
    from pageinbox.model.query import InboxQuery
    from pageinbox.model.source import Folder, Platform, Source
    from pageinbox.settings.reading import read as read_settings
    from pageinbox.words.answer import listing

    chosen = read_settings(
        {
            "PAGES": {"acme": {"ID": job.page, "TOKEN": job.token}},
            "GRAPH_URL": job.url,
            "GRAPH_VERSION": job.version,
            "CACHE_TTL": 3600,
        },
        environment={},
    )
    connection = Connection()
    answers = open_answers(chosen, Runtime(paced=False, connect=connection.open))
    platform = Platform(job.platform)

    def read() -> list[str]:
        look = answers.listing.look(Source("acme", platform, Folder.INBOX), want=job.count + 1)
        answer = answers.ask("room", InboxQuery(platform=platform, limit=50))
        identities = {name: client.known for name, client in answers.listing.clients.items()}
        text = markdown.messages(listing(answer, chosen.pages, identities, chosen.detail))[0]
        if f"{job.count:,} conversations" not in text or answer.matching != job.count:
            raise AssertionError(f"the answer does not speak of all: {text[:200]}")
        return [conversation.id for conversation in look.conversations]

    return Reader(connection.session, read)


def bare(job: Job) -> Reader:
    """The loop one would write: follow `next` until there is none."""
    import requests

    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {job.token}"

    def read() -> list[str]:
        items: list[dict[str, Any]] = []
        url = f"{job.url}/{job.version}/{job.page}/conversations"
        params: dict[str, Any] | None = {"platform": job.platform, "fields": job.fields, "limit": job.limit}
        while url:
            reply = session.get(url, params=params, timeout=30)
            reply.raise_for_status()
            body = reply.json()
            items += body["data"]
            url, params = body.get("paging", {}).get("next"), None
        return [item["id"] for item in items]

    return Reader(session, read)


def facebook_business(job: Job) -> Reader:
    """Meta's own SDK."""
    from facebook_business.adobjects import unifiedthread  # noqa: F401 - or else it is imported while we measure
    from facebook_business.adobjects.page import Page
    from facebook_business.api import FacebookAdsApi
    from facebook_business.session import FacebookSession

    FacebookSession.GRAPH = job.url
    session = FacebookSession(access_token=job.token)
    page = Page(job.page, api=FacebookAdsApi(session, api_version=job.version))

    def read() -> list[str]:
        params = {"platform": job.platform, "limit": job.limit}
        threads = list(page.get_conversations(fields=[job.fields], params=params))
        return [thread["id"] for thread in threads]

    return Reader(session.requests, read)


def python_facebook_api(job: Job) -> Reader:
    """python-facebook-api, whose way through an edge of any kind gives dicts."""
    from pyfacebook import GraphAPI

    api = GraphAPI(access_token=job.token, base_url=f"{job.url}/", version=job.version)

    def read() -> list[str]:
        found = api.get_full_connections(
            job.page, "conversations", count=None, limit=job.limit, platform=job.platform, fields=job.fields
        )
        return [item["id"] for item in found["data"]]

    return Reader(api.session, read)


CLIENTS: dict[str, Callable[[Job], Reader]] = {
    "err-inbox": err_inbox,
    "bare requests": bare,
    "facebook-business": facebook_business,
    "python-facebook-api": python_facebook_api,
}


def main(name: str) -> None:
    """Run one client; `cpu` and `wall` are those of reading alone, `whole` is the CPU of the process from its start."""
    reader = CLIENTS[name](Job(**json.load(sys.stdin)))
    sizes: list[int] = []
    reader.session.hooks["response"].append(lambda reply, **_: sizes.append(int(reply.headers["Content-Length"])))
    wall, cpu = time.perf_counter(), time.process_time()
    ids = reader.read()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    figures = {
        "cpu": cpu,
        "wall": wall,
        "whole": time.process_time(),
        "memory": peak_memory(),
        "calls": len(sizes),
        "bytes": sum(sizes),
    }
    json.dump({"figures": figures, "ids": ids}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
