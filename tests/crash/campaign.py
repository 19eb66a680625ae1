"""A bot that is killed again and again in a storm, and what is to be true afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
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
from tests.recording import ANYWHERE, How, Recording

Settles = Literal["key", "history"] | None
Life = Callable[[Order, "Nursery", Storm, Recording], None]

INTERVAL = 0.2
"""Seconds between two looks."""

LONGEST = 0.3
"""Seconds that a life may last from its beginning or its first look, if nothing it is killed for comes first."""

BEGINNING = 10.0
"""Seconds that its first look is waited for; none comes while a killed life still has the right to every source."""

SENDING = (How.HANG, How.STALL)
"""How a chat holds up a message; for each there is one life that is surely killed while it sends."""

JUMPS = (61.0, 61.0, 61.0, 61.0, 61.0, 61.0, 20.0, 0.0)
"""Seconds that pass unseen between two lives: mostly enough for every right that a killed life held to end."""


class Nursery:
    """The process whose children live and are killed; what they complain of goes to `complaints`."""

    def __init__(self, complaints: Path) -> None:
        self.complaints = complaints
        root = Path(__file__).resolve().parent.parent.parent
        path = os.pathsep.join([str(root), str(root / "plugins" / "inbox")])
        with complaints.open("ab") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.crash.child"],
                cwd=root,
                env={**os.environ, "PYTHONPATH": path},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                bufsize=1,
            )
        assert self._process.stdin and self._process.stdout
        self._say: IO[str] = self._process.stdin
        self._hear: IO[str] = self._process.stdout

    def start(self, order: Order) -> int:
        """Begin one life; the one before has ended. Gives its process."""
        return self._told(msgspec.json.encode(order).decode())

    def kill(self) -> None:
        """SIGKILL. Raises AssertionError when the life had come to an end by itself."""
        status = self._told("kill")
        assert status == -9, f"a life ended by itself with {status}:\n{self.complaints.read_text()}"

    def wait(self) -> None:
        """Wait for the end of a life that ends by itself. Raises AssertionError when it fails."""
        status = self._told("wait")
        assert status == 0, f"the last life ended with {status}:\n{self.complaints.read_text()}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._say.close()
        self._process.wait()
        self._hear.close()

    def _told(self, line: str) -> int:
        self._say.write(line + "\n")
        return int(self._hear.readline())


def campaign(folder: Path, url: str, settles: Settles, kills: int, seed: int) -> Counter[str]:
    """Kill a bot so often, let a last one finish, and judge what the chat has received.

    The ledger at `url` is empty at first, `folder` is for whatever is written beside it. Gives how many kills fell into
    which phase; as many as SENDING are surely while a message was sent. Raises AssertionError, with the seed, where
    anything is missing, said twice or not to be said.
    """
    chance = Random(seed)
    phases: Counter[str] = Counter()
    (acts := folder / "acts.txt").write_text("")
    doubts: Counter[int] = Counter()
    with (
        Recording(folder / "journal", "keyed" if settles == "key" else "plain") as chat,
        Storm(chance, watches=(*WATCHES, REMINDING), digest=True, tokens=True) as storm,
        Nursery(folder / "complaints.txt") as nursery,
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
                nursery.start(msgspec.structs.replace(order, ahead=storm.ahead, last=True))
                nursery.wait()
                before_it, received = received, Counter(message.room for message in chat.messages)
                more = received - before_it
                assert last == 0 or more.keys() <= ({DUE} if last == 1 else set()), f"said after the end: {more}"
            phases["acts"] = judge_acts(acts_of(url), acts.read_text("ascii").split())
            judge(storm, chat.messages, count(url), settled=settles is not None, doubts=doubts, in_chat=chat.doubts)
            # The log tells of each list that can't be read, for whatever reason Meta gave.
            logged = nursery.complaints.read_text().splitlines()
            complaints = "\n".join(line for line in logged if "can't be read: " not in line)
            assert "Traceback" not in complaints and "failed" not in complaints, complaints
        except BaseException as error:
            error.add_note(f"campaign on {url.split(':')[0]}, settling by {settles}, {kills} kills, seed {seed}")
            raise
        phases["threads"], phases["messages"] = len(storm.born), len(chat.messages)
    return phases


def one_life(order: Order, nursery: Nursery, storm: Storm, chat: Recording) -> None:
    """Begin a life, let things happen before and during it, and kill it at a random moment.

    Three of four have begun to look by then, however long that takes here, and every other one is killed soon after it
    has begun to send, if it does: else these moments would be rare.
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
    length = chance.uniform(0, LONGEST)
    asked = len(storm.simulator.requests)
    nursery.start(order)
    if chance.random() < 0.75:
        give_up = time.monotonic() + BEGINNING
        while len(storm.simulator.requests) == asked and time.monotonic() < give_up:
            pause.wait(0.005)
    for happen in happenings[early:]:
        pause.wait(length / (len(happenings) - early + 1))
        happen()
    if chance.random() < 0.5:
        chat.requested(sent + 1, LONGEST)
        pause.wait(chance.uniform(0, 0.01))
    else:
        pause.wait(length / (len(happenings) - early + 1))
    nursery.kill()


def one_that_sends(order: Order, nursery: Nursery, storm: Storm, chat: Recording, how: How) -> None:
    """Begin a life, and kill it when the chat has got a message of it and has not answered, whenever that is."""
    storm.calm()
    chat.behave()
    chat.misbehave(ANYWHERE, how, times=1000)
    storm.birth()
    storm.ahead += RETRY.longest  # no room is still left alone for having failed
    sent = chat.requests
    nursery.start(msgspec.structs.replace(order, ahead=storm.ahead))
    assert chat.requested(sent + 1), f"nothing was sent; it complains:\n{nursery.complaints.read_text()}"
    nursery.kill()
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
