"""A real Errbot, killed at random moments in a storm, and now and then ended as an init system ends it."""

from __future__ import annotations

import os
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random, SystemRandom

import pytest

from pageinbox.model.history import State
from tests.crash.campaign import SENDING, phase
from tests.crash.census import count, digests_due, hasten_digests
from tests.crash.storm import BOARD, GRAM, JUNK, SUPPORT, TOLD, WATCHES, Storm
from tests.crash.storm import KINDS as GRAPH_FAULTS
from tests.crash.verdict import judge
from tests.errbot_process import PATIENCE, ChattingErrbot
from tests.recording import ANYWHERE, How, Message, Recording

pytestmark = [pytest.mark.processes, pytest.mark.long]

PLUGINS = Path(__file__).resolve().parent.parent.parent / "plugins"
KILLS_EACH, TERMS_EACH = 7, 1
KINDS = [kind for kind in GRAPH_FAULTS if kind != "wrong_types"]
"""Errbot tells the chat no keys, so a thread has to be known by its own name."""
HALF_A_DAY = timedelta(hours=12)
LONGEST = 2.0  # seconds that a life lasts, from the moment it hears the chat


LEARNED = (
    (SUPPORT, "already there", "Acme · Messenger · inbox"),
    (SUPPORT, "already there", "Acme · Instagram · inbox"),
    (GRAM, "already there", "Acme · Instagram · inbox"),
    (JUNK, "conversations are already there", ""),
)
"""What shows that each list is known: rooms, and words of a message there."""


def said(room: str, first: str, second: str, message: Message) -> bool:
    return message.room == room and first in message.text and second in message.text


@pytest.mark.parametrize("half", [1, 2])
def test_each_thread_is_heard_of_however_often_errbot_dies(half: int, tmp_path: Path) -> None:
    """In two halves, each on a bot of its own, which can run side by side."""
    seed = int(os.environ.get("CRASH_SEED") or SystemRandom().randrange(2**32)) + half
    chance, pause = Random(seed), threading.Event()
    url = f"sqlite:///{tmp_path}/data/inbox-ledger.sqlite"
    phases: Counter[str] = Counter()
    doubts: Counter[int] = Counter()
    with Recording(tmp_path / "journal") as chat, Storm(chance, kinds=KINDS, digest=True) as storm:
        inbox = storm.inbox() | {"POLL_INTERVAL": 1, "WATCHES": [one for one in WATCHES if not one.startswith(JUNK)]}
        settings = {"BOT_EXTRA_PLUGIN_DIR": str(PLUGINS), "INBOX": inbox}
        with ChattingErrbot.start(settings, tmp_path, chat.url):
            assert "every new conversation" in chat.answer("ann", "!inbox watch spam messenger", room=JUNK[1:])
            later = f"{(datetime.now(UTC) + HALF_A_DAY):%H}:00"  # else another one might come due meanwhile
            assert "gets a digest" in chat.answer("ann", f"!inbox digest daily {later}", room=BOARD[1:])
            chat.wait_for(lambda messages: all(any(said(*each, one) for one in messages) for each in LEARNED))
        answers, before = len(chat.messages), count(url)
        storm.watched, storm.learned = before.begun, before.learned
        assert storm.learned == set(TOLD)
        ends: list[How | str] = [*SENDING, *["kill"] * (KILLS_EACH - len(SENDING)), *["term"] * TERMS_EACH]
        chance.shuffle(ends)
        hasten_digests(url)
        try:
            for end in ends:
                for _ in range(chance.choice((0, 1, 2))):
                    storm.birth()
                sent = chat.requests
                if end in SENDING:
                    storm.birth()
                    chat.behave()
                    chat.misbehave(ANYWHERE, How(end), times=1000)
                bot = ChattingErrbot.start(settings, tmp_path, chat.url, wait=False)
                try:
                    if end in SENDING:
                        assert chat.requested(sent + 1), f"nothing was sent; it logged:\n{bot.log}"
                    elif end == "term" or chance.random() < 0.8:
                        bot.connected()
                        trouble(storm, chat)
                        sent = chat.requests
                        pause.wait(chance.uniform(0, 0.3))
                        storm.birth()
                        if chance.random() < 0.6:
                            chat.requested(sent + 1, LONGEST)
                            pause.wait(chance.uniform(0, 0.02))
                        else:
                            pause.wait(chance.uniform(0, LONGEST))
                    else:
                        pause.wait(chance.uniform(0, LONGEST))
                    if end == "term":
                        chat.release()
                        assert bot.terminate() == 0, bot.log
                finally:
                    bot.kill()
                if end in SENDING:
                    chat.behave()
                after = count(url)
                phases["terminated" if end == "term" else phase(before, after, storm, chat)] += 1
                doubts.update(told.number for told in after.announcements if told.state is State.SENDING)
                chat.release()
                storm.calm()
                before = after
            chat.behave()
            with ChattingErrbot.start(settings, tmp_path, chat.url) as bot:
                finish(url, storm, pause)
            judge(storm, chat.messages[answers:], count(url), settled=False, doubts=doubts, in_chat=chat.doubts)
        except BaseException as error:
            error.add_note(f"seed {seed - half}; the last bot logged:\n{bot.log[-3000:]}")
            raise
    print(f"seed {seed - half}: {dict(phases)}, {len(storm.born)} threads, {len(chat.messages)} messages")
    assert phases["sending, arrived"] + phases["sending, not arrived"] >= len(SENDING)


def trouble(storm: Storm, chat: Recording) -> None:
    """Perhaps something goes wrong with the Graph, or with the chat."""
    if storm.chance.random() < 0.5:
        storm.fault()
    if storm.chance.random() < 0.3:
        storm.chat_fault(chat, refusals=(429,))


def finish(url: str, storm: Storm, pause: threading.Event) -> None:
    """Let a bot live until it has looked everywhere and nothing is left to be said. Raises AssertionError."""
    begun = storm.clock()
    while storm.clock() < begun + PATIENCE:
        ledger = count(url)
        looked = all(moment >= begun for moment in ledger.looked.values())
        said = not ledger.unsaid and not digests_due(url)
        if looked and said and all(told.state is State.SENT for told in ledger.announcements):
            return
        pause.wait(0.1)
    raise AssertionError(f"not finished: {ledger}")
