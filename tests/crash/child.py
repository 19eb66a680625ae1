"""The core alone in processes that start fast and are made to be killed.

`python -m tests.crash.child` loads everything once and then starts lives by forking. It reads a line and answers with
a line:

    warm URL    play a life on the empty ledger there, so that all that is forked later has its statements compiled; 0
    start {…}   an Order: start a life; its pid
    kill PID    SIGKILL to that life; how it ended, as subprocess tells it: -9, or what it had come to by itself before
    wait PID    wait until it ends by itself; how it ended
    clear       SIGKILL to all lives that are left; how many these were
"""

from __future__ import annotations

import faulthandler
import gc
import os
import random
import signal
import sys
import threading
import time
import traceback
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal

import msgspec

# The databases' drivers, which SQLAlchemy would load in every life anew.
import psycopg  # noqa: F401
import sqlalchemy.dialects.postgresql.psycopg
import sqlalchemy.dialects.sqlite.pysqlite  # noqa: F401

import tests.compiled  # noqa: F401
from pageinbox.app import Runtime, open_answers, open_service
from pageinbox.ask.answers import Answers
from pageinbox.ledger.claims import CLAIM
from pageinbox.model.act import ActKind, Person
from pageinbox.model.digest import DigestSpec, Rhythm
from pageinbox.model.errors import LedgerError
from pageinbox.model.selection import Selection
from pageinbox.settings.reading import read
from pageinbox.tell.alarm import Alarm
from pageinbox.tell.group import GATHERING
from pageinbox.tell.service import WatchService
from tests.core.stage import INTERVAL, Stage
from tests.crash.storm import BOARD, OPS, PATIENT, REMINDING, WATCHES
from tests.recording_chat import RecordingChat

GIVE_UP = 300.0
"""Seconds after which a life that was to end when all is said has failed."""

HUNG = GIVE_UP + 60.0
"""Seconds after which a life that was to end, or what was told here, hangs: where its threads are is written down."""

CHECK = 0.05  # seconds between two looks at whether all is said

QUICK, SPARED = 0.5, 50.0
"""Seconds by which the clocks of a last life go on at each of these, and how many at most: who waits for what goes
together is not waited for. Its clocks are never as fast as those of the next one."""

HURRY = 0.05
"""The share of a pause between two tries at Meta that is waited for here: a life is short."""


class Order(msgspec.Struct):
    """One life: the ledger and how long it lives.

    `inbox` is the INBOX of a config.py, `interval` the seconds between two looks, shorter than settings allow. `ahead`
    are seconds by which its clock and the ledger's are ahead of this machine's; where they are 0, the ledger has its
    own. `skew` are seconds by which the bot's clock alone is. It lives until it is killed, or, where it is the `last`
    one, until it has looked everywhere and nothing is left to be said; then its clocks are quick. What goes wrong in it
    is written to `complaints`. Whoever `acts` on conversations meanwhile has
    each act that was answered written into that file. Where it has a `digest`, BOARD is to hear it in two minutes. It
    asks about `tokens` once it has read something, as a bot does that lives for longer.
    """

    ledger: str
    chat: str
    settles: Literal["key", "history"] | None
    inbox: dict[str, object]
    interval: float
    ahead: float
    seed: int
    complaints: str
    last: bool = False
    skew: float = 0.0
    acts: str = ""
    digest: bool = False
    tokens: bool = False


def live(order: Order) -> None:
    """One life, as the plugin lives it. Returns only where it is the last one."""

    spared = 0.0

    def simulated() -> float:
        return time.time() + order.ahead + spared

    def clock() -> float:
        return simulated() + order.skew

    chosen = replace(read(order.inbox | {"CACHE_TTL": 0}, environment={}), poll_interval=order.interval)
    chance = random.Random(order.seed).random
    chat = RecordingChat(order.chat, order.settles)
    ledger_clock = simulated if order.ahead else None
    runtime = Runtime(clock, sleep=hurry, random=chance, environment={}, paced=False, ledger_clock=ledger_clock)
    answers = open_answers(chosen, runtime)
    service = open_service(
        order.ledger,
        answers,
        chosen,
        chat,
        alarm=Alarm(chat, [], clock),
        admins=[OPS],
        runtime=runtime,
    )
    assert service is not None
    begun = clock()
    if order.digest and not service.digests.standing(BOARD):
        soon = datetime.fromtimestamp(begun + 120, UTC).time().replace(second=0, microsecond=0)
        service.digests.keep(BOARD, DigestSpec(Selection(), Rhythm(soon)))
    service.start()
    if order.acts and not order.last:
        threading.Thread(target=act, args=(order, answers, service), daemon=True).start()
    if order.tokens and order.last:
        service.tokens.ask()
    elif order.tokens:
        threading.Thread(target=ask, args=(answers, service), daemon=True).start()
    still = threading.Event()
    # What interrupts a sweep is none, and is one at its next look.
    swept = begun + 2 * order.interval
    while not order.last or not all_said(service, swept, tokens=order.tokens):
        still.wait(CHECK if order.last else None)
        spared = min(spared + QUICK, SPARED)
        if clock() > begun + GIVE_UP:
            raise TimeoutError(f"still unsaid: {service.histories.waiting()}; sources: {service.standings.records()}")
    service.stop()


def act(order: Order, answers: Answers, service: WatchService) -> None:
    """People take conversations from each other and note things, for as long as this lives; not from the PATIENT."""
    chance, memory = random.Random(order.seed), answers.listing.memory
    with open(order.acts, "a", encoding="ascii") as answered:
        while True:
            time.sleep(chance.uniform(0.0, 0.06))
            looks = [look for source in memory.looked() if (look := memory.last(source))]
            every = [(look.source, item) for look in looks for item in look.conversations]
            # A spoilt reply leaves out names, also of the patient.
            found = [(listed, item) for listed, item in every if item.name and not item.name.endswith(PATIENT)]
            if not found:
                continue
            (listed, item), who = chance.choice(found), f"@{chance.randrange(2**32)}"
            kind = chance.choice((ActKind.CLAIM, ActKind.CLAIM, ActKind.NOTE))
            try:
                service.acts.mark(kind, listed, item.id, Person(who, "Kim"), "#team", item=item, words=who, over=True)
            except LedgerError:
                continue  # it was told so
            answered.write(f"{who}\n")
            answered.flush()


def ask(answers: Answers, service: WatchService) -> None:
    """Ask Meta about the tokens, as soon as something was read."""
    while not answers.listing.memory.looked():
        time.sleep(CHECK)
    service.tokens.ask()


def all_said(service: WatchService, since: float, *, tokens: bool) -> bool:
    """Whether every source was read since then, and nothing waits to be said: no reminder and no digest either.

    Where it was asked about `tokens`, nothing of these either.
    """
    records = service.standings.records().values()
    looked = bool(records) and all(one.looked is not None and one.looked >= since for one in records)
    if not looked or service.histories.waiting():
        return False  # what follows asks for much more
    if any(watch.spec.reminds for watch in service.watches.watches()) and not service.reminders.remind():
        return False  # somebody was just found to be due, or another thread is looking for them
    if service.digests.due()[0]:
        return False
    if tokens and not service.weather.tell():
        return False  # likewise
    return not service.histories.waiting()


def hurry(seconds: float) -> None:
    """Wait for less than asked for."""
    time.sleep(seconds * HURRY)


def warm(url: str) -> None:
    """Play a life without threads, so that what takes long only once was done before any is forked."""
    stage = Stage(url, watches=[*WATCHES, REMINDING])
    try:
        life = stage.bot()
        life.look_everywhere()
        life.say(BOARD, "digest daily 12:05")
        stage.time.wait(2 * GATHERING)
        life.remind()
        for number in (1, 8):
            new = stage.arrive(number)
            stage.time.wait(INTERVAL)
            life.look_everywhere()
            stage.rooms.losing = 1
            life.remind()
            stage.time.wait(CLAIM)
            life.remind()
            ref = life.answers.refs.give(life.service.poll.sources()[0], new[0])
            for command in ("claim", "claim", "note"):
                life.say("#room", f"{command} {ref} over")
        stage.kill(life)
        stage.bot().remind()
    finally:
        stage.close()
    for thread in threading.enumerate():  # nothing but this one may run when a life is forked
        if thread is not threading.current_thread():
            thread.join()
    gc.collect()
    gc.freeze()


def start(order: Order) -> int:
    """Fork a life, and give its pid."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        for number in (1, 2):
            os.dup2(os.open(order.complaints, os.O_WRONLY | os.O_APPEND | os.O_CREAT), number)
        if order.last:
            faulthandler.dump_traceback_later(HUNG, exit=True)
        live(order)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def ended(pid: int) -> int:
    """Wait for the end of a life, and give how it ended."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def main() -> None:
    """Serve one who writes lines, until the lines end; then the lives that are left end too."""
    lives: set[int] = set()

    def end(pid: int) -> int:
        lives.remove(pid)
        return ended(pid)

    def clear() -> int:
        for pid in lives:
            os.kill(pid, signal.SIGKILL)
        return len([end(pid) for pid in [*lives]])

    for line in sys.stdin:
        command, _, rest = line.rstrip().partition(" ")
        if command != "start":  # what is forked while this runs could never end it
            faulthandler.dump_traceback_later(HUNG + 30, exit=True)
        match command:
            case "warm":
                warm(rest)
                answer = 0
            case "start":
                answer = start(msgspec.json.decode(rest, type=Order))
                lives.add(answer)
            case "kill":
                os.kill(int(rest), signal.SIGKILL)
                answer = end(int(rest))
            case "wait":
                answer = end(int(rest))
            case "clear":
                answer = clear()
            case _:
                raise ValueError(line)
        faulthandler.cancel_dump_traceback_later()
        print(answer, flush=True)
    clear()


if __name__ == "__main__":
    main()
