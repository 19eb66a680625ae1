"""What the ledger knows of who waits: since when, until when, and when nobody does any more."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import event, text

from pageinbox.model.source import Folder, Platform, Source
from tests.core.stage import INTERVAL, NOON, Life, Stage

INBOX = Source("acme", Platform.MESSENGER, Folder.INBOX)
SPAM = Source("acme", Platform.MESSENGER, Folder.SPAM)
HOUR = 3600.0


@pytest.fixture
def stage(ledger_url: str) -> Iterator[Stage]:
    one = Stage(ledger_url, watches=["#room inbox messenger", "#room spam messenger"], instant_reply_tag=True)
    yield one
    one.close()


def waiting(life: Life, source: Source = INBOX) -> list[tuple[str, float, bool]]:
    """Who waits in a list by the ledger, the longest first: in which conversation, since when, and if that is sure."""
    looks = life.service.waits.looks([source])
    assert looks is not None
    return [(item.id, item.waiting_since - NOON, item.at_least) for item in looks[0].conversations]


def waits(life: Life) -> list[tuple[float, float | None, bool, bool]]:
    """Every wait that there ever was: since when, when it was answered, whether it left its list, what is kept."""
    statement = text(
        "SELECT conversation, since, NULL AS answered, gone, body FROM inbox_wait UNION ALL"
        " SELECT conversation, since, since + 1000 * took, NULL, NULL FROM inbox_answer ORDER BY 2, 1"
    )
    with life.ledger.reading() as connection:
        return [
            (row.since / 1000 - NOON, row.answered and row.answered / 1000 - NOON, row.gone is not None, bool(row.body))
            for row in connection.execute(statement)
        ]


def later(stage: Stage, life: Life, seconds: float = INTERVAL) -> None:
    stage.time.wait(seconds)
    life.look_everywhere()


def write(stage: Stage, thread: str | None = None, folder: str = "inbox") -> str:
    return stage.world.write("acme", thread, "hello?", folder=folder).id


def test_a_wait_begins_with_the_first_message_goes_on_and_ends_with_an_answer(stage: Stage) -> None:
    life = stage.bot()
    later(stage, life)
    stage.time.wait(60)
    ann = write(stage)
    later(stage, life)
    assert waiting(life) == [(ann, 120, False)]
    stage.time.wait(600)
    write(stage, ann)
    later(stage, life)
    assert waiting(life) == [(ann, 120, False)] and len(waits(life)) == 1
    stage.world.answer(ann, "hi!")
    later(stage, life)
    assert waiting(life) == []
    assert waits(life) == [(120, 840, False, False)]
    stage.time.wait(600)
    write(stage, ann)
    later(stage, life)
    assert waiting(life) == [(ann, 1500, False)] and len(waits(life)) == 2


def test_whoever_takes_back_what_they_wrote_waits_no_more_and_was_not_answered(stage: Stage) -> None:
    life = stage.bot()
    ann, bo = write(stage), write(stage)
    stage.world.answer(bo, "hi!")
    later(stage, life)
    stage.time.wait(60)
    write(stage, bo)
    later(stage, life)
    stage.world.unsend(ann)
    stage.world.unsend(bo)
    later(stage, life, 2 * HOUR)  # what has no new time is met by a sweep
    assert waiting(life) == []
    assert waits(life) == [(0, None, True, False), (120, None, True, False)]


def test_an_answer_that_was_taken_back_is_none(stage: Stage) -> None:
    life = stage.bot()
    ann = write(stage)
    later(stage, life)
    stage.world.answer(ann, "for somebody else")
    later(stage, life)
    assert waiting(life) == []
    stage.world.unsend(ann)
    later(stage, life, 2 * HOUR)
    assert waiting(life) == [(ann, 0, False)]


def test_who_was_answered_and_wrote_again_between_two_looks_waits_anew(stage: Stage) -> None:
    life = stage.bot()
    ann = write(stage)
    later(stage, life)
    stage.world.answer(ann, "hi!")
    stage.time.wait(30)
    write(stage, ann)
    later(stage, life)
    assert waits(life) == [(0, 60, False, False), (90, None, False, True)]
    later(stage, life)
    assert waiting(life) == [(ann, 90, False)]


def test_only_what_was_read_is_certain(stage: Stage) -> None:
    ann = write(stage)
    for _ in range(4):
        stage.time.wait(10)
        write(stage, ann)
    life = stage.bot()
    later(stage, life)
    assert waiting(life) == [(ann, 10, True)]  # the first of four messages of five
    stage.time.wait(10)
    write(stage, ann)
    later(stage, life)
    assert waiting(life) == [(ann, 10, True)]


def test_a_wait_that_is_certain_stays_so_however_many_messages_come(stage: Stage) -> None:
    life = stage.bot()
    ann = write(stage)
    later(stage, life)
    for _ in range(5):
        stage.time.wait(10)
        write(stage, ann)
    later(stage, life)
    assert waiting(life) == [(ann, 0, False)]


def test_an_automatic_reply_ends_no_wait(stage: Stage) -> None:
    life = stage.bot()
    ann = write(stage)
    later(stage, life)
    stage.world.answer(ann, "We will be back.", automatic=True)
    later(stage, life)
    stage.world.note(ann, "Lead stage set to Qualified")
    later(stage, life)
    assert waiting(life) == [(ann, 0, False)]


def test_those_who_were_there_before_anybody_watched_are_known_the_longest_first(stage: Stage) -> None:
    first, answered, second = (write(stage) for _ in range(3))
    stage.world.answer(answered)
    stage.time.wait(HOUR)
    write(stage, second)
    life = stage.bot()
    assert life.service.waits.looks([INBOX]) is None
    later(stage, life)
    assert waiting(life) == [(first, 0, False), (second, 0, False)]
    assert life.service.waits.looks([INBOX, Source("acme", Platform.INSTAGRAM, Folder.INBOX)]) is None


def test_nobody_waits_in_what_has_left_the_list_until_it_is_back(stage: Stage) -> None:
    life = stage.bot()
    write(stage)
    ann, bo = write(stage), write(stage)
    later(stage, life)
    stage.world.move(ann, "page_done")
    later(stage, life)
    assert [each for each, *_ in waiting(life)] != []  # found out by the next look that goes on
    later(stage, life, HOUR)
    assert ann not in [each for each, *_ in waiting(life)] and (0, None, True, False) in waits(life)
    stage.world.move(ann, "inbox")
    later(stage, life, HOUR)
    assert (ann, 0, False) in waiting(life) and len(waits(life)) == 3
    stage.world.delete(bo)
    later(stage, life, HOUR)
    assert bo not in [each for each, *_ in waiting(life)]


def test_a_conversation_waits_in_the_list_it_is_moved_to(stage: Stage) -> None:
    life = stage.bot()
    ann = write(stage)
    later(stage, life)
    stage.world.move(ann, "spam")
    later(stage, life, HOUR)
    assert (waiting(life), waiting(life, SPAM)) == ([], [(ann, 0, False)])
    stage.world.move(ann, "inbox")
    later(stage, life, HOUR)
    assert (waiting(life), waiting(life, SPAM)) == ([(ann, 0, False)], [])


def test_a_list_that_nobody_watches_any_more_has_nobody_who_waits(stage: Stage) -> None:
    life = stage.bot()
    life.say("#other", "watch done messenger")
    write(stage, folder="page_done")
    done = Source("acme", Platform.MESSENGER, Folder.DONE)
    later(stage, life)
    assert len(waiting(life, done)) == 1
    life.say("#other", "unwatch 3")
    later(stage, life)
    assert life.service.waits.looks([done]) is None and waits(life) == [(0, None, True, False)]
    life.say("#other", "watch done messenger")
    later(stage, life)
    assert len(waiting(life, done)) == 1


@pytest.mark.parametrize("again", [True, False])
def test_a_look_that_began_before_its_watch_ended_keeps_nothing(stage: Stage, again: bool) -> None:
    """It would say that nobody waits in a list of which nothing is known any more, or keep what nobody watches."""
    life = stage.bot()
    ann = write(stage)
    later(stage, life)
    stage.time.wait(INTERVAL)
    if not again:
        write(stage)
    (watch,) = (each for each in life.service.watches.watches() if INBOX.folder is each.spec.folder)

    def unwatch(call: int) -> None:
        if call == 1:
            life.service.watches.end(watch.number, stage.time.wall())
            life.service.poll.sources()
            if again:
                life.service.watches.add("#other", watch.spec, stage.time.wall())
                life.service.poll.sources()

    life.meanwhile = unwatch
    life.look_at(INBOX)
    assert life.service.waits.looks([INBOX]) is None
    assert [(gone, body) for *_, gone, body in waits(life)] == [(True, False)]
    life.meanwhile = lambda call: None
    later(stage, life)
    assert not again or waiting(life) == [(ann, 0, False)]


def test_what_is_forgotten_takes_its_waits_along(stage: Stage) -> None:
    life = stage.bot()
    write(stage)
    later(stage, life)
    stage.time.wait(100 * 86400)
    bo = write(stage)
    for _ in range(3):
        later(stage, life, 86400)
    assert [each for each, *_ in waiting(life)] == [bo] and len(waits(life)) == 1


def test_a_ledger_that_never_knew_who_waits_reads_all_of_a_list_once(stage: Stage) -> None:
    life = stage.bot()
    people = [write(stage) for _ in range(60)]
    later(stage, life)
    with life.ledger.writing() as connection:
        connection.execute(text("DELETE FROM inbox_wait"))
        connection.execute(text("UPDATE inbox_source SET waits = NULL"))
    stage.stop(life)
    life = stage.bot()
    assert life.service.waits.looks([INBOX]) is None
    later(stage, life)
    assert {each for each, *_ in waiting(life)} == {*people} and len(people) == 60


def test_a_quiet_look_asks_the_ledger_nothing_for_it(stage: Stage) -> None:
    """Its statements are the two it takes to hold the source and to note that it was looked at."""
    life = stage.bot()
    for _ in range(3):
        write(stage)
    later(stage, life)
    later(stage, life)
    heard: list[str] = []
    event.listen(life.ledger.engine, "before_cursor_execute", lambda *given: heard.append(given[2]))
    stage.time.wait(INTERVAL)
    life.look_at(INBOX)
    assert [(words[0], "inbox_source" in statement) for statement in heard if (words := statement.split())] == [
        ("SELECT", True),
        ("UPDATE", True),
    ]


def test_where_meta_does_not_tell_who_wrote_nobody_is_said_to_wait_or_not(stage: Stage) -> None:
    life = stage.bot()
    ann = write(stage)
    later(stage, life)
    assert waiting(life) == [(ann, 0, False)]
    text = "(#100) Tried accessing nonexisting field (messages) on node type (UnifiedThread)"
    stage.simulator.fail("messages", None, name="field", message=text)
    write(stage)
    later(stage, life)
    assert life.service.waits.looks([INBOX]) is None
    stage.simulator.clear()
    stage.stop(life)
    life = stage.bot()
    later(stage, life)
    assert len(waiting(life)) == 2


def test_who_waits_in_a_watched_list_is_told_without_a_call(stage: Stage) -> None:
    life = stage.bot()
    write(stage)
    later(stage, life)
    calls = len(stage.simulator.requests)
    assert "1 conversation, waiting for" in str(life.say("#room", "messenger waiting").headline)
    assert len(stage.simulator.requests) == calls
    life.say("#room", "instagram waiting")
    assert len(stage.simulator.requests) > calls
    life.say("#other", "watch instagram")
    later(stage, life)
    calls = len(stage.simulator.requests)
    told = [str(line) for line in life.say("#room", "waiting").lines]
    # That nobody waits doesn't tell that a list is empty.
    assert len(told) == 2 and "no conversations" in told[1] and len(stage.simulator.requests) == calls
