"""Reminders: who is due, once for all bots, decided when they are sent, and what each of them says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from pageinbox.ledger.queue import Queue
from pageinbox.ledger.reminders import is_over
from pageinbox.ledger.schema import ms, wait
from pageinbox.ledger.sources import Sources
from pageinbox.model.act import Act, ActKind, Marks, Person
from pageinbox.model.announcement import Occasion, QueuedNews, Verdict
from pageinbox.model.conversation import Conversation
from pageinbox.model.reminder import Reminder, ReminderKind
from pageinbox.model.source import Platform
from pageinbox.model.wait import HUMAN_AGENT, STANDARD
from pageinbox.model.watch import Muted
from pageinbox.tell.group import choose
from tests.core.learned import learned
from tests.core.stage import INTERVAL, Killed, Life, Stage, source

HOUR = 3600.0
ROOM = "#room inbox messenger waiting 1h,4h"
SAM = Person("@sam", "Sam")


@pytest.fixture
def stage(ledger_url: str) -> Iterator[Stage]:
    one = Stage(ledger_url, watches=[ROOM])
    yield one
    one.close()


def on(one: Stage, life: Life, seconds: float = INTERVAL) -> None:
    """Time goes by, a look, and all is said."""
    one.time.wait(seconds)
    life.look_everywhere()
    for _ in range(2):
        one.time.wait(15)
        life.remind()


def began(one: Stage, number: int = 1) -> tuple[Life, list[str]]:
    """A bot whose room was told of so many new conversations, and of nothing else yet."""
    life = learned(one)
    new = one.arrive(number)
    on(one, life)
    return life, new


def reminded(one: Stage, room: str = "#room") -> list[list[tuple[str, str, int]]]:
    """What each message reminded a room of: conversation, kind and step."""
    told = [[news for news in one.item.news if news.reminder] for one in one.rooms.of(room)]
    return [
        [(each.conversation.id, each.reminder.kind.value, each.reminder.step) for each in news]  # type: ignore[union-attr]
        for news in told
        if news
    ]


def mark(life: Life, kind: ActKind, conversation: str) -> None:
    life.service.acts.mark(kind, source(), conversation, SAM, "#room", until=None)


def test_each_step_is_told_once_and_in_one_card(stage: Stage) -> None:
    life, new = began(stage, 3)
    on(stage, life, HOUR)
    assert reminded(stage) == [[(one, "waiting", 3600) for one in new]]
    for _ in range(3):
        on(stage, life)
    on(stage, life, 3 * HOUR)
    assert reminded(stage)[1:] == [[(one, "waiting", 4 * 3600) for one in new]]
    on(stage, life, 9 * HOUR)
    assert len(reminded(stage)) == 2


def test_another_life_says_nothing_twice_and_of_missed_steps_the_last(stage: Stage) -> None:
    life, new = began(stage, 2)
    stage.kill(life)
    stage.time.wait(5 * HOUR)
    life = stage.bot()
    on(stage, life)
    stage.time.wait(10)
    life.remind()
    assert reminded(stage) == [[(one, "waiting", 4 * 3600) for one in new]]
    for _ in range(2):
        stage.kill(life)
        life = stage.bot()
        on(stage, life)
        on(stage, life)
    assert len(reminded(stage)) == 1


def test_two_bots_remind_once(stage: Stage) -> None:
    first, new = began(stage)
    second = stage.bot()
    stage.time.wait(HOUR)
    first.look_everywhere()
    for life in (first, second, first, second):
        life.remind()
        stage.time.wait(15)
    assert reminded(stage) == [[(new[0], "waiting", 3600)]]


@pytest.mark.parametrize("ahead", [-2 * HOUR, 2 * HOUR])
def test_a_clock_that_jumps_repeats_nothing(stage: Stage, ahead: float) -> None:
    life, _ = began(stage)
    on(stage, life, HOUR)
    stage.time.skew = ahead
    for _ in range(3):
        on(stage, life, 200)
    stage.time.skew = 0.0
    for _ in range(3):
        on(stage, life, 200)
    assert [step for message in reminded(stage) for _, _, step in message].count(3600) == 1


def test_who_is_killed_while_reminding_has_told_once(stage: Stage) -> None:
    life = learned(stage)
    for fuse in range(0, 44, 4):  # up to the last step it makes
        (new,) = stage.arrive()
        on(stage, life)
        stage.time.wait(HOUR)
        life.look_everywhere()
        life.fuse = fuse
        with suppress(Killed):
            life.remind()
        stage.kill(life)
        life = stage.bot()
        for _ in range(3):
            on(stage, life)
        assert reminded(stage) == [[(new, "waiting", 3600)]]
        stage.world.answer(new, "yes")  # nobody is to be reminded of this one again
        stage.rooms.messages.clear()


def test_who_is_answered_while_the_chat_is_down_is_not_reminded_of(stage: Stage) -> None:
    life, new = began(stage, 5)
    stage.rooms.down = True
    on(stage, life, HOUR)
    stage.world.answer(new[0], "yes")
    mark(life, ActKind.CLAIM, new[1])
    mark(life, ActKind.DONE, new[2])
    mark(life, ActKind.SNOOZE, new[3])
    on(stage, life, 4 * HOUR)
    stage.rooms.down = False
    on(stage, life, 400)
    (message,) = reminded(stage)
    assert message == [(new[4], "waiting", 4 * 3600)]
    history = life.service.histories.history(new[0])
    assert history is not None
    assert [room.verdict for room in history.rooms if room.reminder] == [Verdict.SETTLED]


def test_a_window_that_closes_is_told_also_of_who_is_taken(stage: Stage) -> None:
    stage.watches = ["#room inbox messenger closing 2h"]
    life, new = began(stage, 3)
    mark(life, ActKind.CLAIM, new[0])
    mark(life, ActKind.DONE, new[1])
    on(stage, life, 22 * HOUR)
    assert reminded(stage) == [[(new[0], "closing", 7200), (new[2], "closing", 7200)]]
    message = stage.rooms.of("#room")[-1]
    assert [news.marks is not None and news.marks.claim is not None for news in message.item.news] == [True, False]
    stage.world.write("acme", new[0], "hello?")
    on(stage, life, 22 * HOUR)
    stage.world.answer(new[2], "yes")
    on(stage, life, 6 * 24 * HOUR + HOUR)
    assert reminded(stage)[1:] == [[(new[0], "closing", 7200)], [(new[0], "closing", 7200)]]
    ends = [news.reminder.since for one in stage.rooms.of("#room") for news in one.item.news if news.reminder]
    assert ends[-1] - ends[-2] == HUMAN_AGENT - STANDARD


def test_a_list_that_can_t_be_read_is_reminded_of_only_where_a_window_closes(stage: Stage) -> None:
    stage.watches = ["#room inbox messenger waiting 1h closing 22h"]
    life, new = began(stage)
    stage.simulator.fail("conversations", None, code=190)
    on(stage, life, 2 * HOUR)
    assert reminded(stage) == [[(new[0], "closing", 22 * 3600)]]
    stage.simulator.clear()
    on(stage, life, 600)
    assert reminded(stage)[-1] == [(new[0], "waiting", 3600)]


def test_who_waited_before_the_watch_was_made_is_past_it(stage: Stage) -> None:
    stage.watches = ["#other inbox messenger"]
    life, new = began(stage)
    stage.time.wait(2 * HOUR)
    life.say("#room", "watch messenger waiting 1h,4h")
    on(stage, life)
    assert reminded(stage) == []
    on(stage, life, 2 * HOUR)
    assert reminded(stage) == [[(new[0], "waiting", 4 * 3600)]]


def test_a_wait_that_began_earlier_than_was_known_is_not_told_again(stage: Stage) -> None:
    life, new = began(stage)
    on(stage, life, HOUR)
    with life.ledger.writing() as connection:
        connection.execute(update(wait).values(since=wait.c.since - ms(600)))
    for _ in range(3):
        on(stage, life)
    assert reminded(stage) == [[(new[0], "waiting", 3600)]]


def test_waits_count_in_opening_hours(stage: Stage) -> None:
    stage.more["OPEN"] = "mon-fri 09:00-13:00"
    life, new = began(stage)  # a Monday at noon
    on(stage, life, 50 * 60)
    assert reminded(stage) == []
    on(stage, life, 19 * HOUR)
    assert reminded(stage) == []
    on(stage, life, 1.5 * HOUR)
    assert reminded(stage) == [[(new[0], "waiting", 3600)]]


def test_reminders_keep_to_the_filters_of_their_watch(stage: Stage) -> None:
    stage.watches = [
        "#room inbox messenger from @nobody waiting 1h",
        "#spam spam messenger waiting 1h",
        "#text inbox messenger text “hello” only waiting 1h",
    ]
    life, new = began(stage)
    spam = stage.world.write("acme", None, "buy now", folder="spam").id
    on(stage, life)
    on(stage, life, HOUR)
    assert reminded(stage) == []
    assert reminded(stage, "#spam") == [[(spam, "waiting", 3600)]]
    assert reminded(stage, "#text") == [[(new[0], "waiting", 3600)]]


def test_a_room_that_is_told_of_many_hears_every_ten_minutes_at_most(stage: Stage) -> None:
    life, _ = began(stage)
    for _ in range(20):
        stage.arrive()
        on(stage, life, 45)
    stage.time.wait(HOUR - 25 * 60)
    for _ in range(20):
        on(stage, life, 200)
    counts = [len(message) for message in reminded(stage)]
    assert sum(counts) == 21 and len(counts) <= 4


def test_a_muted_watch_leaves_reminding_to_the_others_of_its_room(stage: Stage) -> None:
    """Also one whose filter others lack, and also where only a later watch is muted."""
    stage.watches = [f"{room} inbox messenger {what} waiting 1h" for room in ("#a", "#b") for what in ("", "unread")]
    life, new = began(stage)
    first = {
        room: [each.number for each in life.service.watches.watches() if each.room == room] for room in ("#a", "#b")
    }
    for muted in (Muted("#a", watch=first["#a"][0]), Muted("#b", watch=first["#b"][1])):
        assert life.service.watches.mute(muted, stage.time.wall() + 86400)
    on(stage, life, HOUR)
    for room in ("#a", "#b"):
        assert reminded(stage, room)[-1] == [(new[0], "waiting", 3600)]


def test_a_watch_that_ends_leaves_to_others_what_they_are_for(stage: Stage) -> None:
    """News to the one that tells, reminders to the one that reminds."""
    stage.watches = []
    life = stage.bot()
    for wish in ("inbox messenger waiting 1h", "inbox messenger as name", "inbox messenger only reminders waiting 1h"):
        life.say("#room", f"watch {wish}")
    on(stage, life)
    (first,) = stage.arrive()
    on(stage, life)
    stage.time.wait(HOUR)
    (second,) = stage.arrive()
    stage.rooms.down = True
    on(stage, life)
    life.say("#room", "unwatch 1")
    stage.rooms.down = False
    on(stage, life, 600)
    assert reminded(stage) == [[(first, "waiting", 3600)]]
    told = [news for one in stage.rooms.of("#room") for news in one.item.news][-2:]
    assert {(news.conversation and news.conversation.id, news.watch) for news in told} == {(first, 3), (second, 2)}


@dataclass
class Waited:
    since: int = 0
    wrote: int = 0


def held(kind: ActKind) -> Marks:
    act = Act(kind, SAM, "#room", 0.0)
    return Marks(**{kind.name.lower(): act})


OPEN, ANSWERED, GONE = ([Waited(1000, 1000)], 0), ([], 5000), ([], 0)
"""Who waits in a conversation, and when somebody was answered there last."""

END = 1.0 + STANDARD
KINDS: dict[ReminderKind, float] = {
    ReminderKind.WAITING: 1.0,
    ReminderKind.CLOSING: END,
    ReminderKind.AWAKE: 1.0,
    ReminderKind.RECALLED: 1.0,
    ReminderKind.AGAIN: 1.0,
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_over(kind: ReminderKind) -> None:
    reminder = Reminder(kind, KINDS[kind], 60)
    waits: list[tuple[list[Any], int]] = [OPEN, ANSWERED, GONE]
    marks = {"": Marks(), **{each.name: held(each) for each in (ActKind.CLAIM, ActKind.DONE, ActKind.SNOOZE)}}
    said = {
        (index, name)
        for (index, (waiting, answered)), (name, each) in product(enumerate(waits), marks.items())
        if not is_over(reminder, waiting, each, answered)
    }
    where = {0} if kind in (ReminderKind.WAITING, ReminderKind.CLOSING) else {0, 2}
    names = {
        ReminderKind.WAITING: {""},
        ReminderKind.CLOSING: {"", "CLAIM", "SNOOZE"},
        ReminderKind.AWAKE: {"", "CLAIM", "SNOOZE"},
        ReminderKind.RECALLED: {"", "SNOOZE"},
        ReminderKind.AGAIN: {"", "SNOOZE"},
    }[kind]
    assert said == set(product(where, names))


@given(st.sampled_from(ReminderKind), st.integers(0, 2**33).map(float), st.integers(0, 7 * 86400), st.text(max_size=5))
def test_a_reminder_is_known_by_its_number(kind: ReminderKind, since: float, step: int, by: str) -> None:
    reminder = Reminder(kind, since, step, by)
    assert -(2**63) <= reminder.number < 0
    assert Reminder.of(reminder.number) == Reminder(kind, since, step)


def test_reminders_of_one_kind_are_one_message() -> None:
    def queued(number: int, reminder: ReminderKind | None) -> QueuedNews:
        occasion = Occasion.ONGOING if reminder is None else Occasion.REMINDER
        return QueuedNews(number, float(number), True, occasion, None, None, reminder)

    kinds = [ReminderKind.CLOSING, ReminderKind.WAITING, None, ReminderKind.CLOSING, ReminderKind.WAITING]
    left = [queued(number, kind) for number, kind in enumerate(kinds)]
    told = []
    while left:
        chosen, _ = choose(left, [])
        told.append([each.number for each in chosen])
        left = [each for each in left if each not in chosen]
    assert told == [[0, 3], [1, 4], [2]]


def test_a_reminder_of_an_act_is_dropped_once_it_was_answered(stage: Stage) -> None:
    life, new = began(stage, 2)
    rows = Sources(life.ledger, {}).known(new)
    with life.ledger.writing() as connection:
        for each in new:
            Queue(life.ledger).remind(
                connection,
                "#room",
                Conversation(each, stage.time(), Platform.MESSENGER, "Ann"),
                Reminder(ReminderKind.AWAKE, stage.time(), by="Sam"),
                row=rows[each].id,
                source=1,
                watch=0,
                found=stage.time(),
                due=stage.time() + 100,
            )
    stage.time.wait(10)
    stage.world.answer(new[0], "yes")
    on(stage, life, 200)
    assert reminded(stage) == [[(new[1], "awake", 0)]]


def test_a_watch_that_is_made_while_somebody_waits_reminds_of_the_steps_after_it(stage: Stage) -> None:
    """Also where the other watches have no more to say of that wait."""
    life, (new,) = began(stage)
    on(stage, life, 4 * HOUR)
    on(stage, life)
    assert reminded(stage) == [[(new, "waiting", 4 * HOUR)]]
    life.say("#other", "watch inbox messenger only reminders waiting 2h,5h")
    on(stage, life)
    assert reminded(stage, "#other") == []
    on(stage, life, HOUR)
    assert reminded(stage, "#other") == [[(new, "waiting", 5 * HOUR)]] and len(reminded(stage)) == 1
