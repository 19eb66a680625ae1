"""Announcements that follow their conversations: edited, or with what is written later in their thread."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from pageinbox.ledger.edits import EDITABLE, Edits
from pageinbox.ledger.following import Following
from pageinbox.ledger.sources import Sources
from pageinbox.model.announcement import Announcement
from pageinbox.model.chat import ChatError
from pageinbox.model.conversation import Conversation
from pageinbox.model.watch import Detail, Muted
from tests.core.learned import learned
from tests.core.stage import INTERVAL, Killed, Life, Stage

ROOM = "#room inbox messenger"


@pytest.fixture
def stage(ledger_url: str) -> Iterator[Stage]:
    one = Stage(ledger_url)
    yield one
    one.close()


def told(one: Stage, wish: str = "", number: int = 1) -> tuple[Life, list[str]]:
    """A bot whose room was told of so many new conversations."""
    one.watches = [f"{ROOM} {wish}".strip()]
    life = learned(one)
    new = one.arrive(number)
    on(one, life)
    return life, new


def on(one: Stage, life: Life, seconds: float = INTERVAL) -> None:
    """Time goes by, a look, and all is said."""
    one.time.wait(seconds)
    life.look_everywhere()
    one.time.wait(6)
    life.tell()


def writes(one: Stage, conversation: str, text: str) -> None:
    one.time.wait(1)
    one.world.write("acme", conversation, text)


def answers(one: Stage, conversation: str, text: str = "yes") -> None:
    one.time.wait(1)
    one.world.answer(conversation, text)


def latest(item: Announcement) -> list[Conversation | None]:
    return [news.latest for news in item.news]


def test_an_announcement_is_edited_when_its_conversation_goes_on(stage: Stage) -> None:
    life, (new,) = told(stage)
    writes(stage, new, "hello?")
    on(stage, life)
    answers(stage, new)
    on(stage, life)
    first, second = stage.rooms.edits
    (message,) = stage.rooms.of("#room")
    assert {first[:2], second[:2]} == {("#room", message.receipt)}
    assert [one and (one.snippet, one.waiting) for one in latest(second[2])] == [("yes", False)]
    assert [news.conversation and news.conversation.snippet for news in second[2].news] == ["hello"]
    on(stage, life)
    assert len(stage.rooms.edits) == 2


def test_what_comes_before_it_is_said_is_said_with_it(stage: Stage) -> None:
    life, _ = told(stage)
    stage.rooms.down = True
    (new,) = stage.arrive()
    on(stage, life)
    answers(stage, new)
    stage.rooms.down = False
    on(stage, life)
    item = stage.rooms.of("#room")[-1].item
    assert [one and one.waiting for one in latest(item)] == [False]
    assert stage.rooms.edits == []


def test_every_conversation_of_a_card_is_followed(stage: Stage) -> None:
    life, new = told(stage, number=7)
    (card,) = stage.rooms.of("#room")
    answers(stage, new[1])
    answers(stage, new[6])  # only counted there
    on(stage, life)
    (edit,) = stage.rooms.edits
    assert edit[1] == card.receipt and len(edit[2].news) == 7
    assert [one is not None for one in latest(edit[2])] == [False, True, False, False, False, False, False]


@pytest.mark.parametrize("wish", ["later nothing", "every message", "later thread", "as count"])
def test_others_are_not_edited(stage: Stage, wish: str) -> None:
    life, (new,) = told(stage, wish)
    answers(stage, new)
    on(stage, life)
    writes(stage, new, "thanks")
    on(stage, life)
    said = {"later nothing": 1, "every message": 2, "later thread": 3, "as count": 1}
    assert len(stage.rooms.of("#room")) == said[wish]
    assert stage.rooms.edits == []


def test_later_messages_go_into_the_thread(stage: Stage) -> None:
    life, new = told(stage, "later thread", number=2)
    first, second = stage.rooms.of("#room")
    writes(stage, new[1], "one")
    writes(stage, new[0], "two")
    on(stage, life)
    answers(stage, new[0], "three")
    on(stage, life)
    later = stage.rooms.of("#room")[2:]
    assert [one.item.under for one in later] == [second.receipt, first.receipt, first.receipt]
    assert [one.conversation and one.conversation.snippet for item in later for one in item.item.news] == [
        "one",
        "two",
        "three",
    ]


def test_a_thread_is_never_a_card(stage: Stage) -> None:
    life, new = told(stage, "later thread", number=5)
    for one in new:
        writes(stage, one, "again")
    stage.arrive(1)
    on(stage, life)
    later = stage.rooms.of("#room")[5:]
    assert sorted(one.item.under for one in later) == ["", *sorted(one.receipt for one in stage.rooms.of("#room")[:5])]


def test_a_conversation_that_is_only_counted_has_the_card_s_thread(stage: Stage) -> None:
    life, new = told(stage, "later thread", number=7)
    (card,) = stage.rooms.of("#room")
    writes(stage, new[6], "again")
    on(stage, life)
    assert stage.rooms.of("#room")[-1].item.under == card.receipt


def test_muted_threads_and_quiet_hours(stage: Stage) -> None:
    life, new = told(stage, "later thread quiet 12:10-13:00 UTC", number=2)
    room = life.service.watches.watches()[0].room
    assert life.say(room, "mute " + life.answers.refs.give(life.service.poll.wanted()[0], new[0]))
    on(stage, life, 900)
    writes(stage, new[0], "muted")
    writes(stage, new[1], "held")
    on(stage, life)
    assert len(stage.rooms.of("#room")) == 2
    on(stage, life, 3600)
    assert [one.item.news[0].conversation.snippet for one in stage.rooms.of("#room")[2:]] == ["held"]  # type: ignore[union-attr]


def test_a_watch_that_ended_follows_nothing(stage: Stage) -> None:
    life, (new,) = told(stage)
    (watch,) = life.service.watches.watches()
    life.service.watches.add("#other", watch.spec, stage.time.wall())  # so that the list is still looked at
    life.service.watches.end(watch.number, stage.time.wall())
    answers(stage, new)
    on(stage, life)
    assert stage.rooms.edits == []


def test_what_is_held_for_a_batch_is_said_with_what_came_later_also_where_there_are_threads(stage: Stage) -> None:
    life, new = told(stage, "later thread batch 10m", number=9)
    for text in ("hello?", "anybody?"):
        for each in new:
            writes(stage, each, text)
        on(stage, life)
    assert stage.rooms.of("#room") == []
    on(stage, life, 600)
    (card,) = stage.rooms.of("#room")
    assert [one and one.snippet for one in latest(card.item)] == ["anybody?"] * 9
    writes(stage, new[0], "still there?")
    on(stage, life)
    assert [one.item.under for one in stage.rooms.of("#room")[1:]] == [card.receipt]


@pytest.mark.parametrize("ends", [True, False], ids=["ended", "muted"])
def test_another_watch_of_the_room_goes_on_with_what_one_has_told(stage: Stage, ends: bool) -> None:
    life, (new,) = told(stage, "later thread")
    (watch,) = life.service.watches.watches()
    other, _ = life.service.watches.add(watch.room, replace(watch.spec, buttons=False), stage.time.wall())
    if ends:
        life.service.watches.end(watch.number, stage.time.wall())
    else:
        assert life.service.watches.mute(Muted(watch.room, watch=watch.number), stage.time.wall() + 86400)
    writes(stage, new, "are you there?")
    on(stage, life)
    card, later = stage.rooms.of(watch.room)
    assert later.item.under == card.receipt
    assert [each.watch for each in later.item.news] == [other.number]


@pytest.mark.parametrize(("detail", "edits"), [(None, 1), (Detail.NAME, 0)], ids=["as much", "less"])
def test_a_watch_edits_nothing_of_which_it_would_show_less(stage: Stage, detail: Detail | None, edits: int) -> None:
    life, (new,) = told(stage)
    (watch,) = life.service.watches.watches()
    life.service.watches.add(watch.room, replace(watch.spec, buttons=False, detail=detail), stage.time.wall())
    life.service.watches.end(watch.number, stage.time.wall())
    writes(stage, new, "are you there?")
    on(stage, life)
    assert len(stage.rooms.edits) == edits


def test_an_edit_that_fails_is_made_later_and_delays_nobody(stage: Stage) -> None:
    life, (new,) = told(stage)
    answers(stage, new)
    stage.rooms.refusing_edits = ChatError("not now", 90.0)
    stage.arrive(1)
    on(stage, life)
    assert len(stage.rooms.of("#room")) == 2 and stage.rooms.edits == []
    stage.rooms.refusing_edits = None
    stage.time.wait(60)
    life.tell()
    assert stage.rooms.edits == []
    stage.time.wait(40)
    life.tell()
    assert len(stage.rooms.edits) == 1


def test_who_is_killed_while_editing_edits_again(stage: Stage) -> None:
    life, (new,) = told(stage)
    answers(stage, new)
    stage.time.wait(INTERVAL)
    life.look_everywhere()
    stage.time.wait(6)
    life.fuse = 40
    with pytest.raises(Killed):
        while True:
            life.step()
    stage.kill(life)
    made = len(stage.rooms.edits)
    after = stage.bot()
    stage.time.wait(120)
    after.tell()
    assert len(stage.rooms.edits) >= max(1, made)
    assert [one and one.waiting for one in latest(stage.rooms.edits[-1][2])] == [False]
    on(stage, after)
    assert len(stage.rooms.of("#room")) == 1


def test_what_comes_while_an_edit_is_made_is_not_forgotten(stage: Stage) -> None:
    life, (new,) = told(stage)
    answers(stage, new)

    def meanwhile() -> None:
        writes(stage, new, "thanks")
        stage.time.wait(INTERVAL)
        life.look_everywhere()

    stage.rooms.editing = meanwhile
    on(stage, life)
    assert [one and one.snippet for _, _, item in stage.rooms.edits for one in latest(item)] == ["yes", "thanks"]


def test_what_was_told_days_ago_is_erased_and_stays(stage: Stage) -> None:
    life, (new,) = told(stage)
    stage.time.wait(EDITABLE + 60)
    on(stage, life, 86400)
    with life.ledger.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(body), count(detail) FROM inbox_news").one() == (0, 0)
    answers(stage, new)
    on(stage, life)
    assert stage.rooms.edits == []


def test_what_another_watch_leaves_out_goes_into_the_thread_all_the_same(stage: Stage) -> None:
    stage.watches = [f"{ROOM} later thread", f'{ROOM} every message text "refund"']
    life = stage.bot()
    on(stage, life, 10)
    stage.rooms.messages.clear()
    (new,) = stage.arrive()
    on(stage, life)
    writes(stage, new, "hello again")
    on(stage, life)
    first, second = stage.rooms.of("#room")
    assert second.item.under == first.receipt


def test_an_edited_card_still_says_what_other_watches_told(stage: Stage) -> None:
    stage.watches = [ROOM, "#room inbox instagram later nothing"]
    life = stage.bot()
    on(stage, life, 10)
    stage.rooms.messages.clear()
    new = [*stage.arrive(3), *stage.arrive(3, platform="instagram")]
    on(stage, life)
    (card,) = stage.rooms.of("#room")
    answers(stage, new[0])
    on(stage, life)
    (edit,) = stage.rooms.edits
    assert [one.conversation and one.conversation.id for one in edit[2].news] == [
        one.conversation and one.conversation.id for one in card.item.news
    ]


def test_what_gathers_for_a_thread_is_one_message(stage: Stage) -> None:
    life, (new,) = told(stage, "later thread quiet 12:10-20:00 UTC")
    stage.time.wait(900)
    stage.rooms.messages.clear()
    for number in range(40):
        writes(stage, new, f"spam {number}")
        on(stage, life)
    assert stage.rooms.of("#room") == []
    on(stage, life, 8 * 3600)
    (gathered,) = stage.rooms.of("#room")
    assert len(gathered.item.news) == 40


def test_an_edit_waits_for_a_bot_that_knows_the_page(stage: Stage) -> None:
    life, (new,) = told(stage)
    answers(stage, new)
    stage.time.wait(INTERVAL)
    life.look_everywhere()
    stage.time.wait(6)
    other = Edits(life.ledger, Sources(life.ledger, {"other": "999"}))
    assert other.claim() is None and other.wait() is None
    life.tell()
    assert len(stage.rooms.edits) == 1


def test_what_was_said_is_erased_also_when_nothing_is_looked_at_any_more(stage: Stage) -> None:
    life, _ = told(stage)
    (watch,) = life.service.watches.watches()
    life.service.watches.end(watch.number, stage.time.wall())
    for _ in range(5):
        on(stage, life, 86400)
    with life.ledger.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(body) FROM inbox_news").scalar_one() == 0


def test_a_wrong_clock_does_not_put_an_edit_off_for_days(stage: Stage) -> None:
    life, (new,) = told(stage)
    answers(stage, new)
    stage.time.skew = 10 * 86400.0
    life.look_everywhere()
    stage.time.skew = 0.0
    stage.time.wait(300)
    life.tell()
    assert len(stage.rooms.edits) == 1


def test_answered_and_moved_away_at_once_is_followed(stage: Stage) -> None:
    stage.watches = [ROOM, "#done done messenger"]
    life = stage.bot()
    on(stage, life, 10)
    (new,) = stage.arrive()
    on(stage, life)
    answers(stage, new)
    stage.world.move(new, "page_done")
    on(stage, life)
    on(stage, life)
    assert [(room, [one and one.waiting for one in latest(item)]) for room, _, item in stage.rooms.edits] == [
        ("#room", [False])
    ]


def acts(life: Life, number: int = 1, conversation: int = 1) -> None:
    """Somebody does so many things with a conversation, each by itself."""
    following = Following(life.ledger)
    for _ in range(number):
        with life.ledger.writing() as connection:
            following.acted(connection, conversation)


def row_of(life: Life, conversation: str) -> int:
    return Sources(life.ledger, {}).known([conversation])[conversation].id


def test_an_act_has_every_message_edited_that_tells_of_the_conversation(stage: Stage) -> None:
    life, new = told(stage, number=2)
    first, _ = stage.rooms.of("#room")
    acts(life, conversation=row_of(life, new[0]))
    life.tell()
    assert stage.rooms.edits == []
    stage.time.wait(1)
    life.tell()
    assert [edit[1] for edit in stage.rooms.edits] == [first.receipt]


def test_ten_acts_in_a_second_make_two_edits_at_most(stage: Stage) -> None:
    life, (new,) = told(stage)
    row = row_of(life, new)
    acts(life, 5, row)
    stage.time.wait(1)
    stage.rooms.editing = lambda: acts(life, 5, row)  # what the message says was read before these
    life.tell()
    assert len(stage.rooms.edits) == 1
    stage.time.wait(1)
    life.tell()
    stage.time.wait(60)
    life.tell()
    assert len(stage.rooms.edits) == 2


def test_an_act_while_a_message_is_being_sent_edits_it_afterwards(stage: Stage) -> None:
    life, _ = told(stage)
    (new,) = stage.arrive()
    stage.time.wait(INTERVAL)
    life.look_everywhere()
    life.holding = lambda: acts(life, 1, row_of(life, new))
    life.tell()
    assert stage.rooms.edits == []
    stage.time.wait(1)
    life.tell()
    assert [edit[1] for edit in stage.rooms.edits] == [stage.rooms.of("#room")[-1].receipt]


@pytest.mark.parametrize("wish", ["later nothing", "every message", "as count"])
def test_an_act_edits_nothing_that_is_not_kept(stage: Stage, wish: str) -> None:
    life, (new,) = told(stage, wish)
    acts(life, 1, row_of(life, new))
    stage.time.wait(2)
    life.tell()
    assert stage.rooms.edits == []
