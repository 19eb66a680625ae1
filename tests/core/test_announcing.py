"""What announcements say, to the letter, and that no command in them misses what they tell of."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from errbot.rendering import text
from hypothesis import given
from hypothesis import strategies as st

from pageinbox.ask.refs import Refs
from pageinbox.chat.errbot.content import messages
from pageinbox.language.question import parse
from pageinbox.model.announcement import NAMED, Announcement, News, Notice, NoticeKind, Occasion
from pageinbox.model.conversation import Conversation
from pageinbox.model.errors import (
    FieldUnknown,
    GraphError,
    ListEmptied,
    MetaSlow,
    NotAskedYet,
    Redirected,
    SecretMissing,
    StillAsking,
    Throttled,
    TokenDead,
    Unavailable,
    Unreachable,
)
from pageinbox.model.post import Command, Foreign
from pageinbox.model.secret import Secret
from pageinbox.model.source import Folder, Page, Platform, Source
from pageinbox.model.watch import Detail
from pageinbox.words.announcement import announcement
from pageinbox.words.common import label_of_all

NOW = datetime(2026, 11, 23, 16, 40, tzinfo=UTC).timestamp()
MINUTE, HOUR, DAY = 60, 3600, 86400
ACME, BETA = (Page(name, number, Secret("token")) for name, number in (("acme", "200300400"), ("beta", "200300401")))
ONE, TWO = {"acme": ACME}, {"acme": ACME, "beta": BETA}
MESSENGER = Source("acme", Platform.MESSENGER, Folder.INBOX)
INSTAGRAM = Source("acme", Platform.INSTAGRAM, Folder.INBOX)
SPAM = Source("acme", Platform.INSTAGRAM, Folder.SPAM)
BETAS = Source("beta", Platform.MESSENGER, Folder.INBOX)
HELLO = "hello, is this still available?"
PEOPLE = ("ann", "bo", "carla", "dimitri", "eve", "finn", "gus", "hana", "ivo", "jo", "kim", "lea")


def news(
    source=MESSENGER,
    ago=4 * MINUTE,
    name="Ann Example",
    snippet=HELLO,
    waiting=None,
    link=None,
    known=True,
    detail=None,
    again=False,
    occasion=Occasion.ONGOING,
    since=None,
):
    item = Conversation(f"t_{name}", NOW - ago, source.platform, name, snippet, 1, 1, waiting, link)
    return News(3, source, item if known else None, occasion, detail, again, NOW - 5, since)


def crowd(number, source=INSTAGRAM, ago=50, named=5, **more):
    """So many news a second apart, oldest first, of which the first few are named."""
    return [
        news(source, ago - index, PEOPLE[index % 12], "hello", known=index < named, **more) for index in range(number)
    ]


def post_of(*told, notices=(), pages=ONE, detail=Detail.SNIPPET, repeat=False):
    refs = Refs()
    item = Announcement(1, "key", "#support", tuple(told), tuple(notices), repeat)
    return announcement(item, pages, lambda one: refs.give(MESSENGER, one.id), detail, NOW)


def said(*told, **more):
    """An announcement as Errbot's text backend shows it."""
    lines = text().convert(messages(post_of(*told, **more))[0]).splitlines()
    return "\n".join(line.rstrip() for line in lines if line.strip())


def test_one_says_who_where_when_and_what():
    assert said(news()) == f"New in Acme · Messenger: Ann Example, 4 min ago: “{HELLO}” · 78v6"


def test_one_has_its_link_below_and_its_folder_where_it_is_not_the_inbox():
    told = said(news(SPAM, name="buy.followers", link="/200300400/inbox/9/"))
    assert told == (
        f"New in Acme · Instagram · spam: @buy.followers, 4 min ago: “{HELLO}” · chgz\n"
        " https://www.facebook.com/200300400/inbox/9/"
    )


@pytest.mark.parametrize(
    ("told", "alert"),
    [
        ({"notices": [Notice(NoticeKind.LEARNED, (MESSENGER,), NOW)]}, False),
        ({"notices": [Notice(NoticeKind.TROUBLE, (MESSENGER,), NOW, NOW - 60, trouble=TokenDead("expired"))]}, True),
        ({"notices": [Notice(NoticeKind.RECOVERED, (MESSENGER,), NOW, NOW - 60)]}, False),
        ({"notices": [Notice(NoticeKind.UNREACHED, (), NOW, NOW - 60, room="#room", why="it is gone")]}, True),
        ({"notices": [Notice(NoticeKind.REACHED, (), NOW, NOW - 60, room="#room")]}, False),
    ],
)
def test_people_are_alerted_to_what_needs_them(told, alert):
    assert post_of(**told).alert is alert
    assert post_of(news(), **told).alert and post_of(news(), repeat=True).alert


def test_a_message_in_a_thread_alerts_nobody():
    assert not announcement(Announcement(1, "key", "#support", (news(),), under="$1"), ONE, str, Detail.NAME, NOW).alert


def test_one_from_long_ago_has_its_time():
    assert ": Ann Example, 2 days ago, 21 Nov 16:40 UTC: “" in said(news(ago=2 * DAY))


@pytest.mark.parametrize(
    ("name", "snippet", "told"),
    [
        ("Ann Example", "[photo]", "Ann Example, 4 min ago: [photo] · 78v6"),
        ("Ann Example", None, "Ann Example, 4 min ago · 78v6"),
        ("Ann Example", "", "Ann Example, 4 min ago · 78v6"),
    ],
)
def test_one_without_words(name, snippet, told):
    assert said(news(name=name, snippet=snippet)) == f"New in Acme · Messenger: {told}"


def test_a_new_message_is_not_called_a_new_conversation():
    assert said(news(again=True)).startswith("New message in Acme · Messenger: Ann Example, ")
    assert said(*crowd(2), *crowd(1, again=True)).startswith("2 new and 1 with a new message in Acme · Instagram\n")
    assert said(*crowd(3, again=True)).startswith("3 with new messages in Acme · Instagram\n")


DETAILS = [
    (Detail.SNIPPET, f"New in Acme · Messenger: Ann Example, 4 min ago: “{HELLO}” · 78v6"),
    (Detail.NAME, "New in Acme · Messenger: Ann Example, 4 min ago · 78v6"),
    (Detail.INITIALS, "New in Acme · Messenger: A.E., 4 min ago · 78v6"),
    (Detail.COUNT, "1 new in Acme · Messenger"),
]


@pytest.mark.parametrize(("detail", "told"), DETAILS)
@pytest.mark.parametrize("setting", Detail)
def test_the_watch_says_how_much_is_shown_before_the_setting_does(detail, told, setting):
    assert said(news(detail=detail), detail=setting) == said(news(), detail=detail) == told


@pytest.mark.parametrize("detail", Detail)
@pytest.mark.parametrize("number", [1, 3, 12])
@pytest.mark.parametrize("occasion", [Occasion.ONGOING, Occasion.AWAY, Occasion.QUIET])
def test_nothing_shows_more_than_it_may(detail, number, occasion):
    since = None if occasion is Occasion.ONGOING else NOW - HOUR
    told = said(
        *(news(name=f"Zoe Quill{i}", snippet="secret", occasion=occasion, since=since) for i in range(number)),
        detail=detail,
    )
    assert ("secret" in told) == (detail is Detail.SNIPPET)
    assert ("Zoe" in told) == (detail in (Detail.SNIPPET, Detail.NAME))
    assert ("Z.Q." in told) == (detail is Detail.INITIALS)
    assert f"{number} new" in told or number == 1


def test_a_burst_is_one_card_with_the_first_five_and_the_way_to_the_rest():
    assert said(*crowd(12)) == (
        "12 new in Acme · Instagram\n"
        " 93gv  @ann      50 s ago  “hello”\n"
        " x06e  @bo       49 s ago  “hello”\n"
        " 3hvc  @carla    48 s ago  “hello”\n"
        " x2g8  @dimitri  47 s ago  “hello”\n"
        " ktev  @eve      46 s ago  “hello”\n"
        " and 7 more · !inbox instagram since 15m"
    )


def test_a_burst_of_which_more_are_known_names_five_only():
    assert said(*crowd(12, named=12)) == said(*crowd(12, named=5))


def test_a_card_that_names_all_needs_no_way_to_the_rest():
    told = said(*crowd(5))
    assert "more" not in told and "!inbox" not in told


def test_a_room_that_counts_is_told_numbers_only():
    assert said(*crowd(12), detail=Detail.COUNT) == "12 new in Acme · Instagram"


def test_the_way_to_the_rest_names_the_page_where_there_are_several():
    assert said(*crowd(6), pages=TWO).splitlines()[-1] == " and 1 more · !inbox instagram acme since 15m"
    assert said(*crowd(6, SPAM), pages=ONE).splitlines()[-1] == " and 1 more · !inbox spam instagram since 15m"
    told = said(*crowd(6), *crowd(1, MESSENGER, ago=2 * HOUR), *crowd(1, SPAM), *crowd(1, BETAS), pages=TWO)
    assert told.splitlines()[-1] == " and 4 more · !inbox since 3h · !inbox spam instagram acme since 15m"


def test_every_row_shows_what_its_own_watch_lets_it():
    told = said(*(news(name=f"Ann {i}", detail=level) for i, level in enumerate(Detail)), detail=Detail.NAME)
    assert [line.split("  ", 1)[1] for line in told.splitlines()[1:-1]] == [
        "A.1.   4 min ago",
        "Ann 2  4 min ago",
        f"Ann 3  4 min ago  “{HELLO}”",
    ]
    assert told.splitlines()[0] == "4 new in Acme · Messenger"
    assert told.splitlines()[-1] == " and 1 more · !inbox messenger since 15m"


def test_rows_say_where_only_as_far_as_it_differs():
    told = said(news(MESSENGER), news(INSTAGRAM, name="bo"), news(SPAM, name="carla"))
    assert told.splitlines()[1:] == [
        f" 78v6  Messenger · inbox  Ann Example  4 min ago  “{HELLO}”",
        f" x06e  Instagram · inbox  @bo          4 min ago  “{HELLO}”",
        f" 3hvc  Instagram · spam   @carla       4 min ago  “{HELLO}”",
    ]
    told = said(news(MESSENGER), news(BETAS, name="Bo"), pages=TWO)
    assert told.splitlines()[0] == "2 new in Acme and Beta · Messenger"
    assert told.splitlines()[2] == f" t0pv  Beta  Bo           4 min ago  “{HELLO}”"


def test_after_downtime_there_is_one_catch_up():
    since = NOW - 2 * HOUR - 38 * MINUTE
    ages = [150, 120, 100, 50, 30, 20, 15, 10, 5]
    away = [
        news((MESSENGER, INSTAGRAM)[i % 2], age * MINUTE, PEOPLE[i], waiting=True, occasion=Occasion.AWAY, since=since)
        for i, age in enumerate(ages)
    ]
    told = said(*away).splitlines()
    assert told[0] == ("While I was away, 14:02–16:39 UTC: 9 new in Acme, 3 of them waiting for more than an hour")
    assert len(told) == 7
    assert told[-1] == " and 4 more · !inbox since 3h"


def test_what_is_only_counted_may_wait_too():
    away = {"occasion": Occasion.AWAY, "since": NOW - DAY / 4, "waiting": True}
    assert ", at least 5 of them waiting for more than an hour\n" in said(*crowd(9, ago=5 * HOUR, **away))
    assert ", all of them waiting for more than an hour\n" in said(*crowd(4, ago=5 * HOUR, **away))
    assert ", all of them waiting for an answer\n" in said(*crowd(4, **away))
    assert "waiting" not in said(*crowd(4, **away | {"waiting": False}))
    assert "waiting" not in said(*crowd(4, **away | {"waiting": None}))
    assert "waiting" not in said(*crowd(4, ago=5 * HOUR, waiting=True))


def test_after_downtime_of_days_there_are_dates():
    told = said(*crowd(2, ago=2 * DAY, occasion=Occasion.AWAY, since=NOW - 3 * DAY)).splitlines()
    assert told[0] == "While I was away, 20 Nov 16:40 – 23 Nov 16:39 UTC: 2 new in Acme · Instagram"
    assert told[-1] == " Times are UTC."


def test_after_quiet_hours_there_is_one_card():
    told = said(*crowd(7, ago=5 * HOUR, occasion=Occasion.QUIET, since=NOW - 10 * HOUR)).splitlines()
    assert told[0] == "During quiet hours, since 06:40 UTC: 7 new in Acme · Instagram"
    assert told[-1] == " and 2 more · !inbox instagram since 6h"
    told = said(*crowd(1, ago=5 * HOUR, occasion=Occasion.QUIET, since=NOW - 20 * HOUR))
    where = "During quiet hours, since 22 Nov 20:40 UTC: new in Acme · Instagram: "
    assert told == f"{where}@ann, 5 h ago: “hello” · 93gv"


def learned(source, count):
    return Notice(NoticeKind.LEARNED, (source,), NOW, count=count)


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (134, "134 conversations are already there; I won't announce them. From now on I'll announce new ones here."),
        (1, "1 conversation is already there; I won't announce it. From now on I'll announce new ones here."),
        (0, "no conversations yet. From now on I'll announce new ones here."),
    ],
)
def test_a_first_look_is_told_in_one_line(count, told):
    assert said(notices=[learned(MESSENGER, count)]) == f"Acme · Messenger · inbox: {told}"


def test_several_first_looks_are_told_together():
    assert said(notices=[learned(MESSENGER, 1340), learned(SPAM, 1), learned(BETAS, 0)], pages=TWO) == (
        "From now on I'll announce new conversations here, but not the ones already there:\n"
        " Acme · Messenger · inbox  1,340 conversations\n"
        " Acme · Instagram · spam   1 conversation\n"
        " Beta · Messenger · inbox  no conversations"
    )


def older(source, count):
    return Notice(NoticeKind.VISIBLE, (source,), NOW, count=count)


@pytest.mark.parametrize(
    ("source", "count", "told"),
    [
        (MESSENGER, 40, "40 older conversations have become visible in Acme · Messenger · !inbox messenger"),
        (SPAM, 1, "1 older conversation has become visible in Acme · Instagram · spam · !inbox spam instagram"),
    ],
)
def test_what_has_become_visible_is_one_line(source, count, told):
    assert said(notices=[older(source, count)]) == told


def test_what_has_become_visible_in_several_lists_is_told_together_and_with_their_recovery():
    both = [older(MESSENGER, 40), older(BETAS, 12), older(MESSENGER, 2)]
    lines = [
        "42 older conversations have become visible in Acme · Messenger · !inbox messenger acme",
        "12 older conversations have become visible in Beta · Messenger · !inbox messenger beta",
    ]
    assert said(notices=both, pages=TWO).splitlines() == [lines[0], f" {lines[1]}"]
    assert said(notices=[older(MESSENGER, 40), back(MESSENGER)]).splitlines() == [
        "Acme · Messenger can be read again after 38 min.",
        " 40 older conversations have become visible in Acme · Messenger · !inbox messenger",
    ]


def test_a_move_is_told_as_one():
    moved = replace(news(), moved_from=Folder.SPAM)
    assert said(moved).startswith("Moved from spam to Acme · Messenger: Ann Example, 4 min ago: ")
    spam = replace(news(SPAM), moved_from=Folder.INBOX)
    assert said(spam).startswith("Moved from inbox to Acme · Instagram · spam: ")
    held = replace(news(occasion=Occasion.QUIET, since=NOW - HOUR), moved_from=Folder.DONE)
    assert said(held).startswith("During quiet hours, since 15:40 UTC: moved from done to Acme · Messenger: ")


@pytest.mark.parametrize(
    ("moved", "known", "many", "told"),
    [
        (1, 6, 6, "5 new and 1 from another folder in Acme · Instagram"),
        (6, 6, 6, "6 from other folders in Acme · Instagram"),
        (2, 5, 6, "6 new or from other folders in Acme · Instagram"),
        (0, 5, 6, "6 new in Acme · Instagram"),
    ],
)
def test_how_many_were_moved_is_told_where_it_is_known(moved, known, many, told):
    told_of = crowd(many, named=known)
    some = [replace(one, moved_from=Folder.SPAM if index < moved else None) for index, one in enumerate(told_of)]
    lines = said(*some).splitlines()
    assert lines[0] == told
    assert sum("from spam" in line for line in lines[1:]) == min(moved, NAMED)


def trouble(error, *sources, since=NOW - 10 * MINUTE):
    return Notice(NoticeKind.TROUBLE, sources or (INSTAGRAM,), NOW, since, trouble=error)


def back(*sources, after=38 * MINUTE):
    return Notice(NoticeKind.RECOVERED, sources or (INSTAGRAM,), NOW, NOW - after)


def test_trouble_says_what_since_when_why_and_what_is_done():
    assert said(notices=[trouble(Unavailable(code=2))]) == (
        "I haven't been able to read Acme · Instagram since 16:30 UTC. Meta answers “temporarily unavailable” (2). "
        "I keep trying; only Meta can fix this."
    )
    assert said(notices=[trouble(TokenDead(code=190, subcode=463), MESSENGER, INSTAGRAM, since=NOW - DAY)]) == (
        "I haven't been able to read Acme since 22 Nov 16:40 UTC. Meta no longer accepts the Page token: it has "
        "expired (190/463). Someone with the MESSAGING task on the Page has to issue a new one; put it where "
        "the setting PAGES.acme.TOKEN points to and restart me. In case Meta is at fault, I keep trying, at least "
        "once an hour."
    )


def kinds(kind=GraphError):
    return [kind, *(deeper for below in kind.__subclasses__() for deeper in kinds(below))]


@pytest.mark.parametrize("kind", kinds())
@pytest.mark.parametrize("code", [None, 4])
def test_every_trouble_has_sentences_and_what_is_done(kind, code):
    error = FieldUnknown("snippet", code=code) if kind is FieldUnknown else kind(code=code)
    told = said(notices=[trouble(error)])
    assert re.fullmatch(r"I haven't been able to read Acme · Instagram since 16:30 UTC\. [A-Z].*\.", told)
    assert re.search(r"I keep trying|I'll try again|in the settings|no calls for this Page until", told)
    assert " for 0 s" not in told and "Ask again" not in told and "ask again in" not in told
    codeless = (ListEmptied, Redirected, Unreachable, SecretMissing, NotAskedYet, MetaSlow, StillAsking)
    assert ("(4)" in told) == (code == 4 and kind not in codeless)


def test_trouble_of_which_nothing_is_known_is_told_too():
    assert said(notices=[Notice(NoticeKind.TROUBLE, (INSTAGRAM,), NOW)]).startswith("I can't read Acme · Instagram. ")


def test_trouble_of_a_page_that_has_left_the_settings_is_told_too():
    gone = trouble(Throttled(code=80001), Source("gone", Platform.MESSENGER, Folder.INBOX))
    begin = "I haven't been able to read Gone · Messenger since 16:30 UTC. Meta says the Page's limit"
    assert said(notices=[gone]).startswith(begin)


def test_troubles_of_several_pages_are_one_post():
    told = said(notices=[trouble(Unavailable(code=2)), trouble(TokenDead(code=190), BETAS)], pages=TWO).splitlines()
    begin = "I haven't been able to read "
    assert [line.strip().removeprefix(begin)[:16] for line in told] == ["Acme · Instagram", "Beta · Messenger"]


def test_a_recovery_says_how_long_it_took():
    assert said(notices=[back()]) == "Acme · Instagram can be read again after 38 min."
    assert said(notices=[back(MESSENGER, INSTAGRAM), back(BETAS, after=2 * HOUR)], pages=TWO) == (
        "Acme can be read again after 38 min and Beta · Messenger after 2 h."
    )


def test_sources_that_recover_together_are_named_together():
    assert said(notices=[back(MESSENGER), back(INSTAGRAM)]) == "Acme can be read again after 38 min."
    nearly = [back(MESSENGER, after=89 * MINUTE), back(INSTAGRAM, after=90 * MINUTE)]
    assert said(notices=nearly) == "Acme can be read again after 1 h 30 min."
    apart = [back(MESSENGER, after=80 * MINUTE), back(INSTAGRAM, after=90 * MINUTE)]
    assert said(notices=apart) == (
        "Acme · Messenger can be read again after 1 h 20 min and Acme · Instagram after 1 h 30 min."
    )


def test_a_recovery_tells_what_was_missed():
    told = said(*crowd(7), notices=[back()]).splitlines()
    assert told[0] == "Acme · Instagram can be read again after 38 min. 7 new in the meantime:"
    assert len(told) == 7
    assert told[-1] == " and 2 more · !inbox instagram since 15m"
    assert said(*crowd(7), notices=[back()], detail=Detail.COUNT) == (
        "Acme · Instagram can be read again after 38 min. 7 new in the meantime."
    )
    assert " 1 new in the meantime in Beta · Messenger:\n" in said(news(BETAS), notices=[back()], pages=TWO)


@pytest.mark.parametrize("told", [(news(),), tuple(crowd(12)), ()])
def test_a_repeat_is_marked(told):
    notices = () if told else (back(),)
    repeated = said(*told, notices=notices, repeat=True)
    mark = "\n This may be a repeat: I couldn't tell whether it arrived the first time."
    assert repeated == said(*told, notices=notices) + mark


@pytest.mark.parametrize(
    ("sources", "told"),
    [
        ([MESSENGER], "Acme · Messenger"),
        ([MESSENGER, MESSENGER], "Acme · Messenger"),
        ([MESSENGER, INSTAGRAM], "Acme"),
        ([SPAM], "Acme · Instagram · spam"),
        ([INSTAGRAM, SPAM], "Acme · Instagram · inbox and spam"),
        ([MESSENGER, SPAM], "Acme · Messenger and Acme · Instagram · spam"),
        ([MESSENGER, BETAS], "Acme and Beta · Messenger"),
        ([Source(name, Platform.MESSENGER, Folder.DONE) for name in "abcdef"], "6 Pages · Messenger · done"),
    ],
)
def test_places_in_few_words(sources, told):
    assert label_of_all(sources, TWO) == told


SOURCES = st.builds(Source, st.sampled_from(["acme", "beta"]), st.sampled_from(Platform), st.sampled_from(Folder))
HOSTILE = "<!channel> **b** [x](http://evil.example) `!inbox spam`\n\u202e@here"
NEWS = st.builds(
    lambda source, ago, known, again, detail: news(
        source, ago, HOSTILE, HOSTILE, known=known, again=again, detail=detail
    ),
    SOURCES,
    st.floats(-HOUR, 5000 * DAY),
    st.booleans(),
    st.booleans(),
    st.none() | st.sampled_from(Detail),
)


def pieces(post):
    rows = [cell for row in post.rows for cell in row]
    return [piece for line in (post.headline, *post.lines, *rows, *post.notes) for piece in line]


@given(st.lists(NEWS, min_size=1, max_size=12), st.sampled_from([ONE, TWO]), st.sampled_from(Detail))
def test_commands_find_all_that_was_told_also_when_typed_later(told, pages, detail):
    if pages is ONE:
        told = [one for one in told if one.source.page == "acme"] or [news()]
    post = post_of(*told, pages=pages, detail=detail)
    commands = [piece.text for piece in pieces(post) if isinstance(piece, Command)]
    queries = [parse(command.removeprefix("inbox "), list(pages)) for command in commands]
    rest = re.search(r"and (\d+) more", "".join(piece for piece in pieces(post) if isinstance(piece, str)))
    assert bool(commands) == bool(rest)
    assert not rest or int(rest[1]) + len(post.rows) == len(told)
    for one in told if commands else ():
        at = one.conversation.updated if one.conversation else one.found
        assert any(
            query.folder is one.source.folder
            and query.platform in (None, one.source.platform)
            and query.page in (None, one.source.page)
            and (query.since >= NOW + 10 * MINUTE - at or query.since == 3650 * DAY)
            for query in queries
        )


@given(st.lists(NEWS, min_size=1, max_size=12), st.sampled_from(Detail), st.booleans())
def test_text_from_outside_stays_foreign(told, detail, recovery):
    post = post_of(*told, notices=[back()] if recovery else [], pages=TWO, detail=detail)
    for piece in pieces(post):
        if not isinstance(piece, Foreign):
            assert not any(bad in str(piece) for bad in ("channel", "evil", "@here", "**b**"))
    assert "\u202e" not in messages(post)[0]
