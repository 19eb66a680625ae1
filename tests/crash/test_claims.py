"""Two that tell at once, as every bot's two telling threads do: each room's news are claimed by one of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest

from pageinbox.settings.reading import read
from tests.bot import Bot
from tests.crash.storm import SUPPORT, TOLD, Storm
from tests.recording import ANYWHERE, How, Recording
from tests.recording_chat import RecordingChat

NUMBER = 4


@pytest.fixture
def chat(tmp_path: Path) -> Iterator[Recording]:
    with Recording(tmp_path / "journal") as running:
        yield running


@pytest.fixture
def storm() -> Iterator[Storm]:
    with Storm(Random(1)) as running:
        running.watched = set(TOLD)
        yield running


@pytest.fixture
def bot(storm: Storm, chat: Recording, ledger_url: str) -> Iterator[Bot]:
    """A bot that has learned what is there, and has a few new threads to tell each room of."""
    pause = threading.Event()
    chosen = read(storm.inbox(), environment={})
    running = Bot(chosen, ledger_url, RecordingChat(chat.url), storm.clock, pause.wait, timer=time.monotonic)
    while running.look():
        pass
    for _ in range(3 * NUMBER):
        storm.birth()
    storm.ahead += 61
    for source in running.service.poll.sources():
        running.service.poll.look(source)
    yield running
    running.stop()


def test_what_one_is_sending_keeps_the_other_neither_busy_nor_waiting_for_long(bot: Bot, chat: Recording) -> None:
    rooms = len({telling.room for telling in bot.service.histories.waiting()})
    chat.misbehave(ANYWHERE, How.HANG, times=rooms)
    with ThreadPoolExecutor(rooms) as pool:
        sending = []
        try:
            for number in range(1, rooms + 1):
                sending.append(pool.submit(bot.service.delivery.step))
                chat.requested(number)
            pause = bot.service.delivery.step()
        finally:
            chat.behave()
            chat.release()
        assert [one.result() for one in sending] == [0.0] * rooms
        assert pause is None or 1 < pause <= 60


def test_two_at_once_never_say_the_same_and_never_fail(bot: Bot, chat: Recording, storm: Storm) -> None:
    def tell() -> None:
        while bot.service.delivery.step() is not None:
            pass

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(tell) for _ in range(4)]:
            done.result()
    named = [(message.room, token) for message in chat.messages for token in storm.born if token in message.text]
    assert len(named) == len(set(named)) and {room for room, _ in named} >= {SUPPORT}
    assert not bot.service.histories.waiting()
