"""A bot that is killed again and again in a storm, and what is to be true afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from random import Random
from typing import IO, Literal, Self

import msgspec

from pageinbox.ledger.failing import RETRY
from pageinbox.model.history import State
from tests.crash.census import Census, Told, acts_of, count
from tests.crash.child import Order
from tests.crash.storm import DUE, REMINDING, TOKEN, WATCHES, Storm
from tests.crash.verdict import judge, judge_acts, token_turns
from tests.postgres import Postgres
from tests.recording import ANYWHERE, How, Recording

Settles = Literal["key", "history"] | None
Life = Callable[[Order, "Nursery", Storm, Recording], None]

INTERVAL = 0.2
"""Seconds between two looks."""

LONGEST = 0.3
"""Seconds that a life may last from its beginning or its first look, if nothing it is killed for comes first."""

OPENING = 0.1
"""Seconds that a life may last that is killed while it opens; it has opened after about half of them."""

BEGINNING = 10.0
"""Seconds that its first look is waited for; none comes while a killed life still has the right to every source."""

SENDING = (How.HANG, How.STALL)
"""How a chat holds up a message; for each there is one life that is surely killed while it sends."""

JUMPS = (61.0, 61.0, 61.0, 61.0, 61.0, 61.0, 20.0, 0.0)
"""Seconds that pass unseen between two lives: mostly enough for every right that a killed life held to end."""


class Nursery:
    """The process whose children live and are killed. Its lives may be any number at once, each known by its pid."""

    def __init__(self) -> None:
        root = Path(__file__).resolve().parent.parent.parent
        path = os.pathsep.join([str(root), str(root / "plugins" / "inbox")])
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.child"],
            cwd=root,
            env={**os.environ, "PYTHONPATH": path},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        assert self._process.stdin and self._process.stdout
        self._say: IO[str] = self._process.stdin
        self._hear: IO[str] = self._process.stdout
        self._warm: set[str] = set()

    def warm(self, folder: Path, server: Postgres | None = None) -> None:
        """Have all that lives do for the first time done before, in a ledger on `server` or else in `folder`."""
        if (kind := "postgresql" if server else "sqlite") in self._warm:
            return
        with server.database() if server else nullcontext(f"sqlite:///{folder}/warm.sqlite") as url:
            self._told(f"warm {url}")
        self._warm.add(kind)

    def start(self, order: Order) -> int:
        """Begin one life. Gives its pid."""
        return self._told(f"start {msgspec.json.encode(order).decode()}")

    def kill(self, pid: int) -> None:
        """SIGKILL. Raises AssertionError when the life had come to an end by itself."""
        status = self._told(f"kill {pid}")
        assert status == -9, f"a life ended by itself with {status}"

    def wait(self, pid: int) -> None:
        """Wait for the end of a life that ends by itself. Raises AssertionError when it fails."""
        status = self._told(f"wait {pid}")
        assert status == 0, f"the last life ended with {status}"

    def clear(self) -> None:
        """SIGKILL to every life that is left."""
        self._told("clear")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._say.close()
        self._process.wait()
        self._hear.close()

    def _told(self, line: str) -> int:
        self._say.write(line + "\n")
        return int(self._hear.readline())


def campaign(nursery: Nursery, folder: Path, url: str, settles: Settles, kills: int, seed: int) -> Counter[str]:
    """Kill a bot so often, let a last one finish, and judge what the chat has received.

    The ledger at `url` is empty at first, `folder` is for whatever is written beside it. Gives how many kills fell into
    which phase; as many as SENDING are surely while a message was sent. Raises AssertionError, with the seed, where
    anything is missing, said twice or not to be said.
    """
    chance = Random(seed)
    phases: Counter[str] = Counter()
    (acts := folder / "acts.txt").write_text("")
    (complaints := folder / "complaints.txt").write_text("")
    doubts: Counter[int] = Counter()
    with (
        Recording(folder / "journal", "keyed" if settles == "key" else "plain") as chat,
        Storm(chance, watches=(*WATCHES, REMINDING), digest=True, tokens=True) as storm,
    ):
        try:
            before = Census()
            lives: list[Life] = [partial(one_that_sends, how=how) for how in SENDING]
            lives += [one_life] * (kills - len(lives))
            chance.shuffle(lives)
            for live in lives:
                order = Order(
                    url,
                    chat.url,
                    settles,
                    storm.inbox(),
                    INTERVAL,
                    storm.ahead,
                    seed=chance.randrange(2**32),
                    complaints=str(complaints),
                    acts=str(acts),
                    digest=storm.digest,
                    tokens=storm.tokens,
                )
                live(order, nursery, storm, chat)
                after = count(url)
                phases[phase(before, after, storm, chat)] += 1
                doubts.update(told.number for told in after.announcements if told.state is State.SENDING)
                chat.release()
                # What changes back before anybody was told of it is nothing to tell.
                if token_turns(chat.messages)[-1:] == [storm.ends_soon] and chance.random() < 0.3:
                    storm.renew()
                storm.ahead += chance.choice(JUMPS)
                storm.watched, storm.learned = after.begun, after.learned
                before = after
            storm.calm()
            chat.behave()
            # The second one is to find that nothing was left but who has waited for long enough by then, and the third
            # one nothing at all.
            received = Counter[str]()
            for last in range(3):
                storm.ahead += max(JUMPS)
                nursery.wait(nursery.start(msgspec.structs.replace(order, ahead=storm.ahead, last=True)))
                before_it, received = received, Counter(message.room for message in chat.messages)
                more = received - before_it
                assert last == 0 or more.keys() <= ({DUE} if last == 1 else set()), f"said after the end: {more}"
            phases["acts"] = judge_acts(acts_of(url), acts.read_text("ascii").split())
            judge(storm, chat.messages, count(url), settled=settles is not None, doubts=doubts, in_chat=chat.doubts)
            # The log tells of each list that can't be read, for whatever reason Meta gave.
            logged = complaints.read_text().splitlines()
            wrong = "\n".join(line for line in logged if "can't be read: " not in line)
            assert "Traceback" not in wrong and "failed" not in wrong, wrong
        except BaseException as error:
            nursery.clear()
            error.add_note(f"campaign on {url.split(':')[0]}, settling by {settles}, {kills} kills, seed {seed}")
            error.add_note(f"it complains:\n{complaints.read_text()[-3000:]}")
            raise
        phases["threads"], phases["messages"] = len(storm.born), len(chat.messages)
    return phases


def one_life(order: Order, nursery: Nursery, storm: Storm, chat: Recording) -> None:
    """Begin a life, let things happen before and during it, and kill it at a random moment.

    One of four is killed while it opens, or soon after. The others have begun to look by then, however long that takes
    here, and every other one of these is killed soon after it has begun to send, if it does: else these moments would
    be rare.
    """
    chance, pause = storm.chance, threading.Event()
    happenings = [storm.birth] * chance.choice((0, 1, 1, 2, 2, 3)) + [storm.fault] * chance.choice((0, 0, 1, 2))
    happenings += [storm.reply] * (chance.random() < 0.2) + [storm.move] * (chance.random() < 0.1)
    happenings += [storm.calm] * (chance.random() < 0.4) + [storm.birth] * (8 * (chance.random() < 0.03))
    happenings += [lambda: storm.chat_fault(chat)] * (chance.random() < 0.25)
    chance.shuffle(happenings)
    early = chance.randrange(len(happenings) + 1)
    for happen in happenings[:early]:
        happen()
    sent = chat.requests
    opens = chance.random() < 0.25
    length = chance.uniform(0, OPENING if opens else LONGEST)
    asked = len(storm.simulator.requests)
    life = nursery.start(order)
    if not opens:
        give_up = time.monotonic() + BEGINNING
        while len(storm.simulator.requests) == asked and time.monotonic() < give_up:
            pause.wait(0.005)
    for happen in happenings[early:]:
        pause.wait(length / (len(happenings) - early + 1))
        happen()
    if not opens and chance.random() < 0.5:
        chat.requested(sent + 1, LONGEST)
        pause.wait(chance.uniform(0, 0.01))
    else:
        pause.wait(length / (len(happenings) - early + 1))
    nursery.kill(life)


def one_that_sends(order: Order, nursery: Nursery, storm: Storm, chat: Recording, how: How) -> None:
    """Begin a life, and kill it when the chat has got a message of it and has not answered, whenever that is."""
    storm.calm()
    chat.behave()
    chat.misbehave(ANYWHERE, how, times=1000)
    storm.birth()
    storm.ahead += RETRY.longest  # no room is still left alone for having failed
    sent = chat.requests
    life = nursery.start(msgspec.structs.replace(order, ahead=storm.ahead))
    assert chat.requested(sent + 1), "nothing was sent"
    nursery.kill(life)
    chat.behave()


def phase(before: Census, after: Census, storm: Storm, chat: Recording) -> str:
    """What a life was at when it was killed, as its ledger tells."""
    if not after.lives - before.lives:
        return "starting"
    under_way = [told for told in after.announcements if told.state is State.SENDING]
    if any(there(told, storm, chat) for told in under_way):
        return "sending, arrived"
    if under_way:
        return "sending, not arrived"
    if any(told.state is State.DOUBT for told in after.announcements):
        return "in doubt"
    if after.looked == before.looked:
        return "looking"
    return "queued" if after.unsaid else "idle"


def there(told: Told, storm: Storm, chat: Recording) -> bool:
    """Whether the chat has an announcement, by its key or by what it tells of."""
    tokens = {token for token, one in storm.born.items() if one.id in told.threads}
    return any(
        message.key.endswith(f"-{told.number}")
        or (message.room == told.room and tokens & set(TOKEN.findall(message.text)))
        for message in chat.messages
    )
