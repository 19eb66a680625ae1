"""Questions of a room, what comes next, and how a conversation is named."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from errbot.rendering import text

from pageinbox.ask.answers import Answers, NothingAsked, UnknownRef
from pageinbox.ask.refs import Refs
from pageinbox.ask.rows import next_rows
from pageinbox.chat.errbot import content as markdown
from pageinbox.model.answer import Group
from pageinbox.model.conversation import Conversation
from pageinbox.model.errors import RequestRefused
from pageinbox.model.look import Look
from pageinbox.model.query import InboxQuery
from pageinbox.model.ref import ALPHABET
from pageinbox.model.secret import Secret
from pageinbox.model.source import Folder, Page, Platform, Source
from pageinbox.model.watch import Detail
from pageinbox.words.answer import listing
from tests.core.conftest import NOON

MESSENGER = InboxQuery(platform=Platform.MESSENGER)
SOURCE = Source("acme", Platform.MESSENGER, Folder.INBOX)


def truth(world, platform="messenger", folder="inbox"):
    return [thread.id for thread in world.conversations("acme", platform, folder)]


def ids(rows):
    return [row.conversation.id for row in rows]


def all_of(answers: Answers, room: str, query: InboxQuery):
    """The rows of a question and of every `more` after it."""
    answer = answers.ask(room, query)
    while answer.rows and len(answer.numbered) < 1000:
        answer = answers.more(room)
    return answer.numbered


def test_more_goes_on_to_the_end(rig, world):
    answers = rig.answers()
    rows = all_of(answers, "r", InboxQuery(platform=Platform.MESSENGER, limit=30))
    assert ids(rows) == truth(world)
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    assert answers.more("r").rows == []


def test_more_over_both_platforms_is_newest_first(rig, world):
    rows = all_of(rig.answers(), "r", InboxQuery(limit=50))
    assert sorted(ids(rows)) == sorted(truth(world) + truth(world, "instagram"))
    first = [row.conversation.updated for row in rows[:50]]
    assert first == sorted(first, reverse=True)
    assert len({row.ref for row in rows}) == len(rows)


def test_more_loses_and_repeats_nothing_while_people_write(rig, world, clock):
    answers = rig.answers(rig.listing(ttl=5))
    quiet = set(truth(world))
    answer = answers.ask("r", InboxQuery(platform=Platform.MESSENGER, limit=20))
    while answer.rows and len(answer.numbered) < 1000:
        clock.now += 3
        last = world.write("acme", truth(world)[-1], "I write again")  # from the end of the list to its front
        quiet.discard(last.id)
        world.write("acme", None, "I am new")
        answer = answers.more("r")
    assert len(ids(answer.numbered)) == len(set(ids(answer.numbered)))
    assert quiet <= set(ids(answer.numbered))


def test_more_costs_a_call_only_when_it_must(rig, calls):
    answers = rig.answers()
    answers.ask("r", MESSENGER)
    for _ in range(4):
        answers.more("r")
    assert len(calls()) == 1
    answers.more("r")
    assert len(calls()) == 2


def test_every_room_has_its_own_question(rig, world):
    answers = rig.answers()
    answers.ask("a", MESSENGER)
    answers.ask("b", InboxQuery(platform=Platform.INSTAGRAM, limit=3))
    assert ids(answers.more("a").rows) == truth(world)[10:20]
    assert ids(answers.more("b").rows) == truth(world, "instagram")[3:6]
    assert ids(answers.more("a").rows) == truth(world)[20:30]
    with pytest.raises(NothingAsked):
        answers.more("c")


def test_a_new_question_begins_anew(rig, world):
    answers = rig.answers()
    answers.ask("r", MESSENGER)
    answers.more("r")
    answer = answers.ask("r", InboxQuery(platform=Platform.MESSENGER, folder=Folder.SPAM, limit=5))
    assert [row.number for row in answer.rows] == [1, 2, 3, 4, 5]
    assert ids(answers.more("r").rows) == truth(world, folder="spam")[5:10]


def test_unread(rig, world):
    answer = rig.answers().ask("r", InboxQuery(platform=Platform.MESSENGER, unread=True, limit=50))
    threads = world.conversations("acme", "messenger", "inbox")
    assert ids(answer.rows) == [thread.id for thread in threads if thread.unread][:50]


def test_who_waits_comes_longest_first_and_nobody_is_lost(rig, world):
    query = InboxQuery(platform=Platform.MESSENGER, waiting=True, limit=50)
    threads = [thread for thread in world.conversations("acme", "messenger", "inbox") if thread.waiting]
    rows = all_of(rig.answers(), "r", query)
    assert sorted(ids(rows)) == sorted(thread.id for thread in threads) and len(rows) > 50
    read = [row.conversation.updated for row in rows][:50]
    assert read == sorted(read)


def test_the_opposites_leave_nothing_out(rig, world):
    everybody = sorted(truth(world))
    for field in ("unread", "waiting"):
        asked = [InboxQuery(platform=Platform.MESSENGER, limit=50, **{field: value}) for value in (True, False)]
        found = [all_of(rig.answers(), "r", query) for query in asked]
        assert all(found) and sorted(ids([*found[0], *found[1]])) == everybody


def test_a_time_yet_to_come_keeps_no_rows_of_other_lists_back():
    def group(platform, ages, more):
        source = Source("acme", platform, Folder.INBOX)
        found = [Conversation(f"{platform.value} {age}", NOON - age, platform) for age in ages]
        return Group(Look(source, found, more=more), found, not more)

    groups = [group(Platform.MESSENGER, (10, 30, -1e6), True), group(Platform.INSTAGRAM, (20, 40), False)]
    shown = [conversation.id for _, conversation in next_rows(InboxQuery(), groups, [], 0)]
    assert shown == ["messenger -1000000.0", "messenger 10", "instagram 20", "messenger 30"]


def test_every_folder(rig, world):
    rows = all_of(rig.answers(), "r", InboxQuery(None, Platform.MESSENGER, limit=50))
    folders = {row.source.folder for row in rows}
    every = [thread for folder in Folder for thread in world.conversations("acme", "messenger", folder)]
    updated = [row.conversation.updated for row in rows]
    assert sorted(ids(rows)) == sorted(thread.id for thread in every) and updated == sorted(updated, reverse=True)
    assert len(folders) == 4


def test_a_text_is_looked_for_in_the_latest_message(rig, world):
    answer = rig.answers().ask("r", InboxQuery(platform=Platform.MESSENGER, text="the", limit=50))
    assert answer.rows and all("the" in (row.conversation.snippet or "").casefold() for row in answer.rows)


def test_since(rig, world, clock):
    threads = world.conversations("acme", "messenger", "inbox")
    back = int(clock() - threads[60].updated)
    answer = rig.answers().ask("r", InboxQuery(platform=Platform.MESSENGER, since=back, limit=50))
    assert answer.matching == sum(int(thread.updated) >= clock() - back for thread in threads)
    assert answer.complete
    assert ids(answer.rows) == truth(world)[:50]


def test_a_name(rig, world):
    threads = world.conversations("acme", "messenger", "inbox")
    answer = rig.answers().ask("r", InboxQuery(platform=Platform.MESSENGER, name="haddad", limit=50))
    right = [thread.id for thread in threads if "Haddad" in (thread.person.name or "")]
    assert ids(answer.rows) == right and right


def test_shown_by_number_and_by_ref(rig, world):
    answers = rig.answers()
    answers.ask("r", MESSENGER)
    answer = answers.more("r")
    for row in answer.numbered:
        by_number = answers.find("r", str(row.number))
        assert by_number.conversation_id == row.conversation.id
        for typed in (row.ref, row.ref.upper(), f" {row.ref} ", f"#{row.ref}"):
            assert answers.find("r", typed) == by_number
    assert answers.find("another room", answer.rows[0].ref).conversation_id == answer.rows[0].conversation.id
    found = answers.thread(answers.find("r", "3"))
    assert found.conversation.id == truth(world)[2]


@pytest.mark.parametrize("platform", Platform)
def test_the_thread_behind_a_ref(rig, world, platform):
    answers = rig.answers()
    row = answers.ask("r", InboxQuery(platform=platform)).rows[4]
    found = answers.thread(answers.find("r", row.ref))
    truth = world.thread(row.conversation.id)
    assert found.conversation.id == truth.id
    assert [one.text for one in found.messages if not one.text.startswith("[")] == [
        one.text for one in reversed(truth.messages[-20:]) if one.text
    ]


def test_a_thread_that_is_gone(rig, world):
    answers = rig.answers()
    answers.ask("r", MESSENGER)
    named = answers.find("r", "1")
    world.delete(named.conversation_id)
    with pytest.raises(RequestRefused):
        answers.thread(named)


@pytest.mark.parametrize(
    "name", ["", "0", "11", "-1", "zzzz", "zz", "k7fq1", "²", "١١", "ö", "#", "x" * 5000, "\ud800"]
)
def test_what_nobody_was_shown(rig, name):
    answers = rig.answers()
    answers.ask("r", MESSENGER)
    with pytest.raises(UnknownRef):
        answers.find("r", name)


def test_the_numbers_are_those_of_the_room(rig):
    answers = rig.answers()
    answers.ask("a", MESSENGER)
    with pytest.raises(UnknownRef):
        answers.find("b", "1")


def test_after_a_change_of_settings(rig, world):
    world.add_page("zoo")
    world.write("zoo", "Ann", "hi")
    answers = rig.answers()
    assert answers.pages == ["acme", "zoo"]
    answers.ask("both", InboxQuery())
    answers.ask("acme", InboxQuery(page="acme", platform=Platform.MESSENGER))
    row = answers.ask("zoo", InboxQuery(page="zoo")).rows[0]
    answers.use(rig.listing(rig.client("acme")))
    assert answers.pages == ["acme"]
    assert ids(answers.more("acme").rows) == truth(world)[10:20]
    for room in ("both", "zoo"):
        with pytest.raises(NothingAsked):
            answers.more(room)
    with pytest.raises(UnknownRef):
        answers.find("zoo", row.ref)
    answers.use(rig.listing())
    assert answers.find("zoo", row.ref).conversation_id == row.conversation.id


def test_how_every_source_stands(rig, sim):
    answers = rig.answers()
    assert [(one.source, one.look) for one in answers.statuses()] == [
        (SOURCE, None),
        (Source("acme", Platform.INSTAGRAM, Folder.INBOX), None),
    ]
    sim.fail("folder=spam", None, code=10)
    answers.ask("r", InboxQuery(folder=Folder.SPAM, platform=Platform.MESSENGER))
    answers.ask("r", MESSENGER)
    statuses = answers.statuses()
    assert [one.source.folder for one in statuses] == [Folder.INBOX, Folder.INBOX, Folder.SPAM]
    assert [one.look is not None and one.look.trouble is not None for one in statuses] == [False, False, True]


# Refs


def test_a_ref_is_the_same_on_every_machine():
    assert [Refs().give(SOURCE, id) for id in ("t_110022003300", "aWdfZAG06", "é")] == [
        Refs().give(SOURCE, id) for id in ("t_110022003300", "aWdfZAG06", "é")
    ]
    ref = Refs().give(SOURCE, "t_110022003300")
    assert len(ref) == 4 and set(ref) <= set(ALPHABET)


def colliding() -> tuple[str, str]:
    """Two conversations whose short refs are the same."""
    seen: dict[str, str] = {}
    for number in count():
        id = f"t_{number}"
        ref = Refs().give(SOURCE, id)
        if ref in seen:
            return seen[ref], id
        seen[ref] = id
    raise AssertionError


def test_a_collision_makes_the_second_ref_longer():
    first, second = colliding()
    refs = Refs()
    short, long = refs.give(SOURCE, first), refs.give(SOURCE, second)
    assert (len(short), len(long)) == (4, 5) and long.startswith(short)
    assert (refs.give(SOURCE, first), refs.give(SOURCE, second)) == (short, long)
    assert [refs.find(ref) for ref in (short, long)] == [(short, SOURCE, first), (long, SOURCE, second)]


def test_a_misread_ref_is_found():
    refs = Refs()
    given = {refs.give(SOURCE, f"t_{number}"): f"t_{number}" for number in range(200)}
    for digit, misread in (("0", "oO"), ("1", "lLiI")):
        ref = next(ref for ref in given if digit in ref)
        for letter in misread:
            assert refs.find(ref.replace(digit, letter)) == (ref, SOURCE, given[ref])


def test_a_ref_tells_where_the_conversation_was_last_seen():
    refs = Refs()
    spam = Source("acme", Platform.MESSENGER, Folder.SPAM)
    ref = refs.give(SOURCE, "t_1")
    assert refs.give(spam, "t_1") == ref
    assert refs.find(ref) == (ref, spam, "t_1")


def test_more_finds_every_unread_conversation_or_says_that_it_did_not(rig, world):
    for number in range(300):
        world.write("acme", None, "hi", at=world.clock() - 86400 * 400 - number)
    answers = rig.answers()
    answer = answers.ask("r", InboxQuery(platform=Platform.MESSENGER, unread=True, limit=50))
    while answer.rows and len(answer.numbered) < 1000:
        answer = answers.more("r")
    right = {thread.id for thread in world.conversations("acme", "messenger", "inbox") if thread.unread}
    if {row.conversation.id for row in answer.numbered} != right:
        said = text().convert(
            markdown.messages(listing(answer, {"acme": Page("acme", "200300400", Secret("t"))}, {}, Detail.SNIPPET))[0]
        )
        assert "That was all of" not in said


def test_a_number_of_5000_digits_is_no_row(rig):
    answers = rig.answers()
    answers.ask("r", InboxQuery(platform=Platform.MESSENGER))
    with pytest.raises(UnknownRef):
        answers.find("r", "1" * 5000)


def test_two_who_ask_for_more_at_once_are_shown_different_rows(rig, sim, world):
    answers = rig.answers()
    answers.ask("r", InboxQuery(platform=Platform.MESSENGER, limit=50))
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: answers.more("r", 10), range(4)))
    shown = [row.conversation.id for answer in answers for row in answer.rows]
    assert len(shown) == 40 and sorted(shown) == sorted(truth(world)[50:90])


def test_a_change_of_settings_forgets_no_last_good_answer(rig, sim):
    answers = rig.answers()
    seen = ids(answers.ask("r", MESSENGER).rows)
    answers.use(rig.listing())
    sim.fail("conversations", None, code=190)
    answer = answers.ask("r", MESSENGER)
    assert ids(answer.rows) == seen
    assert answer.groups[0].look.trouble is not None and answer.groups[0].look.at is not None


def test_rows_of_lists_read_to_different_depths_come_in_one_order(rig, world):
    for number in range(300):
        world.write("acme", None, "hi", at=world.clock() - 5 * number)  # Messenger, far denser than Instagram
    answers = rig.answers()
    answer = answers.ask("r", InboxQuery(limit=50))
    while answer.rows:
        answer = answers.more("r")
    times = [row.conversation.updated for row in answer.numbered]
    assert times == sorted(times, reverse=True)
    both = (*truth(world), *truth(world, "instagram"))
    assert len(times) == len(both) and {row.conversation.id for row in answer.numbered} == set(both)


def test_a_conversation_shown_again_or_to_many_at_once_makes_one_call(rig, sim, clock):
    answers = rig.answers()
    answers.ask("r", MESSENGER)
    named = answers.find("r", "1")
    sim.forget()
    with ThreadPoolExecutor(4) as pool:
        threads = list(pool.map(lambda _: answers.thread(named), range(20)))
    assert len({id(thread) for thread in threads}) == 1 and len(sim.requests) == 1
    clock.now += 31
    answers.thread(named)
    assert len(sim.requests) == 2


def test_a_conversation_that_failed_to_show_is_asked_for_again(rig, sim):
    answers = rig.answers()
    answers.ask("r", MESSENGER)
    named = answers.find("r", "1")
    sim.fail("t_", code=100, subcode=2534001)
    with pytest.raises(RequestRefused):
        answers.thread(named)
    assert answers.thread(named).messages
