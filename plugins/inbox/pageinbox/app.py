"""Assembly: how the parts are put together, for the plugin, the tests and the benchmarks alike."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from pageinbox.ask.answers import Answers
from pageinbox.ask.listing import Listing
from pageinbox.ask.refs import Refs
from pageinbox.chat.network import Network
from pageinbox.checkup.bot import Around
from pageinbox.commands.dispatch import Commands
from pageinbox.graph.budget import Budget
from pageinbox.graph.calls import Calls
from pageinbox.graph.client import GraphClient
from pageinbox.graph.gate import Gate
from pageinbox.graph.http import Session, open_session
from pageinbox.model.chat import Chat
from pageinbox.model.finding import Finding
from pageinbox.model.meters import Meters
from pageinbox.model.push import Change
from pageinbox.model.source import Page
from pageinbox.model.watch import Detail
from pageinbox.model.web import Answering
from pageinbox.settings.configured import Configured
from pageinbox.settings.reading import Settings
from pageinbox.settings.renewing import SecretFiles
from pageinbox.tell.alarm import Alarm
from pageinbox.tell.names import Names
from pageinbox.tell.opening import Opening
from pageinbox.web.gauges import Gauging, how_all_stands
from pageinbox.web.health import Health
from pageinbox.web.meta import PATH, Webhook
from pageinbox.web.metrics import Metrics

if TYPE_CHECKING:
    # Loading SQLAlchemy takes longer than all the rest of the plugin, so whoever opens the ledger does it.
    from pageinbox.tell.service import WatchService


NO_ROOMS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Runtime:
    """What the parts take of the machine they run on.

    `clock` tells seconds since 1970, `timer` seconds that never go back, `sleep` waits for seconds, `random` gives 0 to
    1. `environment` names proxies and certificates. `paced` keeps to Meta's two calls a second. `connect` opens a
    session for the Graph's address in an environment. `ledger_clock` tells the ledger's time where that is simulated.
    `gate` is how many calls it makes at once, `meters` are what it counts.
    """

    clock: Callable[[], float] = time.time
    timer: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] = time.sleep
    random: Callable[[], float] = random.random
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    paced: bool = True
    connect: Callable[[str, Mapping[str, str]], Session] = open_session
    ledger_clock: Callable[[], float] | None = None
    gate: Gate = field(default_factory=Gate)
    meters: Meters = field(default_factory=Meters)


def open_listing(chosen: Settings, runtime: Runtime, budgets: dict[str, Budget] | None = None) -> Listing:
    """The lists of every Page of the settings, each Page with a session of its own. Makes no call.

    `budgets` are those of before, by Page id, and get those that are missing: what Meta has forbidden stays forbidden
    when settings change.
    """
    budgets = {} if budgets is None else budgets
    ids = {page.id for page in chosen.pages.values()}
    clients = {
        name: GraphClient(
            Calls(
                page,
                runtime.connect(chosen.graph_url, runtime.environment),
                budgets.setdefault(page.id, Budget(runtime.timer, runtime.sleep, paced=runtime.paced)),
                url=chosen.graph_url,
                version=chosen.graph_version,
                clock=runtime.clock,
                sleep=runtime.sleep,
                random=runtime.random,
                gate=runtime.gate,
                meters=runtime.meters,
                renewed=SecretFiles(page, runtime.timer).renewed,
                others=ids,
            )
        )
        for name, page in chosen.pages.items()
    }
    return Listing(clients, ttl=chosen.cache_ttl, clock=runtime.clock, timer=runtime.timer, meters=runtime.meters)


def open_answers(chosen: Settings, runtime: Runtime, budgets: dict[str, Budget] | None = None) -> Answers:
    """Where questions about the Pages of the settings are answered; see `open_listing`. Makes no call."""
    return Answers(open_listing(chosen, runtime, budgets), Refs(), runtime.clock)


def open_service(
    ledger_at: str | Path,
    answers: Answers,
    chosen: Settings,
    chat: Chat,
    *,
    rooms: Mapping[str, str] = NO_ROOMS,
    alarm: Alarm,
    admins: Sequence[str] = (),
    runtime: Runtime,
    moved: Callable[[], Mapping[str, str]] = dict,
    going: Callable[[], bool] = lambda: True,
    ceiling: Callable[[str], Detail] | None = None,
) -> WatchService | None:
    """What tells rooms, on the ledger at a path or a database URL; None when `going` says it is no longer wanted.

    `rooms` are those of WATCHES that were found, as they are written there, each with the name it has in the chat.
    `admins` are rooms or people that hear of trouble with Pages; `alarm` hears how it gets on. `moved` gives
    the rooms that go on as others, by their old names, `ceiling` what a room may see at most.
    Raises LedgerError.
    """
    from pageinbox.ledger.database import open_ledger
    from pageinbox.tell.service import WatchService

    ledger = open_ledger(ledger_at, clock=runtime.ledger_clock)
    service = None
    try:
        if going():
            service = WatchService(
                ledger,
                answers,
                chosen,
                chat,
                rooms=rooms,
                alarm=alarm,
                admins=admins,
                clock=runtime.clock,
                timer=runtime.timer,
                random=runtime.random,
                moved=moved,
                going=going,
                ceiling=ceiling,
                meters=runtime.meters,
            )
    finally:
        if service is None:
            ledger.close()
    return service


def open_in_background(
    ledger_file: Path, answers: Answers, names: Names, chat: Network, *, admins: Sequence[str], runtime: Runtime
) -> Opening:
    """What opens the service once it is started, on the ledger of the settings, or else on `ledger_file`.

    `names` has the settings, and finds in the chat what they name; `admins` are told of trouble.
    """
    chosen = names.chosen
    alarm = Alarm(chat, admins, runtime.clock, pages=chosen.pages, hears=chat.hears, timer=runtime.timer)
    ledger_at = chosen.database_url.reveal() if chosen.database_url else ledger_file

    def make(going: Callable[[], bool]) -> WatchService | None:
        rooms = names.rooms()
        service = open_service(
            ledger_at,
            answers,
            names.settings(rooms, chat.whom),
            chat,
            rooms=rooms,
            alarm=alarm,
            admins=tuple(dict.fromkeys(names.find(admin) or admin for admin in admins)),
            runtime=runtime,
            moved=chat.moved,
            going=going,
            ceiling=names.ceiling,
        )
        if service is not None:
            names.keep(service)
        return service

    return Opening(make, alarm)


def open_commands(
    settings: Configured,
    answers: Answers,
    names: Names,
    opening: Opening,
    chat: Network,
    *,
    errbot: Callable[[], list[Finding]],
    runtime: Runtime,
) -> Commands:
    """What `!inbox` does from one activation of the plugin to the next. `errbot` examines Errbot."""
    return Commands(
        answers,
        names.chosen,
        opening.service,
        clock=runtime.clock,
        refusal=settings.refusal,
        whom=chat.whom,
        member=chat.member,
        faults=opening.alarm.watchdog.faults,
        ceiling=names.ceiling,
        around=Around(origins=settings.origins, chat=chat.examine, errbot=errbot),
    )


def web_addresses(
    settings: Configured, opening: Opening | None, answers: Answers | None, runtime: Runtime
) -> Mapping[str, Answering]:
    """What is answered on the bot's web server, by path, from one activation of the plugin to the next.

    `opening` is None where there are no good settings.
    """

    def opened() -> WatchService | None:
        return None if opening is None else opening.opened

    # What probes ask for every few seconds is a small part of what Prometheus wants.
    backlogs = Gauging(lambda service: service.histories.waiting(), opened, runtime.timer)
    faults = tuple if opening is None else opening.alarm.watchdog.faults
    health = Health(lambda: settings.refusal, opened, faults, backlogs, runtime.clock)
    metrics = Metrics(
        runtime.meters,
        health,
        Gauging(how_all_stands, opened, runtime.timer),
        None if answers is None else answers.listing,
        interval=None if settings.chosen is None else settings.chosen.slowest_interval,
        clock=runtime.clock,
        timer=runtime.timer,
    )
    addresses: dict[str, Answering] = {"/inbox/health": health.answer, "/inbox/metrics": metrics.answer}
    if answers is not None and (chosen := settings.chosen) is not None and chosen.push_token is not None:
        clients = answers.listing.clients

        def hear(pages: Collection[str], changes: Sequence[Change]) -> None:
            if (service := opened()) is not None:  # else its first looks find all that there is
                service.pushes.hear(pages, changes)

        def pages() -> list[Page]:
            return [client.page for client in clients.values()]

        addresses[PATH] = Webhook(chosen.push_token, pages, hear, runtime.meters.pushes).answer
    return addresses
