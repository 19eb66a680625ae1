"""What reactions do to conversations, on a real ledger: an act, its end, or a sentence to who reacted in vain."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from pageinbox.chat.reactions import Reacted, sign_of
from pageinbox.commands.reacted import react
from pageinbox.model.act import Marks, Person
from pageinbox.model.chat import Doubt
from pageinbox.model.errors import LedgerError
from pageinbox.model.post import Post
from pageinbox.settings.reading import read
from tests.bot import Bot
from tests.core.stage import Life, Stage, source
from tests.core.test_following import on, told

ANN, BO = Person("@ann", "Ann"), Person("@bo", "Bo")
ROOM = "#room"


@pytest.fixture
def stage(ledger_url: str) -> Iterator[Stage]:
    one = Stage(ledger_url)
    yield one
    one.close()


def reacts(life: Life, receipt: str, emoji: str, person: Person = ANN, *, back: bool = False) -> str | None:
    """What somebody is told who reacts to a message; None where nothing is said to them."""
    sign = sign_of(emoji)
    assert sign is not None
    given = SimpleNamespace(body=sign.command_for(back))
    post = react(
        Reacted(sign, back, receipt, given),
        ROOM,
        person,
        service=life.service,
        carry_out=lambda message: life.say(
            ROOM, message.body.removeprefix("inbox").strip(), person=person, replied=(receipt,)
        ),
    )
    return (
        None
        if post is None
        else "".join(
            getattr(piece, "name", None) or getattr(piece, "text", None) or str(piece) for piece in post.headline
        )
    )


def marks(life: Life, conversation: str) -> Marks:
    return life.service.marked.marks([conversation]).get(conversation, Marks())


def test_each_sign_is_its_act_and_taking_it_back_its_end(stage: Stage) -> None:
    life, (new,) = told(stage)
    receipt = stage.rooms.messages[-1].receipt
    for emoji, kind in (("👀", "claim"), ("✅", "done"), ("💤", "snooze")):
        assert reacts(life, receipt, emoji) is None
        act = getattr(marks(life, new), kind)
        assert (act.by, act.room) == (ANN, ROOM)
        assert reacts(life, receipt, emoji) is None, "twice is once"
        assert getattr(marks(life, new), kind).at == act.at or kind == "snooze"
        assert reacts(life, receipt, emoji, back=True) is None
        assert marks(life, new) == Marks()
        assert reacts(life, receipt, emoji, back=True) is None


def test_a_snooze_lasts_two_hours(stage: Stage) -> None:
    life, (new,) = told(stage)
    reacts(life, stage.rooms.messages[-1].receipt, "💤")
    snooze = marks(life, new).snooze
    assert snooze and snooze.until and snooze.until - snooze.at == pytest.approx(7200, abs=1)


def test_of_two_who_claim_at_once_the_second_hears_who_has_it(stage: Stage) -> None:
    life, (new,) = told(stage)
    receipt = stage.rooms.messages[-1].receipt
    assert reacts(life, receipt, "👀") is None
    said = reacts(life, receipt, "👀", BO)
    assert said and said.startswith("Ann has had ") and "over" in said
    assert reacts(life, receipt, "👀", BO, back=True) is None, "it is not Bo's to release"
    claim = marks(life, new).claim
    assert claim and claim.by == ANN


def test_what_somebody_else_has_done_is_done_and_theirs_to_take_back(stage: Stage) -> None:
    life, (new,) = told(stage)
    receipt = stage.rooms.messages[-1].receipt
    assert reacts(life, receipt, "✅") is None
    assert reacts(life, receipt, "✅", BO) is None
    assert reacts(life, receipt, "✅", BO, back=True) is None
    done = marks(life, new).done
    assert done and done.by == ANN


def test_a_reaction_to_anything_else_means_nothing(stage: Stage) -> None:
    life, _ = told(stage)
    assert reacts(life, "receipt-of-nothing", "👀") is None


def test_which_of_several_is_meant_is_asked_and_taking_that_back_asks_nothing(stage: Stage) -> None:
    life, new = told(stage, number=6)
    receipt = stage.rooms.messages[-1].receipt
    said = reacts(life, receipt, "👀")
    assert said and "Which" in said
    assert reacts(life, receipt, "👀", back=True) is None
    assert all(marks(life, each) == Marks() for each in new)


def test_a_reaction_below_what_was_told_later_is_about_the_same_conversation(stage: Stage) -> None:
    life, (new,) = told(stage, "later thread")
    stage.time.wait(1)
    stage.world.write("acme", new, "hello again")
    on(stage, life)
    assert len(stage.rooms.messages) == 2
    assert reacts(life, stage.rooms.messages[-1].receipt, "👀") is None
    assert marks(life, new).claim


def test_a_ledger_that_fails_meanwhile_is_told_as_the_command_tells_it() -> None:
    sign, answer = sign_of("👀"), Post(("I can't use my ledger",))
    assert sign is not None

    def fail(conversations: list[str]) -> dict[str, Marks]:
        raise LedgerError("locked", "the ledger")

    service: Any = SimpleNamespace(
        told=lambda room, receipt, patience: [(source(), "t_1")], marked=SimpleNamespace(marks=fail)
    )
    given = Reacted(sign, False, "receipt-1", SimpleNamespace(body="inbox claim"))
    assert react(given, ROOM, ANN, service=service, carry_out=lambda message: answer) is answer


class Ear:
    """A chat that keeps what it is given, by room."""

    def __init__(self) -> None:
        self.said: dict[str, Post] = {}

    def send(self, room: str, post: Post, key: str, under: str = "") -> str:
        self.said[room] = post
        return key

    def edit(self, room: str, post: Post, receipt: str) -> None:
        self.said[room] = post

    def settle(self, room: str, key: str, since: float, under: str = "") -> Doubt:
        return Doubt.SAFE


def test_a_watch_without_buttons_offers_nothing(stage: Stage) -> None:
    stage.watches = ["#plain inbox messenger buttons off", "#room inbox messenger"]
    ear = Ear()
    bot = Bot(read(stage.settings(), environment={}), stage.url, ear, stage.time.wall, stage.time.wait)
    bot.run(stage.time() + 90)
    stage.arrive()
    bot.run(stage.time() + 90)
    bot.stop()
    assert ear.said["#plain"].headline == ear.said["#room"].headline
    assert (bool(ear.said["#plain"].offers), bool(ear.said["#room"].offers)) == (False, True)
