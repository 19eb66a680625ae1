"""What Prometheus is told: counts and gauges by Page, platform and code, and never by person, room or what was written.

Names and units are by its convention. docs/metrics.md lists them all.
"""

from __future__ import annotations

import platform
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import accumulate, product
from typing import TYPE_CHECKING

from pageinbox.ask.listing import Listing
from pageinbox.checkup.versions import OURS, installed
from pageinbox.model.history import Backlog, SourceRecord, State
from pageinbox.model.meters import Count, Labels, Lengths, Meters
from pageinbox.model.push import Became
from pageinbox.model.source import Platform, Source
from pageinbox.model.web import WebRequest, WebResponse
from pageinbox.web.gauges import FRESH, Gauges, Gauging
from pageinbox.web.health import Health
from pageinbox.web.health import State as HealthState

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric
    from prometheus_client.registry import Collector

KIND = "text/plain; version=0.0.4; charset=utf-8"
"""The media type of the format that every Prometheus reads."""

BY_LIST = ("page", "platform")
"""Labels of what is told of lists: with the folder too, 300 Pages would be 2,400 series of each."""


class Metrics:
    """The metrics of one activation of the plugin, with the counts of all before.

    `listing` has the Pages, and `interval` are the seconds between two looks at a list, both None while there are no
    good settings; `clock` tells seconds since 1970, `timer` seconds that never go back.
    """

    def __init__(
        self,
        meters: Meters,
        health: Health,
        gauging: Gauging[Gauges],
        listing: Listing | None,
        *,
        interval: float | None,
        clock: Callable[[], float],
        timer: Callable[[], float],
    ) -> None:
        self._meters = meters
        self._health = health
        self._gauging = gauging
        self._interval = interval
        self._listing = listing
        self._clients = {} if listing is None else listing.clients
        self._clock = clock
        self._timer = timer
        self._lock = threading.Lock()
        self._told: tuple[float, bytes] | None = None
        self._process: Collector | None = None

    def answer(self, request: WebRequest) -> WebResponse:
        """All metrics, five seconds old at most: a storm of scrapes costs no more than one."""
        if request.method not in ("GET", "HEAD"):
            return WebResponse(405)
        with self._lock:
            if self._told is None or self._timer() - self._told[0] >= FRESH:
                self._told = self._timer(), self._tell()
            return WebResponse(body=self._told[1], kind=KIND)

    def _tell(self) -> bytes:
        # Loaded by the first scrape: a bot that nobody scrapes has no use for it.
        from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest

        registry = CollectorRegistry()  # the global one would outlive a plugin that is reloaded
        self._process = self._process or ProcessCollector(registry=None)
        registry.register(self._process)
        registry.register(self)
        return generate_latest(registry)

    def collect(self) -> Iterator[Metric]:
        """Every metric of ours, as Prometheus's library wants them."""
        yield from self._of_bot()
        yield from self._counted()
        yield from self._of_pages()
        gauges, _ = self._gauging.latest()
        yield gauge("ledger_up", "Whether the ledger told how all stands; if not, the metrics from it are missing.",
                    {(): gauges is not None})  # fmt: skip
        if gauges is not None:
            yield from of_lists([each for each in gauges.records.values() if self._is_list(each.source)])
            yield waiting(gauges.waiting)
            yield from of_rooms(gauges, self._clock())

    def _of_bot(self) -> Iterator[Metric]:
        state, _ = self._health.examine()
        yield gauge("build_info", "Which versions run; always 1.",
                    {(versions()[OURS] or "clone", versions()["errbot"], platform.python_version()): 1},
                    "version", "errbot", "python")  # fmt: skip
        yield gauge("health", "Which state /inbox/health tells: 1 for that, 0 for the others.",
                    {(each.value,): each is state for each in HealthState}, "state")  # fmt: skip
        if self._interval is not None:
            yield gauge(
                "poll_interval_seconds",
                "The setting POLL_INTERVAL, or POLL_INTERVAL_PUSHED where that counts.",
                {(): self._interval},
            )

    def _counted(self) -> Iterator[Metric]:
        meters = self._meters
        pages = [(page,) for page in self._clients]
        lists = [(name, each) for name, client in self._clients.items() for each in client.page.platforms]
        # What never happened yet is 0: Prometheus sees no increase in a series that begins with 1.
        looks = [(*each, outcome) for each, outcome in product(lists, ("good", "failed"))]
        kinds = [("list",), ("conversation",)]
        outcomes = [("sent",), ("refused",), ("doubted",)]
        made = [("made",), ("put off",), ("given up",)]
        yield counter("pushes", "What Meta pushed, by what became of it.", meters.pushes, [(each,) for each in Became])
        yield counter("looks", "Looks of this bot at lists that are watched.", meters.looks, looks)
        yield counter("new_conversations", "New conversations that these looks found.", meters.found, lists)
        yield counter("graph_calls", "Calls to Meta.", meters.calls, pages)
        yield counter("graph_errors", "Calls to Meta that failed, by Meta's code and what that means.", meters.errors)
        yield histogram("graph_call_seconds", "How long calls to Meta took.", meters.call_seconds, [()])
        yield counter("cache_hits", "What questions wanted and could be told without Meta.", meters.hits, kinds)
        yield counter("cache_misses", "What questions wanted and Meta was asked for.", meters.misses, kinds)
        yield counter("announcements", "Tries to send an announcement.", meters.announcements, outcomes)
        yield counter("edits", "Tries to edit an announcement.", meters.edits, made)
        yield histogram("birth_to_receipt_seconds",
                        "From a customer's message, by Meta's clock, to the chat's receipt of its announcement, by the "
                        "bot's; without what was to wait.",
                        meters.lag, [(each.value,) for each in Platform])  # fmt: skip

    def _of_pages(self) -> Iterator[Metric]:
        usage, held, ends = dict[Labels, float](), dict[Labels, float](), dict[Labels, float]()
        for name, client in self._clients.items():
            budget, token = client.budget, client.token.ends
            held[name,] = max(budget.closed_for(), budget.paused_for())
            if budget.used is not None:
                usage[name,] = budget.used / 100
            for what, at in (("token", token.token), ("access", token.access)):
                if at is not None:
                    ends[name, what] = at
        yield gauge("graph_usage_ratio", "The most used of Meta's allowances, as its latest reply told; 1 is all.",
                    usage, "page")  # fmt: skip
        yield gauge("graph_held_seconds", "For how long looks make no call yet, because of Meta's limits.",
                    held, "page")  # fmt: skip
        yield gauge("token_expiry_timestamp_seconds", "When the Page's token, or its access to data, ends.",
                    ends, "page", "what")  # fmt: skip

    def _is_list(self, source: Source) -> bool:
        """Whether it is no folder that Instagram ignores, of which nothing is ever learned."""
        look = None if self._listing is None else self._listing.memory.last(source)
        return look is None or look.folder != "ignored"


def of_lists(records: Iterable[SourceRecord]) -> Iterator[Metric]:
    """How the watched lists stand by the ledger, whichever bot looks at them."""
    lists, looked, failing = Counter[Labels](), dict[Labels, float](), Counter[Labels]()
    for record in records:
        its = record.source.page, record.source.platform.value
        lists[its] += 1
        looked[its] = min(looked.get(its, record.looked or 0.0), record.looked or 0.0)
        if record.trouble is not None and record.failing is not None:
            failing[*its, record.trouble.kind] += 1
    yield gauge("lists", "Lists that are watched.", lists, *BY_LIST)
    yield gauge("lists_failing", "Those of them whose latest look failed, by what is wrong; none where none did.",
                failing, *BY_LIST, "kind")  # fmt: skip
    yield gauge("last_look_timestamp_seconds",
                "When the latest good look was, of the list where that is longest ago; 0 before the first.",
                looked, *BY_LIST)  # fmt: skip


def waiting(lists: Mapping[Source, int]) -> Metric:
    """In how many conversations of some lists a customer waits."""
    found = Counter[Labels]()
    for source, many in lists.items():
        found[source.page, source.platform.value] += many
    return gauge("customers_waiting", "Conversations in which a customer waits for an answer, where there are any.",
                 found, *BY_LIST)  # fmt: skip


def of_rooms(gauges: Gauges, now: float) -> Iterator[Metric]:
    """What rooms are still to be told, at this time in seconds since 1970, and what else the ledger holds."""
    queued = [each for each in gauges.backlogs if each.state is State.QUEUED]
    due = [now - each.retry for each in queued if each.failing is None]
    failing = {each.room: now - each.failing for each in gauges.backlogs if each.failing is not None}

    def such(state: State) -> Sequence[Backlog]:
        return [each for each in gauges.backlogs if each.state is state]

    yield gauge("queue_length", "What waits to be announced.", {
        ("conversation",): sum(each.conversations for each in queued),
        ("notice",): sum(each.notices for each in queued),
    }, "what")  # fmt: skip
    yield gauge("queue_overdue_seconds", "For how long something could have been announced, in rooms that are well.",
                {(): max([0.0, *due])})  # fmt: skip
    yield gauge("doubts", "Announcements of which nobody knows whether they arrived.", {(): len(such(State.DOUBT))})
    yield gauge("given_up", "Announcements that were given up and are kept.", {(): len(such(State.GIVEN_UP))})
    yield gauge("rooms_failing", "Rooms that can't be told anything.", {(): len(failing)})
    yield gauge("rooms_failing_seconds", "For how long the first of them has been failing.",
                {(): max([0.0, *failing.values()])})  # fmt: skip
    yield gauge("watches", "Watches, by whether their Page is in the settings.",
                {("active",): gauges.watches, ("paused",): gauges.paused}, "state")  # fmt: skip
    yield gauge("digests", "Digests that rooms are sent.", {(): gauges.digests})
    yield gauge("ledger_size_bytes", "What the ledger's tables take.", {(): gauges.size})


def gauge(name: str, told: str, values: Mapping[Labels, float], *labels: str) -> Metric:
    """A gauge with its values by those of its labels."""
    from prometheus_client.metrics_core import GaugeMetricFamily

    family = GaugeMetricFamily(f"inbox_{name}", told, labels=labels)
    for its, value in values.items():
        family.add_metric(encodable(its), value)
    return family


def counter(name: str, told: str, count: Count, known: Iterable[Labels] = ()) -> Metric:
    """What a meter has counted; 0 of what is `known` and never happened yet."""
    from prometheus_client.metrics_core import CounterMetricFamily

    family = CounterMetricFamily(f"inbox_{name}", told, labels=count.names)
    for its, many in (dict.fromkeys(known, 0) | dict(count.counted())).items():
        family.add_metric(encodable(its), many)
    return family


def histogram(name: str, told: str, lengths: Lengths, known: Iterable[Labels] = ()) -> Metric:
    """The same of lengths of time."""
    from prometheus_client.metrics_core import HistogramMetricFamily

    family = HistogramMetricFamily(f"inbox_{name}", told, labels=lengths.names)
    bounds = [*map(str, lengths.bounds), "+Inf"]
    none: tuple[Sequence[int], float] = ([0] * len(bounds), 0.0)
    for its, (many, total) in (dict.fromkeys(known, none) | dict(lengths.counted())).items():
        family.add_metric(encodable(its), list(zip(bounds, accumulate(many), strict=True)), total)
    return family


def encodable(labels: Labels) -> Labels:
    """Values of labels without what is no text in UTF-8, since that would leave a scrape without an answer."""
    return tuple(value.encode(errors="replace").decode() for value in labels)


@cache
def versions() -> Mapping[str, str]:
    """Of what is installed, by name; a clone of ours has none."""
    return dict(installed())
