"""What the team does with conversations: one mark at a time, by whoever was first, seen by all, and never lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import count

import pytest

from pageinbox.chat.errbot.content import messages
from pageinbox.model.act import Act, ActKind, Ending, Marks, Person
from pageinbox.model.query import InboxQuery, Mark
from tests.core.learned import learned
from tests.core.stage import INTERVAL, Killed, Life, Stage, source

ANN, SAM = Person("@ann", "Ann"), Person("@sam", "Sam")
ROOM = "#room"
DAY = 86400.0


@pytest.fixture
def stage(ledger_url: str) -> Iterator[Stage]:
    one = Stage(ledger_url, watches=[f"{ROOM} inbox messenger", "#sales inbox messenger"])
    yield one
    one.close()


def told(one: Stage) -> tuple[Life, str, str]:
    """A bot that has told two rooms of a new conversation; its id, and its ref."""
    life = learned(one)
    (new,) = one.arrive()
    on(one, life)
    return life, new, life.answers.refs.give(source(), new)


def on(one: Stage, life: Life, seconds: float = INTERVAL) -> None:
    """Time goes by, a look, and all is said."""
    one.time.wait(seconds)
    life.look_everywhere()
    one.time.wait(6)
    tell(life)


def tell(life: Life) -> None:
    """End what ends by itself, and say all there is to say."""
    for _ in range(100):
        if life.service.tell() != 0:
            return
    raise AssertionError("telling goes round in a circle")


def said(life: Life, text: str, person: Person = SAM, room: str = ROOM) -> str:
    return messages(life.say(room, text, person=person))[0].replace("\\", "").replace("*", "")


def marks(life: Life, conversation: str) -> Marks:
    return life.service.marked.marks([conversation]).get(conversation, Marks())


def acts(life: Life, conversation: str) -> list[Act]:
    return list(life.service.marked.acts(conversation))


def test_of_two_bots_one_claims_and_the_other_hears_who(stage: Stage) -> None:
    first, new, ref = told(stage)
    second = stage.bot()
    assert said(first, f"claim {ref}").startswith("Sam has ")
    assert said(second, f"claim {ref}", ANN).startswith("Sam has had ")
    assert (marks(second, new).claim or Act(ActKind.NOTE, ANN, "", 0)).by == SAM


def test_what_was_seen_without_marks_is_seen_with_them_as_soon_as_another_bot_makes_one(stage: Stage) -> None:
    first, new, ref = told(stage)
    second = stage.bot()
    for by in (SAM, ANN):
        assert marks(second, new) == marks(second, new) == Marks()
        said(first, f"claim {ref}", by)
        assert (marks(second, new).claim or Act(ActKind.NOTE, SAM, "", 0)).by == by
        assert marks(second, new) == marks(first, new)
        said(first, f"release {ref}", by)
    assert marks(first, new) == Marks()


def test_of_many_who_claim_at_once_one_has_it(stage: Stage) -> None:
    """Each in a thread of its own, on two bots."""
    first, new, ref = told(stage)
    bots, numbers = [first, stage.bot()], count()
    begin = threading.Barrier(8)
    heard: list[str] = []

    def claim(number: int) -> None:
        begin.wait()
        heard.append(said(bots[number % 2], f"claim {ref}", Person(f"@p{number}", f"Person {number}")))

    threads = [threading.Thread(target=claim, args=(next(numbers),)) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    holder = marks(first, new).claim
    assert holder is not None
    assert [act.by for act in acts(first, new)] == [holder.by]
    assert sorted(text.partition(" has had ")[0] for text in heard if " has had " in text) == [holder.by.name] * 7


def test_done_and_claimed_at_once_is_one_of_them(stage: Stage) -> None:
    first, new, ref = told(stage)
    bots, begin = [first, stage.bot()], threading.Barrier(6)

    def act(number: int) -> None:
        begin.wait()
        said(bots[number % 2], f"{('claim', 'done')[number // 2 % 2]} {ref}", Person(f"@p{number}", f"P{number}"))

    threads = [threading.Thread(target=act, args=(number,)) for number in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    held = marks(first, new)
    assert (held.claim is None) != (held.done is None)


def test_ten_acts_in_a_second_make_two_edits_at_most(stage: Stage) -> None:
    life, _, ref = told(stage)
    for number in range(5):
        said(life, f"claim {ref} over", Person(f"@p{number}", f"P{number}"))
        said(life, f"snooze {ref} for {number + 1}h")
        tell(life)
        stage.time.wait(0.1)
    stage.time.wait(5)
    tell(life)
    edits = [item for room, _, item in stage.rooms.edits if room == ROOM]
    assert 1 <= len(edits) <= 2
    last = edits[-1].news[0].marks
    assert last is not None and last.claim is not None and last.claim.by.name == "P4"


def test_every_room_that_was_told_sees_a_claim(stage: Stage) -> None:
    life, _, ref = told(stage)
    said(life, f"claim {ref}")
    stage.time.wait(2)
    tell(life)
    assert sorted(room for room, _, _ in stage.rooms.edits) == [ROOM, "#sales"]


def test_what_is_claimed_before_it_is_told_is_told_so(stage: Stage) -> None:
    life, *_ = told(stage)
    (new,) = stage.arrive()
    stage.time.wait(INTERVAL)
    life.look_everywhere()
    said(life, f"claim {life.answers.refs.give(source(), new)}")
    stage.time.wait(6)
    tell(life)
    held = [item.marks for item in stage.rooms.of(ROOM)[-1].item.news]
    assert held[0] is not None and held[0].claim is not None


def test_a_claim_on_what_no_look_has_met_leaves_it_as_new_as_it_was(stage: Stage) -> None:
    life, *_ = told(stage)
    (new,) = stage.arrive()
    said(life, "limit 1")
    assert "Sam has" in said(life, "claim 1")
    on(stage, life)
    assert stage.rooms.told(ROOM).count(new) == 1
    assert not any(item.moved_from for item in stage.rooms.of(ROOM)[-1].item.news)


def test_a_claim_in_a_list_that_nobody_watches_is_kept(stage: Stage) -> None:
    life, *_ = told(stage)
    (new,) = stage.arrive(folder="spam")
    said(life, "spam messenger")
    assert "Sam has" in said(life, "claim 1")
    stage.kill(life)
    life = stage.bot()
    assert [held.conversation.id for held in life.service.marked.held(ActKind.CLAIM, SAM.id)] == [new]
    assert "claimed" in said(life, "claimed")
    # It is watched from now on, and was there before.
    said(life, "watch spam messenger")
    on(stage, life)
    assert new not in stage.rooms.told(ROOM)
    assert marks(life, new).claim is not None


def test_a_claim_that_nobody_answers_is_recalled(stage: Stage) -> None:
    life, new, ref = told(stage)
    said(life, f"claim {ref}", ANN)
    stage.rooms.messages.clear()
    on(stage, life, 4 * 3600 - 60)
    assert marks(life, new).claim is not None
    on(stage, life, 60)
    assert marks(life, new).claim is None
    stage.time.wait(6)
    tell(life)
    assert [message.room for message in stage.rooms.messages] == [ANN.id, ROOM]
    assert acts(life, new)[0].ending is Ending.RAN_OUT


def test_a_claim_that_is_answered_ends_without_a_word(stage: Stage) -> None:
    life, new, ref = told(stage)
    said(life, f"claim {ref}")
    stage.rooms.messages.clear()
    stage.time.wait(60)
    stage.world.answer(new, "yes")
    on(stage, life)
    assert acts(life, new)[0].ending is Ending.ANSWERED
    on(stage, life, 5 * 3600)
    assert stage.rooms.messages == []


def test_a_claim_has_its_time_by_the_ledgers_clock(stage: Stage) -> None:
    life, new, ref = told(stage)
    stage.kill(life)
    life = stage.bot(ahead=5 * 3600)
    said(life, f"claim {ref}")
    tell(life)
    assert marks(life, new).claim is not None


def test_a_claim_is_recalled_by_one_of_two_bots(stage: Stage) -> None:
    life, _, ref = told(stage)
    other = stage.bot()
    said(life, f"claim {ref}")
    stage.rooms.messages.clear()
    stage.time.wait(4 * 3600 + 1)
    for each in (life, other, life, other):
        tell(each)
    stage.time.wait(6)
    for each in (life, other):
        tell(each)
    assert [message.room for message in stage.rooms.messages] == [SAM.id, ROOM]


def test_what_is_done_is_open_again_when_the_customer_writes(stage: Stage) -> None:
    life, new, ref = told(stage)
    said(life, f"done {ref}")
    stage.rooms.messages.clear()
    stage.time.wait(60)
    stage.world.write("acme", new, "hello?")
    on(stage, life)
    on(stage, life)
    assert acts(life, new)[0].ending is Ending.WROTE_AGAIN
    assert sorted(message.room for message in stage.rooms.messages) == [ROOM, "#sales"]


def test_what_is_done_stays_so_when_the_page_writes(stage: Stage) -> None:
    life, new, ref = told(stage)
    said(life, f"done {ref}")
    stage.time.wait(60)
    stage.world.answer(new, "yes")
    on(stage, life)
    assert marks(life, new).done is not None


def test_what_was_seen_before_it_was_done_does_not_open_it_again(stage: Stage) -> None:
    life, new, ref = told(stage)
    stage.time.wait(31)
    stage.world.write("acme", new, "one more thing")
    stage.time.wait(1)
    assert "one more thing" in said(life, "limit 1")
    said(life, f"done {ref}")
    on(stage, life)
    assert marks(life, new).done is not None


def test_a_snooze_is_told_where_it_was_made(stage: Stage) -> None:
    life, new, ref = told(stage)
    said(life, f"snooze {ref} for 2h", room="#other")
    stage.rooms.messages.clear()
    on(stage, life, 2 * 3600)
    assert [message.room for message in stage.rooms.messages] == ["#other"]
    assert marks(life, new).snooze is None


def test_a_claim_on_what_is_snoozed_has_all_its_time_again_afterwards(stage: Stage) -> None:
    life, new, ref = told(stage)
    said(life, f"claim {ref}")
    said(life, f"snooze {ref} for 6h")
    on(stage, life, 6 * 3600)
    assert marks(life, new).snooze is None and marks(life, new).claim is not None
    on(stage, life, 4 * 3600)
    assert marks(life, new).claim is None


def test_what_is_claimed_is_not_forgotten_and_what_is_done_is(stage: Stage) -> None:
    stage.more["RETENTION_DAYS"] = 1
    life, claimed, ref = told(stage)
    (done,) = stage.arrive()
    on(stage, life)
    said(life, f"claim {ref}")
    said(life, f"done {life.answers.refs.give(source(), done)}")
    stage.kill(life)
    stage.more["CLAIM_HOURS"] = 720
    life = stage.bot()
    said(life, f"claim {ref} over")
    stage.time.wait(3 * DAY)
    stage.arrive()
    on(stage, life)
    stage.time.wait(1.5 * DAY)
    stage.arrive()
    on(stage, life)
    assert marks(life, claimed).claim is not None
    assert acts(life, done) == []


def test_a_room_that_goes_on_as_another_one_hears_there(stage: Stage) -> None:
    life, _, ref = told(stage)
    said(life, f"snooze {ref} for 2h", room="#old")
    stage.kill(life)
    life = stage.bot(moved=lambda: {"#old": "#new"})
    life.say("#old", "watch spam")
    life.service.follow_rooms()
    stage.rooms.messages.clear()
    on(stage, life, 2 * 3600)
    assert "#new" in [message.room for message in stage.rooms.messages]


def test_a_bot_that_is_killed_within_an_act_has_made_it_or_not(stage: Stage) -> None:
    life, new, _ = told(stage)
    for steps in range(14):
        ref = life.answers.refs.give(source(), new)
        said(life, f"claim {ref} over", ANN)
        life.fuse = steps
        try:
            answered = said(life, f"claim {ref} over")
        except Killed:
            answered = ""
        stage.kill(life)
        life = stage.bot()
        held, history = marks(life, new).claim, acts(life, new)
        assert held is not None, "no mark is lost"
        assert held.by == SAM if answered else held.by in (ANN, SAM)
        assert [act.ended is None for act in history] == [False] * (len(history) - 1) + [True]
        stage.time.wait(6)
        tell(life)
        shown = [item.news[0].marks for room, _, item in stage.rooms.edits if room == ROOM]
        assert shown[-1] is not None and shown[-1].claim is not None and shown[-1].claim.by == held.by


def test_more_of_a_question_about_marks_goes_on(stage: Stage) -> None:
    life, *_ = told(stage)
    for new in stage.arrive(3):
        said(life, f"claim {life.answers.refs.give(source(), new)}")
        stage.time.wait(1)
    asked = life.answers.ask(ROOM, InboxQuery(folder=None, mark=Mark.CLAIMED, limit=2))
    assert [len(asked.rows), asked.matching, asked.complete] == [2, 3, True]
    assert len(life.answers.more(ROOM).rows) == 1


def test_half_an_emoji_that_was_typed_is_no_reason_to_fail(stage: Stage) -> None:
    life, new, ref = told(stage)
    said(life, f"note {ref} call \ud83d her\x00", Person("@kim", "K\udce9im"))
    said(life, f"claim {ref}", Person("@kim", "K\udce9im"))
    note, claim = acts(life, new)
    assert (note.by.name, note.words, claim.by.name) == ("K\ufffdim", "call \ufffd her\ufffd", "K\ufffdim")
    said(life, 'watch text "t\udce9"')
    assert [watch.spec.text for watch in life.service.watches.watches()].count("t\ufffd") == 1
