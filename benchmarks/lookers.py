"""Ways to find out what is new in one inbox, one in each process: `python -m benchmarks.lookers NAME`.

A `Task` comes as JSON on standard input; the figures of each look go to standard output.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks.runs import Connection, memory_now, peak_memory

INTERVAL = 60.0
ROOM = "#team"


@dataclass(frozen=True, slots=True)
class Task:
    """One platform's inbox of one Page, to be looked at several times.

    `fields` and `limits` (one for each call) are what err-inbox asks for; `known` are the ids that are no news, and
    `ledger` is the address of the ledger that knows them. `expected` is what each look has to find.
    """

    url: str
    version: str
    page: str
    token: str
    platform: str
    fields: str
    limits: list[int]
    known: list[str]
    ledger: str
    expected: list[int]


@dataclass(frozen=True, slots=True)
class Looker:
    """A client made ready: the requests session it uses, and one look, which gives how many conversations it found.

    `tell` says what was queued, where that is a step of its own; it gives how many messages it took.
    """

    session: Any
    look: Callable[[], int]
    tell: Callable[[], int] | None = None


class Ear:
    """A chat that takes everything at once."""

    def send(self, room: str, post: Any, key: str, under: str = "") -> str:
        return "$" + key.rjust(43, "x")

    def edit(self, room: str, post: Any, receipt: str) -> None:
        """Nothing to see."""

    def settle(self, room: str, key: str, since: float, under: str = "") -> Any:
        raise AssertionError("nothing is in doubt")


def err_inbox(task: Task) -> Looker:
    """One look of the poller for one watching room: read, compared, learned and queued in one transaction."""
    from pageinbox.app import Runtime, open_answers, open_service
    from pageinbox.settings.reading import read
    from pageinbox.tell.alarm import Alarm

    chosen = read(
        {
            "PAGES": {"acme": {"ID": task.page, "TOKEN": task.token}},
            "GRAPH_URL": task.url,
            "GRAPH_VERSION": task.version,
            "POLL_INTERVAL": INTERVAL,
            "WATCHES": [f"{ROOM} inbox {task.platform}"],
        },
        environment={},
    )
    connection = Connection()
    runtime = Runtime(paced=False, connect=connection.open)
    answers = open_answers(chosen, runtime)
    alarm = Alarm(Ear(), (), runtime.clock)
    service = open_service(task.ledger, answers, chosen, Ear(), alarm=alarm, runtime=runtime)
    assert service is not None
    (source,) = service.poll.sources()

    def look() -> int:
        outcome = service.poll.look(source)
        if outcome.trouble is not None or outcome.again is not None:
            raise AssertionError(f"the look failed: {outcome}")
        return outcome.new

    def tell() -> int:
        messages = 0
        while service.delivery.step() == 0:
            messages += 1
        return messages

    return Looker(connection.session, look, tell)


def bare(task: Task) -> Looker:
    """The same slices fetched with requests and parsed with json.loads, and nothing done with them."""
    import requests

    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {task.token}"

    def look() -> int:
        after, found = None, 0
        for limit in task.limits:
            params = {"platform": task.platform, "fields": task.fields, "limit": str(limit)}
            reply = session.get(
                f"{task.url}/{task.version}/{task.page}/conversations",
                params=params | ({"after": after} if after else {}),
                timeout=30,
            )
            body = json.loads(reply.content)
            found += len(body["data"])
            after = body["paging"]["cursors"]["after"]
        return found

    return Looker(session, look)


def facebook_business(task: Task) -> Looker:
    """What one would write with Meta's SDK: list all, every time, and keep the ids in a set."""
    from facebook_business.adobjects import unifiedthread  # noqa: F401 - or else it is imported while we measure
    from facebook_business.adobjects.page import Page
    from facebook_business.api import FacebookAdsApi
    from facebook_business.session import FacebookSession

    FacebookSession.GRAPH = task.url
    session = FacebookSession(access_token=task.token)
    page = Page(task.page, api=FacebookAdsApi(session, api_version=task.version))
    known = set(task.known)

    def look() -> int:
        params = {"platform": task.platform, "limit": max(task.limits)}
        new = [thread for thread in page.get_conversations(fields=[task.fields], params=params)
               if thread["id"] not in known]  # fmt: skip
        known.update(thread["id"] for thread in new)
        return len(new)

    return Looker(session.requests, look)


LOOKERS: dict[str, Callable[[Task], Looker]] = {
    "err-inbox": err_inbox,
    "requests and json.loads": bare,
    "facebook-business": facebook_business,
}


def main(name: str) -> None:
    """Look as often as the task says; seconds of CPU and wall clock, calls, bytes and MiB of each look."""
    task = Task(**json.load(sys.stdin))
    looker = LOOKERS[name](task)
    sizes: list[int] = []
    looker.session.hooks["response"].append(lambda reply, **_: sizes.append(int(reply.headers["Content-Length"])))
    told = []
    for expected in task.expected:
        sizes.clear()
        before = memory_now()
        wall, cpu = time.perf_counter(), time.process_time()
        found = looker.look()
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        if found != expected:
            raise AssertionError(f"a look found {found}")
        figures = {"cpu": cpu, "wall": wall, "calls": len(sizes), "bytes": sum(sizes), "memory": peak_memory() - before}
        told.append(figures)
    end = {"memory": peak_memory(), "telling": 0.0, "messages": 0}
    if looker.tell is not None:
        cpu = time.process_time()
        end["messages"] = looker.tell()
        end["telling"] = time.process_time() - cpu
    json.dump({"looks": told, "end": end}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
