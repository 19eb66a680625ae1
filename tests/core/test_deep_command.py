"""`!inbox doctor deep`: begun at once, and its report made for later."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pageinbox.chat.errbot.content import messages
from pageinbox.commands.dispatch import Commands
from pageinbox.commands.request import Going
from pageinbox.model.errors import LedgerError
from pageinbox.model.post import Post
from pageinbox.settings.reading import read
from pageinbox.tell.service import WatchService
from tests.bot import SAM, whom
from tests.core.conftest import Rig

Made = Callable[[Going], Post | None]


def no_ledger() -> WatchService:
    raise LedgerError("gone", "ledger")


class Deep:
    """The command, with what it has begun for which room; where it is `busy`, something else is under way."""

    def __init__(self, rig: Rig, *, busy: bool = False) -> None:
        page = rig.world.pages["acme"]
        pages = {"acme": {"ID": page.id, "TOKEN": page.token}}
        chosen = read({"PAGES": pages, "GRAPH_URL": rig.url}, environment={})
        self.begun: list[tuple[str, Made]] = []
        self._busy = busy
        self._commands = Commands(rig.answers(), chosen, no_ledger, clock=rig.clock, whom=whom)

    def _later(self, room: str, made: Made) -> bool:
        if not self._busy:
            self.begun.append((room, made))
        return not self._busy

    def say(self, words: str = " doctor deep", *, admin: bool = True, alone: bool = False) -> str:
        return said(self._commands.answer("#room", words, person=SAM, admin=admin, alone=alone, later=self._later))


def said(post: Post | None) -> str:
    return "" if post is None else "\n".join(messages(post)).replace("\\", "")


@pytest.fixture
def deep(rig: Rig) -> Deep:
    return Deep(rig)


def test_it_is_begun_for_the_room_and_the_report_is_made_then(deep: Deep) -> None:
    assert "the report comes here in up to 2 min" in deep.say()
    ((room, made),) = deep.begun
    assert room == "#room"
    assert "First contact with Meta's API: 2026-11-23" in said(made(lambda: True))


def test_who_is_shown_answers_alone_gets_the_report_in_the_direct_chat(deep: Deep) -> None:
    assert "the report comes in our direct messages in up to 2 min" in deep.say(alone=True)


def test_one_is_made_at_a_time(rig: Rig) -> None:
    assert "I'm already finding out how Meta's API behaves" in Deep(rig, busy=True).say()


@pytest.mark.parametrize("words", [" doctor deep", " doctor deep acme", " DOCTOR acme Deep.", " Doctor Deep"])
def test_it_is_for_admins_alone(deep: Deep, words: str) -> None:
    assert "is only for my admins" in deep.say(words, admin=False)
    assert not deep.begun
    assert "I'm finding out" in deep.say(words)


def test_what_is_not_to_go_on_says_nothing(deep: Deep) -> None:
    deep.say()
    ((_, made),) = deep.begun
    assert made(lambda: False) is None


def test_what_goes_wrong_in_the_background_is_said_without_its_words(deep: Deep) -> None:
    def going() -> bool:
        raise RuntimeError("Ann Example")

    deep.say()
    ((_, made),) = deep.begun
    told = said(made(going))
    assert "Something went wrong on my side (RuntimeError)" in told and "Ann" not in told
