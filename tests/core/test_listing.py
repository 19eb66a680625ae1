"""Lists: how old they may be, who shares a call, what is kept when Meta fails, and how a walk goes on."""

from __future__ import annotations

import threading

import pytest

from pageinbox.ask.listing import MANY, Listing
from pageinbox.model.errors import (
    Blocked,
    CursorDead,
    PermissionMissing,
    RequestRefused,
    Throttled,
    TokenDead,
    Unavailable,
)
from pageinbox.model.look import Look
from pageinbox.model.source import Folder, Platform, Source

MESSENGER = Source("acme", Platform.MESSENGER, Folder.INBOX)
INSTAGRAM = Source("acme", Platform.INSTAGRAM, Folder.INBOX)
SPAM = Source("acme", Platform.INSTAGRAM, Folder.SPAM)


def ids(look):
    return [conversation.id for conversation in look.conversations]


def truth(world, source=MESSENGER):
    return [thread.id for thread in world.conversations(source.page, source.platform.value, source.folder.value)]


# The cache


def test_a_repeated_question_makes_no_call_within_the_ttl(rig, calls, clock):
    listing = rig.listing(ttl=30)
    first = listing.look(MESSENGER)
    clock.now += 29
    assert listing.look(MESSENGER) is first
    assert listing.look(MESSENGER, want=10) is first
    assert len(calls()) == 1
    clock.now += 2
    again = listing.look(MESSENGER)
    assert len(calls()) == 2
    assert (first.at, again.at) == (clock() - 31, clock())


def test_without_a_ttl_every_question_makes_a_call(rig, calls):
    listing = rig.listing(ttl=0)
    for _ in range(3):
        assert listing.look(MESSENGER).conversations
    assert len(calls()) == 3


@pytest.mark.parametrize(
    ("vouched", "age", "more"), [(0, 120, 0), (0, 121, MANY + 1), (300, 300, 0), (300, 301, MANY + 1)]
)
def test_of_many_lists_what_the_poller_has_read_lately_will_do(rig, calls, clock, vouched, age, more):
    """What has changed since then Meta would have told, where it is trusted to."""
    client = rig.client()
    listing = Listing({f"page-{number}": client for number in range(MANY + 1)}, ttl=30, clock=clock, timer=clock)
    listing.polled, listing.vouched = 60, lambda source: vouched
    many = [Source(page, Platform.MESSENGER, Folder.SPAM) for page in listing.clients]
    for source in many:
        listing.take_in(Look(source, at=clock()), None)
    read = clock()
    clock.now += age
    looks = listing.looks(many)
    assert len(calls()) == more
    assert all((look.at == read) == (not more) for look in looks)


def test_a_few_lists_are_no_older_than_the_ttl_whoever_read_them(rig, calls, clock):
    listing = rig.listing()
    listing.polled = 60
    listing.take_in(Look(MESSENGER, at=clock()), None)
    clock.now += 31
    assert listing.looks([MESSENGER])[0].at == clock()
    assert len(calls()) == 1


def test_sources_and_people_are_kept_apart(rig, calls, world):
    listing = rig.listing()
    person = world.conversations("acme", "messenger", "inbox")[5].person.id
    for _ in range(2):
        assert len(ids(listing.look(MESSENGER))) == 50
        assert ids(listing.look(Source("acme", Platform.MESSENGER, Folder.SPAM))) == truth(
            world, Source("acme", Platform.MESSENGER, Folder.SPAM)
        )
        assert len(ids(listing.look(MESSENGER, user_id=person))) == 1
    assert len(calls()) == 3


def test_twenty_people_at_once_make_one_call(rig, canned, parked):
    canned.body = b'{"data":[{"id":"t_1","updated_time":1790000000}]}'
    canned.gate.clear()
    listing = rig.listing(rig.client(url=canned.url), ttl=0)  # nothing is kept: what is shared is the call itself
    looks = []
    threads = [threading.Thread(target=lambda: looks.append(listing.look(MESSENGER))) for _ in range(20)]
    threads[0].start()
    while not canned.steps:
        threads[0].join(0.001)
    for thread in threads[1:]:
        thread.start()
    for thread in threads[1:]:
        parked(thread)
    canned.gate.set()
    for thread in threads:
        thread.join()
    assert len(canned.paths) == 1
    assert [ids(look) for look in looks] == [["t_1"]] * 20


def test_twenty_people_share_a_failure_too(rig, canned, parked):
    canned.body = b'{"error":{"code":190,"message":"dead"}}'
    canned.gate.clear()
    listing = rig.listing(rig.client(url=canned.url), ttl=0)
    looks = []
    threads = [threading.Thread(target=lambda: looks.append(listing.look(MESSENGER))) for _ in range(20)]
    threads[0].start()
    while not canned.steps:
        threads[0].join(0.001)
    for thread in threads[1:]:
        thread.start()
    for thread in threads[1:]:
        parked(thread)
    canned.gate.set()
    for thread in threads:
        thread.join()
    assert len(canned.paths) == 1
    assert {type(look.trouble) for look in looks} == {TokenDead}


def test_several_sources_come_in_the_order_asked(rig, world):
    world.add_page("zoo")
    world.write("zoo", "Ann", "hi")
    asked = [SPAM, Source("zoo", Platform.MESSENGER, Folder.INBOX), MESSENGER, INSTAGRAM]
    looks = rig.listing().looks(asked)
    assert [look.source for look in looks] == asked
    assert [ids(look)[:50] for look in looks] == [truth(world, source)[:50] for source in asked]


def test_one_page_that_fails_hides_no_other(rig, sim, world):
    world.add_page("zoo")
    world.kill_token("acme")
    world.write("zoo", "Ann", "hi")
    zoo = Source("zoo", Platform.MESSENGER, Folder.INBOX)
    bad, good = rig.listing().looks([MESSENGER, zoo])
    assert isinstance(bad.trouble, TokenDead) and bad.at is None and ids(bad) == []
    assert good.trouble is None and ids(good) == truth(world, zoo)


# When Meta fails


@pytest.mark.parametrize(
    ("how", "kind"),
    [
        ({"code": 190, "subcode": 463}, TokenDead),
        ({"code": 10}, PermissionMissing),
        ({"code": 100}, RequestRefused),
        ({"code": 2}, Unavailable),
        ({"code": 613}, Throttled),
        ({"code": 368}, Blocked),
        ({"kind": "html"}, Unavailable),
        ({"kind": "reset"}, Unavailable),
    ],
)
def test_the_last_good_answer_comes_with_its_age_and_the_trouble(rig, sim, clock, how, kind):
    listing = rig.listing()
    good = listing.look(MESSENGER)
    clock.now += 3600
    sim.fail("conversations", None, **how)
    old = listing.look(MESSENGER)
    assert isinstance(old.trouble, kind)
    assert (old.conversations, old.at, old.more) == (good.conversations, good.at, good.more)
    assert good.trouble is None, "a look that was handed out never changes"
    assert listing.memory.last(MESSENGER) is old


@pytest.mark.parametrize(
    "how", [{"code": 190}, {"code": 10}, {"code": 100, "subcode": 33}, {"code": 230}, {"kind": "redirect"}]
)
def test_what_was_refused_is_not_asked_again_within_the_ttl(rig, sim, calls, clock, how):
    listing = rig.listing()
    sim.fail("conversations", None, **how)
    first = listing.look(MESSENGER)
    assert listing.look(MESSENGER) is first and first.trouble is not None
    assert len(calls()) == 1
    sim.clear()
    clock.now += 31
    assert listing.look(MESSENGER).trouble is None


def test_passing_trouble_is_not_kept(rig, sim, calls):
    listing = rig.listing()
    sim.fail("conversations", 4, code=2)
    assert isinstance(listing.look(MESSENGER).trouble, Unavailable)
    assert listing.look(MESSENGER).trouble is None
    assert len(calls()) == 5


def test_while_meta_refuses_the_page_nobody_calls(rig, sim, calls, clock):
    listing = rig.listing()
    sim.usage("business", absent=True)
    sim.fail("conversations", 1, code=80006)
    waits = []
    for _ in range(3):
        look = listing.look(MESSENGER)
        assert isinstance(look.trouble, Throttled)
        waits.append(look.trouble.retry_after)
        clock.now += 40
    assert waits == [300, 260, 220]
    assert len(calls()) == 1
    clock.now += 200
    assert listing.look(MESSENGER).trouble is None


def test_trouble_on_the_way_keeps_what_was_read(rig, sim, world):
    listing = rig.listing()
    sim.rules.page_size_max = 100
    sim.fail("after=", None, code=190)
    look = listing.look(MESSENGER, want=150)
    assert isinstance(look.trouble, TokenDead)
    assert ids(look) == truth(world)[:100] and look.more


def test_the_looks_so_far_are_known(rig):
    listing = rig.listing()
    assert listing.memory.last(MESSENGER) is None and listing.memory.looked() == []
    looks = [listing.look(INSTAGRAM), listing.look(MESSENGER)]
    assert listing.memory.looked() == [INSTAGRAM, MESSENGER]
    assert [listing.memory.last(source) for source in (INSTAGRAM, MESSENGER)] == looks


# Walking


def test_a_walk_is_carried_on_where_it_ended(rig, calls, world):
    listing = rig.listing()
    listing.look(MESSENGER, want=50)
    look = listing.look(MESSENGER, want=120)
    assert ids(look) == truth(world)[: len(ids(look))] and len(ids(look)) >= 120
    assert ["after" in request.query for request in calls()] == [False, True]


def test_all_there_is(rig, world):
    look = rig.listing().look(MESSENGER, want=1000)
    assert ids(look) == truth(world) and not look.more


@pytest.mark.parametrize("sticky", [False, True])
def test_who_moves_to_the_front_meanwhile_comes_once(rig, sim, world, clock, sticky):
    sim.rules.sticky_cursors = sticky
    listing = rig.listing()
    before = truth(world)
    listing.look(MESSENGER, want=50)
    clock.now += 5
    world.write("acme", before[49], "me again")  # the very one the cursor points to
    world.write("acme", before[80], "me too")
    look = listing.look(MESSENGER, want=1000)
    assert len(ids(look)) == len(set(ids(look)))
    assert set(ids(look)) >= set(before) - {before[80]}
    assert [one.updated for one in look.conversations] == sorted(
        (one.updated for one in look.conversations), reverse=True
    )


def test_a_dead_cursor_starts_the_walk_again(rig, calls, world):
    listing = rig.listing()
    before = truth(world)
    listing.look(MESSENGER, want=50)
    world.delete(before[49])
    look = listing.look(MESSENGER, want=120)
    assert look.trouble is None
    assert ids(look)[:120] == [id for id in before if id != before[49]][:120]
    assert ["after" in request.query for request in calls()][:3] == [False, True, False]


def test_cursors_that_always_die_end_in_trouble(rig, sim, calls):
    sim.rules.page_size_max = 100
    sim.fail("after=", None, name="cursor_dead")
    look = rig.listing().look(MESSENGER, want=150)
    assert isinstance(look.trouble, CursorDead)
    assert 2 <= len(calls()) <= 10


def test_short_and_empty_pages_are_no_end(rig, sim, world):
    sim.rules.short_pages = True
    sim.rules.page_size_max = 40
    look = rig.listing().look(MESSENGER, want=1000)
    assert ids(look) == truth(world) and not look.more


def test_an_empty_first_page_is_no_empty_list(rig, sim, world):
    sim.fail("conversations", 2, kind="blank")
    assert ids(rig.listing().look(MESSENGER)) == truth(world)[:50]


def test_a_question_since_walks_far_enough(rig, sim, world):
    threads = world.conversations("acme", "messenger", "inbox")
    sim.rules.page_size_max = 20
    until = threads[70].updated
    look = rig.listing().look(MESSENGER, want=500, until=until)
    assert ids(look) == truth(world)[:80], "as far as the page in which it is, and no farther"
    assert look.conversations[-1].updated < until and look.more


def test_a_list_without_an_end_is_left_at_some_time(rig, sim, calls):
    sim.fail("conversations", None, kind="blank")
    look = rig.listing().look(MESSENGER, want=50)
    assert look.more and len(calls()) == 15


def test_a_list_that_gives_its_cursor_back_ends_with_what_was_read_and_is_not_read_again(rig, sim, calls, world):
    sim.rules.page_size_max = 50
    sim.fail("after=", None, kind="stuck")
    listing = rig.listing()
    for _ in range(3):
        look = listing.look(MESSENGER, want=200)
        assert (ids(look), look.more, look.trouble) == (truth(world)[:100], True, None)
    assert len(calls()) == 2


# Instagram and its folders


def test_instagram_keeps_the_folders_apart(rig, world):
    look = rig.listing().look(SPAM, want=200)
    assert ids(look) == truth(world, SPAM) and look.conversations
    assert look.folder != "ignored" and look.trouble is None


def test_instagram_ignores_the_folder(rig, sim, calls, clock):
    sim.rules.instagram_folder = "ignore"
    listing = rig.listing()
    for folder in (Folder.SPAM, Folder.DONE, Folder.OTHER):
        look = listing.look(Source("acme", Platform.INSTAGRAM, folder))
        assert (look.folder == "ignored") and ids(look) == [] and look.trouble is None and not look.more
    assert ids(listing.look(INSTAGRAM)), "the inbox itself is shown"
    assert len(calls(platform="instagram")) == 4
    spam = listing.look(Source("acme", Platform.MESSENGER, Folder.SPAM))
    assert spam.folder != "ignored" and spam.conversations


def test_instagram_begins_to_keep_folders(rig, sim, world, clock):
    sim.rules.instagram_folder = "ignore"
    listing = rig.listing()
    assert listing.look(SPAM).folder == "ignored"
    sim.rules.instagram_folder = "honour"
    clock.now += 3601
    assert ids(listing.look(SPAM)) == truth(world, SPAM)[:50]


def test_instagram_answers_a_folder_with_nothing(rig, sim):
    sim.rules.instagram_folder = "empty"
    look = rig.listing().look(SPAM)
    assert (ids(look), look.trouble, look.folder, look.more) == ([], None, "sure", False)


def test_instagram_refuses_the_folder(rig, sim):
    sim.rules.instagram_folder = "error"
    listing = rig.listing()
    assert isinstance(listing.look(SPAM).trouble, RequestRefused)
    assert listing.look(INSTAGRAM).trouble is None


def test_an_unknown_verdict_is_not_guessed_from_a_failing_inbox(rig, sim, world):
    sim.fail(r"conversations\?platform=instagram&fields=[^&]*&limit=\d+$", None, code=190)
    look = rig.listing().look(SPAM, want=200)
    assert look.folder == "unsure" and ids(look) == truth(world, SPAM)


def test_one_person_is_not_shown_as_spam_out_of_the_inbox(rig, sim, world):
    sim.rules.instagram_folder = "ignore"
    person = world.conversations("acme", "instagram", "inbox")[0].person.id
    look = rig.listing().look(SPAM, user_id=person)
    assert look.folder == "ignored" and not look.conversations


def test_one_person_in_a_folder_that_is_kept(rig, world):
    thread = world.conversations("acme", "instagram", "spam")[0]
    look = rig.listing().look(SPAM, user_id=thread.person.id)
    assert look.folder == "sure" and ids(look) == [thread.id]


def test_an_answer_never_grows_older_than_the_ttl_by_being_carried_on(rig, clock, calls):
    listing = rig.listing(ttl=30)
    listing.look(MESSENGER, want=50)
    clock.now += 25
    listing.look(MESSENGER, want=100)
    clock.now += 25
    before = len(calls())
    assert clock.now - (listing.look(MESSENGER, want=50).at or 0) < 30
    assert len(calls()) == before + 1


def test_a_list_that_cannot_be_gone_on_with_is_cached_too(rig, canned, clock):
    canned.body = b'{"data":[{"id":"t_1","updated_time":1790000000}],"paging":{"next":"https://x.example/"}}'
    listing = rig.listing(rig.client(url=canned.url))
    for _ in range(3):
        assert listing.look(MESSENGER).more
    assert len(canned.paths) == 1


def test_ever_so_short_pages_are_not_followed_for_ever_and_not_again(rig, sim, calls):
    sim.rules.page_size_max = 1
    listing = rig.listing()
    look = listing.look(MESSENGER)
    first = len(calls())
    assert first < 30 and len(look.conversations) == first and look.more
    assert listing.look(MESSENGER) is look and len(calls()) == first


def test_the_latest_trouble_is_remembered_when_it_is_over(rig, sim, clock):
    listing = rig.listing()
    assert listing.memory.last_error(MESSENGER) is None
    sim.fail("conversations", None, code=190, subcode=460)
    listing.look(MESSENGER)
    met = clock.now
    sim.clear()
    clock.now += 60
    assert listing.look(MESSENGER).trouble is None
    error = listing.memory.last_error(MESSENGER)
    assert error is not None and (error.trouble.number, error.at) == ("190/460", met)


# One person


@pytest.mark.parametrize("platform", Platform)
def test_one_person(rig, world, platform):
    thread = world.conversations("acme", platform.value, "inbox")[7]
    look = rig.listing().look(Source("acme", platform, Folder.INBOX), user_id=thread.person.id)
    assert ids(look) == [thread.id] and not look.more and look.trouble is None


@pytest.mark.parametrize("platform", Platform)
def test_an_unknown_person_is_an_empty_list(rig, sim, platform):
    source = Source("acme", platform, Folder.INBOX)
    listing = rig.listing()
    assert listing.look(source, user_id="999").conversations == []
    sim.fail("user_id", None, code=100, subcode=2018001 if platform == "messenger" else 2534014)
    look = listing.look(source, user_id="998")
    assert (list(look.conversations), look.trouble, look.at is not None, look.more) == ([], None, True, False)


@pytest.mark.parametrize("subcode", [2018001, 2534014, 2018218])
def test_where_nobody_was_asked_for_a_person_who_is_not_found_makes_no_list_empty(rig, sim, subcode):
    sim.fail("conversations", None, code=100, subcode=subcode)
    look = rig.listing().look(MESSENGER)
    assert look.at is None and isinstance(look.trouble, RequestRefused)


def test_a_question_about_one_person_does_not_change_how_the_list_stands(rig, world):
    listing = rig.listing()
    look = listing.look(MESSENGER)
    listing.look(MESSENGER, user_id=world.conversations("acme", "messenger", "inbox")[3].person.id)
    assert listing.memory.last(MESSENGER) is look


def test_what_was_read_before_trouble_is_a_last_good_answer(rig, sim):
    listing = rig.listing()
    sim.rules.page_size_max = 100
    sim.fail("after=", None, code=2)
    first = listing.look(MESSENGER, want=150)
    assert len(first.conversations) == 100 and first.trouble is not None
    sim.clear()
    sim.fail("conversations", None, code=2)
    assert len(listing.look(MESSENGER, want=150).conversations) == 100


def test_a_good_answer_to_a_question_tells_which_page_can_be_read(rig, sim):
    listing = rig.listing()
    pages = []
    listing.on_read = pages.append
    sim.fail("conversations", None, code=2)
    listing.look(MESSENGER)
    assert pages == []
    sim.clear()
    listing.look(MESSENGER)
    assert pages == ["acme"]
