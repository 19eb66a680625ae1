"""What is said of watches, of the outbox, of one conversation's way, of the status and of the ledger."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, time

import pytest
from errbot.rendering import text
from msgspec import structs

from pageinbox.ask.refs import Refs
from pageinbox.chat.errbot.content import messages
from pageinbox.language.watch import parse_watch
from pageinbox.model.announcement import Occasion, Verdict
from pageinbox.model.answer import SourceStatus
from pageinbox.model.conversation import Conversation
from pageinbox.model.errors import LedgerError, Unavailable
from pageinbox.model.fault import Fault, Work
from pageinbox.model.history import Backlog, History, RoomHistory, SourceRecord, Standing, State
from pageinbox.model.look import LastError, Look
from pageinbox.model.secret import Secret
from pageinbox.model.source import Folder, Page, Platform, Source
from pageinbox.model.watch import Detail, Every, PausedWatch, Quiet, Watch, WatchSpec
from pageinbox.words import mutes, new_watch, watches
from pageinbox.words.ledger import ledger_trouble, ledger_well, without_ledger
from pageinbox.words.outbox import outbox
from pageinbox.words.refusals import not_allowed, not_watched
from pageinbox.words.status import status
from pageinbox.words.why import why

NOW = datetime(2026, 11, 23, 14, 2, tzinfo=UTC).timestamp()
MINUTE, HOUR, DAY = 60, 3600, 86400
ACME, BETA = (Page(name, number, Secret("token")) for name, number in (("acme", "200300400"), ("beta", "200300401")))
ONE, TWO = {"acme": ACME}, {"acme": ACME, "beta": BETA}
MESSENGER = Source("acme", Platform.MESSENGER, Folder.INBOX)
INSTAGRAM = Source("acme", Platform.INSTAGRAM, Folder.INBOX)
SPAM = Source("acme", Platform.MESSENGER, Folder.SPAM)
ANN = Conversation("t_1", NOW - 4 * MINUTE, Platform.MESSENGER, "Ann Example", "hello, is this still available?")
NIGHT = Quiet(time(22), time(8), "Europe/Rome")
PLAIN = Watch(3, "#support", WatchSpec(platform=Platform.MESSENGER, quiet=NIGHT))
FINE = Watch(
    4,
    "#support",
    WatchSpec(Folder.SPAM, None, "beta", True, None, "ann", "invoice *x*", Every.MESSAGE, None, Detail.INITIALS),
    ops=True,
)


def said(post):
    """A post as Errbot's text backend shows it."""
    return "\n".join(line.rstrip() for line in text().convert(messages(post)[0]).splitlines() if line.strip())


def cells(row):
    return re.split("  +", row.strip())


def made(watch, pages=ONE, **more):
    refs = Refs()
    return said(new_watch.made(watch, pages, lambda one: refs.give(MESSENGER, one.id), Detail.SNIPPET, NOW, **more))


def test_a_new_watch_says_what_it_will_do_and_shows_it():
    assert made(PLAIN, known=134, last_day=(6, "exactly"), sample=(MESSENGER, ANN)) == (
        "Watch 3: I'll tell this room about every new conversation in Acme · Messenger · inbox, "
        "but not between 22:00 and 08:00 (Europe/Rome).\n"
        " 134 conversations are already there; I won't announce them. "
        "In the last 24 hours it would have announced 6 conversations.\n"
        " An announcement looks like this:\n"
        " New in Acme · Messenger: Ann Example, 4 min ago: “hello, is this still available?” · qt6w"
    )


def test_a_sample_shows_no_more_than_the_watch_would():
    told = made(Watch(3, "#support", WatchSpec(detail=Detail.NAME)), sample=(MESSENGER, ANN))
    assert told.endswith("New in Acme · Messenger: Ann Example, 4 min ago · qt6w") and "hello" not in told


def test_every_part_of_a_wish_is_said():
    assert made(FINE, TWO, direct=True, known=1, last_day=(1, "at least")) == (
        "Watch 4: I'll tell you about every new unread message in Beta · spam, from @ann, "
        "with “invoice *x*” in the latest message, with initials only.\n"
        " 1 conversation is already there; I'll announce it when somebody writes in it again. "
        "In the last 24 hours it would have announced at least 1 message."
    )


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({}, "I'm reading what is already there; I won't announce that."),
        ({"known": 0}, "There are no conversations there yet."),
        (
            {"known": 1, "last_day": (0, "exactly")},
            "1 conversation is already there; I won't announce it. "
            "In the last 24 hours it would have announced nothing.",
        ),
        ({"known": 1200}, "1,200 conversations are already there; I won't announce them."),
        (
            {"known": 2, "last_day": (2, "at most")},
            "2 conversations are already there; I won't announce them. "
            "In the last 24 hours it would have announced at most 2 conversations.",
        ),
    ],
)
def test_what_is_known_of_a_new_watch(facts, told):
    assert made(PLAIN, **facts).splitlines()[1:] == [f" {told}"]


def warned(*looks):
    post = new_watch.made(PLAIN, ONE, lambda one: "k7fq", Detail.SNIPPET, NOW, sample=(MESSENGER, ANN))
    plain, told = said(post).splitlines(), said(new_watch.with_warnings(post, looks, ONE)).splitlines()
    assert [line for line in told if line in plain] == plain and told[:2] == plain[:2]
    return [line.strip() for line in told[2 : len(told) - len(plain) + 2]]


def test_a_new_watch_says_what_it_will_not_hear_of():
    source = structs.replace(SPAM, platform=Platform.INSTAGRAM)
    assert warned() == []
    assert warned(Look(MESSENGER, at=NOW)) == []
    assert warned(Look(MESSENGER, trouble=Unavailable(code=2)), Look(source, at=NOW, folder="ignored")) == [
        "I can't read Acme · Messenger right now. Meta answers “temporarily unavailable” (2). "
        "I keep trying; only Meta can fix this.",
        "Acme · Instagram returns its inbox when asked for spam, so I can't announce anything there: "
        "Instagram offers apps no folders. To watch its inbox: !inbox watch instagram",
    ]
    assert warned(Look(source, at=NOW, folder="unsure"))[0].endswith(
        "spam separate; what I announce may be in the inbox."
    )


def test_a_platform_that_is_not_read_cannot_be_watched():
    assert said(not_watched(WatchSpec(platform=Platform.INSTAGRAM, page="acme"))) == (
        "I don't read Instagram: the setting PAGES.acme.PLATFORMS leaves it out. To see what I read: !inbox pages"
    )


def test_a_watch_of_all_pages_says_so():
    assert "in all Pages · Messenger · inbox, " in made(PLAIN, TWO)


def test_the_watches_of_a_room():
    told = said(watches.watches([PLAIN, FINE], Detail.SNIPPET, 4, {4: NOW + HOUR}, {"k7fq": NOW + DAY}, NOW))
    assert told == (
        "2 watches here\n"
        " k7fq is muted until 24 Nov 14:02 UTC. To unmute it: !inbox unmute k7fq\n"
        " 3  watch inbox messenger quiet 22:00-08:00 Europe/Rome\n"
        ' 4  watch spam beta unread from @ann text "invoice *x*" every message as initials\n'
        "     from the settings, muted until 15:02 UTC\n"
        " Other rooms have 4 watches."
    )


def test_a_room_without_watches():
    begin = "Nothing is being watched here. To hear about new conversations: !inbox watch messenger"
    assert said(watches.watches([], Detail.SNIPPET, 0, {}, {}, NOW)) == begin
    assert said(watches.watches([], Detail.SNIPPET, 1, {}, {}, NOW)) == f"{begin}\n Other rooms have 1 watch."


@pytest.mark.parametrize("watch", [PLAIN, FINE], ids=["plain", "fine"])
def test_an_ended_watch_can_be_had_back_by_typing_what_is_shown(watch):
    told = said(watches.unwatched(watch))
    assert told.startswith(f"Watch {watch.number} has ended. To get it back: !inbox watch ")
    assert parse_watch(told.partition("!inbox watch ")[2], list(TWO)) == watch.spec


@pytest.mark.parametrize(
    ("post", "told"),
    [
        (new_watch.already(PLAIN), "Watch 3 already does that. To see what is watched here: !inbox watches"),
        (
            watches.no_such_watch("7", [1, 3]),
            "There is no watch “7” here, only 1 and 3. To see what they are: !inbox watches",
        ),
        (
            watches.no_such_watch("<!here>", []),
            "There is no watch “<!here>” here, and no other either. To make one: !inbox watch messenger",
        ),
        (watches.nothing_to_unwatch([3, 5]), "Which watch? Give its number, for example: !inbox unwatch 3"),
        (
            mutes.muted(("watch 3 (inbox)",), "watch 3", NOW + 2 * HOUR, NOW),
            "Muted here until 16:02 UTC: watch 3 (inbox). What comes in meanwhile won't be announced later. "
            "To unmute it: !inbox unmute watch 3",
        ),
        (
            mutes.muted(mutes.called("k7fq", ANN, Detail.NAME), "k7fq", NOW + DAY, NOW),
            "Muted here until 24 Nov 14:02 UTC: k7fq (Ann Example). What comes in meanwhile won't be announced later. "
            "To unmute it: !inbox unmute k7fq",
        ),
        (
            mutes.unmuted(mutes.called("k7fq", ANN, Detail.COUNT)),
            "No longer muted here: k7fq. What came in meanwhile won't be announced; to see it: !inbox",
        ),
        (mutes.nothing_muted(("k7fq",)), "Not muted here: k7fq. To see what is: !inbox watches"),
        (
            not_allowed("watch"),
            "!inbox watch is not allowed here by the bot's ACCESS_CONTROLS; whoever runs me can change that.",
        ),
    ],
)
def test_short_answers(post, told):
    assert said(post) == told


def test_a_watch_of_the_settings_stays_and_can_be_muted():
    told = said(watches.cannot_unwatch(FINE))
    assert "comes from the setting WATCHES" in told
    assert told.endswith(": !inbox mute watch 4 for 2h")


WAITING = [
    Backlog("#support", State.QUEUED, 2, 0, NOW - MINUTE, NOW + 20, 3, "ratelimited"),
    Backlog("#night", State.QUEUED, 1, 1, NOW - HOUR, NOW + 5 * HOUR),
    Backlog("#x", State.DOUBT, 1, 0, NOW - HOUR, NOW + 10 * MINUTE, 1, "the connection broke"),
    Backlog("#gone", State.GIVEN_UP, 3, 0, NOW - 6 * DAY, NOW, 12, "no such room"),
    Backlog("#y", State.SENDING, 0, 2, NOW, NOW, 1),
    Backlog("#z", State.QUEUED, 1, 0, NOW, NOW, 1, "timed out"),
]


def test_the_outbox_says_what_waits_where_and_why():
    first, *rows, doubt, lost = said(outbox(WAITING, NOW)).splitlines()
    assert first == "5 conversations and 3 notices waiting to be sent, 3 conversations given up"
    assert [cell for row in rows for cell in cells(row)] == [
        *["#support", "2 conversations", "queued 1 min ago", "failed 3 times, next try in 20 s", "ratelimited"],
        *["#night", "1 conversation and 1 notice", "queued 1 h ago", "held until 19:02 UTC"],
        *["#x", "1 conversation", "queued 1 h ago", "in doubt, next try at 14:12 UTC", "the connection broke"],
        *["#gone", "3 conversations", "queued 17 Nov 14:02", "given up after 12 tries", "no such room"],
        *["#y", "2 notices", "queued just now", "being sent now"],
        *["#z", "1 conversation", "queued just now", "failed once, about to be sent", "timed out"],
    ]
    assert doubt.startswith(" In doubt: ") and lost.endswith(" given up. To see the conversations: !inbox")


def test_an_empty_outbox():
    assert said(outbox([], NOW)) == "Nothing is waiting to be sent."
    assert said(outbox(WAITING[3:4], NOW)).startswith("Nothing is waiting to be sent, 3 conversations given up\n")


def telling(room, verdict=Verdict.ANNOUNCED, state=None, **more):
    return replace(RoomHistory(room, 3, verdict, Occasion.ONGOING, False, NOW - MINUTE, NOW, state), **more)


def history(*tellings, quiet=False, folders=(Folder.INBOX,)):
    return History(MESSENGER, folders, NOW - MINUTE, NOW, quiet, tellings)


def test_why_tells_when_it_was_seen_and_what_each_room_was_told():
    told = history(
        telling("#support", state=State.SENT, sent=NOW - 30, receipt="1732.33"),
        telling("#b", Verdict.MUTED, watch=4, again=True),
        folders=(Folder.INBOX, Folder.SPAM),
    )
    assert said(why("k7fq", told, ONE, NOW)) == (
        "k7fq · Acme · Messenger · inbox · first seen 1 min ago\n"
        " It was seen in inbox and spam.\n"
        " #support  new          1 min ago  announced by watch 3 at 14:01 UTC  receipt 1732.33\n"
        " #b        new message  1 min ago  watch 4: muted"
    )


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (telling("#r", Verdict.READ), "watch 3: not announced, since nothing in it was unread"),
        (telling("#r", Verdict.OTHER_NAME), "watch 3: not announced, since it is not from the person the watch names"),
        (
            telling("#r", Verdict.OTHER_TEXT),
            "watch 3: not announced, since it does not contain the text the watch looks for",
        ),
        (telling("#r", Verdict.MUTED), "watch 3: muted"),
        (telling("#r", Verdict.HELD, due=NOW + HOUR), "watch 3: quiet hours, held until 15:02 UTC"),
        (telling("#r", due=NOW + HOUR), "watch 3: held until 15:02 UTC"),
        (telling("#r"), "watch 3: waiting to be sent"),
        (telling("#r", state=State.QUEUED), "watch 3: waiting to be sent"),
        (telling("#r", state=State.SENDING), "watch 3: being sent now"),
        (telling("#r", state=State.DOUBT, error="cut"), "watch 3: in doubt, it may have arrived  cut"),
        (telling("#r", state=State.GIVEN_UP, error="no such room"), "watch 3: given up  no such room"),
        (telling("#r", Verdict.HELD, State.SENT, sent=NOW), "announced by watch 3 at 14:02 UTC"),
        (
            telling("#r", state=State.SENT, sent=NOW, receipt="$e", repeated=True),
            "announced by watch 3 at 14:02 UTC, possibly twice  receipt $e",
        ),
    ],
)
def test_what_may_have_become_of_it(one, told):
    assert said(why("k7fq", history(one), ONE, NOW)).splitlines()[1] == f" #r  new  1 min ago  {told}"


def test_why_nobody_was_told():
    assert said(why("k7fq", history(quiet=True), ONE, NOW)).splitlines()[1:] == [
        " It was there before anybody watched, so it was not announced as new."
    ]
    assert said(why("k7fq", history(), ONE, NOW)).splitlines()[1:] == [
        " No room was told: no watch covered it when it was seen."
    ]
    assert "; only what came later was." in said(why("k7fq", history(telling("#r"), quiet=True), ONE, NOW))
    assert said(why("k7fq", replace(history(), older=True), ONE, NOW)).splitlines()[1:] == [
        " It was older than my last look when it became visible, so it was not announced as new."
    ]
    assert said(watches.not_met("k7fq")).startswith("No watch has seen k7fq: it isn't in a watched list, ")


def record(source=MESSENGER, looked=8.0, known=134, complete=True, next_look=52.0, **more):
    at = None if looked is None else NOW - looked
    return SourceRecord(source, at, known, complete, next_look=NOW + next_look, **more)


UNASKED = [SourceStatus(source, None, None) for source in (MESSENGER, INSTAGRAM)]


@pytest.fixture
def stood(rig):
    """`!inbox status` of one Page, which nobody has asked anything yet, with these records."""
    client = rig.client("acme")

    def tell(*records, standing=UNASKED, waiting=(), paused=(), **more):
        known = Standing({one.source: one for one in records}, waiting, paused)
        post = status({"acme": client.status()}, standing, NOW, "", known, **more)
        return said(post).splitlines()

    return tell


def test_status_of_what_is_watched(stood):
    told = stood(
        record(),
        record(INSTAGRAM, 38.0 * MINUTE, failing=NOW - 37 * MINUTE, failures=5, next_look=180),
        record(SPAM, known=20, complete=False),
    )
    assert told[0] == "1 of 3 lists can't be read"
    assert [cells(row) for row in told[1:4]] == [
        ["Acme · Messenger · inbox", "checked 8 s ago, next in 52 s", "134 conversations known"],
        ["Acme · Instagram · inbox", "last read 38 min ago, next try in 3 min", "failing since 13:25 UTC"],
        ["Acme · Messenger · spam", "checked 8 s ago, next in 52 s", "first read under way, 20 so far"],
    ]


def test_status_of_a_source_before_its_first_look(stood):
    assert stood(record(looked=None, known=0, complete=False, next_look=-1))[1] == (
        " Acme · Messenger · inbox  not checked yet, next now  first read under way"
    )
    told = stood(record(looked=None, known=0, complete=False, failing=NOW - 5))
    assert told[1] == " Acme · Messenger · inbox  never read, next try in 52 s  failing since 14:01 UTC"


def test_status_says_which_source_is_read_whole(stood):
    told = stood(record(disordered=True))
    assert told[1] == " I read all of Acme · Messenger · inbox every time, because Meta doesn't return it newest first."


def test_status_takes_the_newer_of_a_question_and_a_watch(stood):
    failed = Look(MESSENGER, at=NOW - HOUR, trouble=Unavailable(code=2))
    asked = SourceStatus(MESSENGER, failed, LastError(Unavailable(code=2), NOW - 60))
    assert stood(standing=[asked])[0] == "1 of 1 list can't be read"
    assert stood(record(looked=90), standing=[asked])[0] == "1 of 1 list can't be read"
    told = stood(record(looked=8), standing=[asked])
    assert told[0] == "1 list checked, no problems"
    assert told[1] == " Acme · Messenger · inbox: fine again; the last error (2) was 1 min ago"
    assert told[2] == " Acme · Messenger · inbox  checked 8 s ago, next in 52 s  134 conversations known"


FULL = LedgerError("full", "/data/inbox.sqlite")


def test_status_tells_of_the_outbox_and_of_the_ledger(stood):
    told = stood(record(), waiting=WAITING, faults=[Fault(Work.TELLING, 9.0, FULL)])
    assert told[0] == "1 list checked, but nothing can be announced"
    assert told[1].startswith(" My ledger, /data/inbox.sqlite, can't be written: the disk is full")
    assert told[-1] == " 5 conversations and 3 notices waiting to be sent, 3 conversations given up: !inbox outbox"
    assert "outbox" not in stood(record())[-1]


def test_status_tells_of_watches_that_are_paused(stood):
    one, other = (PausedWatch(number, f"#{room}", "inbox") for number, room in ((1, "sales"), (2, "support")))
    assert stood(record(), paused=[one])[-1] == " 1 watch is paused, in #sales. To see why, there: !inbox watches"
    told = stood(record(), paused=[one, other])[-1]
    assert told == " 2 watches are paused, in #sales and #support. To see why, there: !inbox watches"
    many = [PausedWatch(number, f"#{number}", "inbox") for number in range(9)]
    assert stood(record(), paused=many)[-1] == " 9 watches are paused, in 9 rooms. To see why, there: !inbox watches"
    assert "paused" not in " ".join(stood(record()))


def test_status_tells_what_hangs_and_what_fails_for_a_fault_of_our_own(stood):
    told = stood(
        record(), record(SPAM), standing=[], faults=[Fault(MESSENGER, 125.0), Fault(SPAM, 5.0, error="KeyError")]
    )
    assert told[0] == "2 of 2 lists can't be read"
    assert told[1].startswith(" For 2 min I have been trying to read Acme · Messenger · inbox. I announce nothing from")
    assert told[2].startswith(
        " I can't read Acme · Messenger · spam, because of an error of my own (KeyError). The log"
    )
    assert [cells(row)[2] for row in told[3:5]] == ["failing", "failing"]
    told = stood(record(), faults=[Fault("#support", 60.0)])
    assert told[0] == "1 list checked, but 1 room can't be reached"
    told = stood(record(), faults=[Fault(Work.SOURCES, 60.0)])
    assert told[0] == "1 list checked, but nothing can be announced"


KINDS = (
    *("full", "readonly", "standby", "locked", "corrupt", "newer", "unreachable", "silent", "crowded"),
    *("options", "starved", "unlockable", "shared", "forbidden", "unfit", "narrow", "refused"),
    *("driver", "broken"),
)


@pytest.mark.parametrize("kind", KINDS)
def test_each_trouble_with_the_ledger_says_what_it_means_and_what_to_do(kind):
    told = ledger_trouble(kind, "/data/inbox.sqlite")
    assert told.startswith("My ledger, /data/inbox.sqlite, ") and told.endswith(".")
    assert "I can't announce anything" in told
    # Only of a ledger that is whole can it be promised that nothing is lost.
    assert ("then I announce what came in" in told) == (kind != "corrupt")
    assert told.count(". ") >= 2
    assert sum(ledger_trouble(other, "/data/inbox.sqlite") == told for other in KINDS) == 1


def test_a_trouble_with_the_ledger_that_nobody_foresaw_is_told_too():
    assert ledger_trouble("new kind", "db:5432") == ledger_trouble("broken", "db:5432")


def test_a_command_that_needs_the_ledger_says_what_is_wrong_with_it():
    assert said(without_ledger("full", "db:5432/a_b*c*")) == ledger_trouble("full", "db:5432/a_b*c*")


def test_the_end_of_trouble_with_the_ledger_is_told():
    assert ledger_well("db:5432") == "My ledger, db:5432, works again. I now announce what came in meanwhile."
