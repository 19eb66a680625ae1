"""What commands do to watches, and to what their rooms were still to hear."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pageinbox.chat.errbot.content import messages
from tests.core.stage import INTERVAL, Life, Stage, told_once

Set = Callable[..., Stage]


@pytest.fixture
def stage(ledger_folder: Path) -> Iterator[Set]:
    made: list[Stage] = []

    def make(**more: Any) -> Stage:
        made.append(Stage(f"sqlite:///{ledger_folder}/ledger.sqlite", **more))
        return made[-1]

    yield make
    for one in made:
        one.close()


def looked(one: Stage, life: Life, seconds: float = INTERVAL) -> None:
    one.time.wait(seconds)
    life.look_everywhere()
    one.time.wait(10)
    life.tell()


def begun(one: Stage, number: int = 3, **where: Any) -> Life:
    one.arrive(number, **where)
    life = one.bot()
    looked(one, life)
    one.rooms.messages.clear()
    return life


def said(life: Life, room: str, text: str) -> str:
    return messages(life.say(room, text))[0]


def test_what_a_watch_has_queued_is_told_by_another_of_its_room_when_it_ends(stage: Set) -> None:
    one = stage(watches=["#room inbox messenger as name"])
    life = begun(one)
    said(life, "#room", "watch")
    one.rooms.down = True
    ids = one.arrive(2)
    life.look_everywhere()
    one.stop(life)
    one.watches = ["#room inbox messenger as initials"]
    life = one.bot()
    one.rooms.down = False
    looked(one, life, 600)
    assert told_once(one, "#room", ids)


def test_what_a_watch_has_queued_is_dropped_when_no_other_is_for_it(stage: Set) -> None:
    one = stage(watches=["#room inbox instagram"])
    life = begun(one)
    said(life, "#room", "watch messenger")
    looked(one, life)
    one.arrive(1)
    life.look_everywhere()
    assert "has ended" in said(life, "#room", "unwatch 2")
    looked(one, life)
    assert one.rooms.told("#room") == []


def test_a_page_that_was_away_from_the_settings_is_made_up_for(stage: Set) -> None:
    one = stage(pages=["acme", "globex"], watches=[])
    one.arrive(2)
    life = one.bot()
    said(life, "#room", "watch messenger acme")
    looked(one, life)
    one.stop(life)
    acme = one.world.pages.pop("acme")
    life = one.bot()
    assert "Watch 1 is paused" in said(life, "#room", "watches")
    looked(one, life)
    one.stop(life)
    one.world.pages["acme"] = acme
    ids = one.arrive(2)
    one.rooms.messages.clear()
    looked(one, one.bot())
    assert told_once(one, "#room", ids)


ODD = ["unwatch 1 2", f"unwatch {'9' * 5000}", f"mute {'9' * 5000}", "unwatch all", "why", "stop"]


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_odd_words_get_a_sentence(stage: Set, text: str) -> None:
    one = stage()
    life = begun(one)
    answer = said(life, "#room", text)
    assert answer
    assert "went wrong on my side" not in answer
    assert [watch.number for watch in life.service.watches.watches()] == [1]
