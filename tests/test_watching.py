"""What may be typed after `!inbox watch` and `!inbox mute`, and what is said when it is not understood."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pageinbox.language.entry import parse_entry, split_room
from pageinbox.language.mute import parse_mute, parse_target
from pageinbox.language.reader import Nearby, QueryError
from pageinbox.language.watch import describe_watch, parse_watch
from pageinbox.language.zones import zones
from pageinbox.model.calendar import Until
from pageinbox.model.query import Target
from pageinbox.model.source import Folder, Platform
from pageinbox.model.text import fold
from pageinbox.model.watch import Detail, Every, Later, Ping, Quiet, WatchSpec

PAGES = ("acme", "Bravo", "Corner Shop", "spam", "chat", "every", "Como")
MESSENGER, INSTAGRAM = Platform.MESSENGER, Platform.INSTAGRAM
DONE, SPAM = Folder.DONE, Folder.SPAM
MESSAGE = Every.MESSAGE
HOUR = 3600
W = WatchSpec
NIGHT = Quiet(time(22), time(8), "Europe/Rome")


def night(zone: str, begin: time = time(22), end: time = time(8)) -> WatchSpec:
    return W(quiet=Quiet(begin, end, zone))


UNDERSTOOD = [
    # what a question says too
    ("", W()),
    ("inbox", W()),
    ("spam on Instagram, please!", W(folder=SPAM, platform=INSTAGRAM)),
    ("facebook and ig", W()),
    ("archive acme unseen", W(folder=DONE, page="acme", unread=True)),
    ("this room", W()),
    ("spam here 🙏", W(folder=SPAM)),
    ("without names", W(detail=Detail.INITIALS)),
    ("no initials", W(detail=Detail.COUNT)),
    ("no snippets spam", W(folder=SPAM, detail=Detail.NAME)),
    ("without text", W(detail=Detail.NAME)),
    ("hourly", W(batch=3600)),
    ("notify @ann", W(ping=(Ping("ann"),))),
    ("spam and tell @ann", W(folder=SPAM, ping=(Ping("ann"),))),
    ("page spam", W(page="spam")),
    ('page "Corner  Shop"', W(page="Corner Shop")),
    # everything at once, in two orders
    (
        "spam ig acme unread from @Ann text “Free  Followers” every message quiet 22:00-08:00 Europe/Rome as count",
        W(SPAM, INSTAGRAM, "acme", True, None, "ann", "free followers", MESSAGE, NIGHT, Detail.COUNT),
    ),
    (
        "as numbers quiet between 10pm and 8am europe/rome every msg says 'free followers' @ANN unopened "
        "page acme insta junk",
        W(SPAM, INSTAGRAM, "acme", True, None, "ann", "free followers", MESSAGE, NIGHT, Detail.COUNT),
    ),
    # reminders of who waits
    ("waiting 1h", W(waits=(HOUR,))),
    ("waiting 1h,4h,1d closing 2h", W(waits=(HOUR, 4 * HOUR, 24 * HOUR), closes=2 * HOUR)),
    ("waiting 1h, 4h and 1d", W(waits=(HOUR, 4 * HOUR, 24 * HOUR))),
    ("waiting 4h, 1h, 1d, 4h", W(waits=(HOUR, 4 * HOUR, 24 * HOUR))),
    ("waiting 1h 30m", W(waits=(HOUR * 3 // 2,))),
    ("waiting 1h ig waiting 4h", W(platform=INSTAGRAM, waits=(HOUR, 4 * HOUR))),
    ("waiting for more than an hour, ping @here", W(waits=(HOUR,), ping=(Ping("here"),))),
    ("waiting waiting 1h", W(waiting=True, waits=(HOUR,))),
    ("waiting for an answer, waiting over 90 min", W(waiting=True, waits=(HOUR * 3 // 2,))),
    ("unanswered half an hour", W(waits=(HOUR // 2,))),
    ("remind me after 4h", W(waits=(4 * HOUR,))),
    ("only reminders waiting 1h", W(every=Every.NOTHING, waits=(HOUR,))),
    ("reminders only: closing in 2 hours", W(every=Every.NOTHING, closes=2 * HOUR)),
    ("spam only waiting 1h", W(SPAM, every=Every.NOTHING, waits=(HOUR,))),
    ("only spam waiting", W(SPAM, waiting=True)),
    # in batches
    ("batch 1h as count", W(batch=HOUR, detail=Detail.COUNT)),
    ("in batches of 2 hours", W(batch=2 * HOUR)),
    ("every hour", W(batch=HOUR)),
    ("every message, batch 30m", W(every=MESSAGE, batch=HOUR // 2)),
    # what is to be clicked on
    ("buttons off", W(buttons=False)),
    ("spam, no buttons please", W(SPAM, buttons=False)),
    ("buttons: none, unread", W(unread=True, buttons=False)),
    ("buttons on", W()),
    # whom to notify
    ("ping @here", W(ping=(Ping("here"),))),
    ("ping: @Support-Team spam", W(SPAM, ping=(Ping("Support-Team"),))),
    ("ping the @team and @“Ann Lee”, unread", W(unread=True, ping=(Ping("team"), Ping("Ann Lee")))),
    ("ping here", W(ping=(Ping("here"),))),
    ("ping Ann Lee quiet 22-8 Europe/Rome", W(quiet=NIGHT, ping=(Ping("Ann Lee"),))),
    ("ping @ann:chat.example from @bo", W(name="bo", ping=(Ping("ann:chat.example"),))),
    ("from @bo ping @ann ping @cleo @ann", W(name="bo", ping=(Ping("ann"), Ping("cleo")))),
    # people and words to look for
    ("from @ann.example", W(name="ann.example")),
    ("from:@ann", W(name="ann")),
    ("from @“Ann Example”, unread", W(name="ann example", unread=True)),
    ('text "refund"', W(text="refund")),
    ("text refund unread", W(text="refund", unread=True)),
    ("text:refund", W(text="refund")),
    ("text=„Free Followers“", W(text="free followers")),
    ("text 'don't go' ig", W(text="don't go", platform=INSTAGRAM)),
    ('text "@ann, spam; every"', W(text="@ann, spam; every")),
    ('text "spam"', W(text="spam")),
    ('containing "since 2h" spam', W(text="since 2h", folder=SPAM)),
    ("from @text text from", W(name="text", text="from")),
    # what a conversation is in
    ("waiting", W(waiting=True)),
    ("not answered yet in spam", W(waiting=True, folder=SPAM)),
    ("read", W(unread=False)),
    ("answered", W(waiting=False)),
    # every
    ("every new", W()),
    ("new", W()),
    ("every new conversation in spam", W(folder=SPAM)),
    ("every message", W(every=MESSAGE)),
    ("Every new message!", W(every=MESSAGE)),
    ("all messages of acme", W(every=MESSAGE, page="acme")),
    ("every unread instagram message", W(every=MESSAGE, unread=True, platform=INSTAGRAM)),
    ("every message of all messages", W(every=MESSAGE)),
    ("page every", W(page="every")),
    # quiet
    ("quiet 22:00-08:00 Europe/Rome", W(quiet=NIGHT)),
    ("quiet 22-8 EUROPE/ROME", W(quiet=NIGHT)),
    ("quiet:22-8 Rome", W(quiet=NIGHT)),
    ("quiet 10pm-8am Europe/Rome", W(quiet=NIGHT)),
    ("quiet 10 p.m. to 8 a.m. Europe/Rome", W(quiet=NIGHT)),
    ("quiet from 22:00 to 08:00 in Europe/Rome", W(quiet=NIGHT)),
    ("quiet 22:00–08:00 Europe/Rome", W(quiet=NIGHT)),
    ("quiet 22:00 — 08:00 Europe/Rome", W(quiet=NIGHT)),
    ("—quiet 22.00 − 8.00 (Europe/Rome)", W(quiet=NIGHT)),
    ("quiet 2200-800 Europe/Rome", W(quiet=NIGHT)),
    ("quiet 22h till 8h Rome time", W(quiet=NIGHT)),
    ("quiet 22:00-08:00,Europe/Rome,unread", W(quiet=NIGHT, unread=True)),
    ("quiet hours every night between 22:00 and 08:00, Europe/Rome", W(quiet=NIGHT)),
    ("quiet Europe/Rome 22-8 unread", W(quiet=NIGHT, unread=True)),
    ("quiet 22-8 unread Europe/Rome", W(quiet=NIGHT, unread=True)),
    ("quiet Europe/Rome 22-8 every new message", W(quiet=NIGHT, every=MESSAGE)),
    ("quiet 22-8 every new message zone Europe/Rome", W(quiet=NIGHT, every=MESSAGE)),
    ("Europe/Rome,unread,quiet 22-8", W(quiet=NIGHT, unread=True)),
    ("Europe/Rome spam quiet 22-8", W(quiet=NIGHT, folder=SPAM)),
    ("quiet 22-8 utc", night("UTC")),
    ("quiet 22-8 america/new york unread", W(quiet=Quiet(time(22), time(8), "America/New_York"), unread=True)),
    ("quiet 22-8 America/New_York", night("America/New_York")),
    ("quiet 22-8 New York", night("America/New_York")),
    ("quiet 22-8 Europe / Rome", W(quiet=NIGHT)),
    ("quiet 22-8 Etc/GMT+5", night("Etc/GMT+5")),
    ("quiet noon-midnight UTC", night("UTC", time(12), time(0))),
    ("quiet 12am-12pm UTC", night("UTC", time(0), time(12))),
    ("quiet 18:30-24:00 UTC", night("UTC", time(18, 30), time(0))),
    ("quiet 22-8am UTC", night("UTC")),
    # as
    ("as initials", W(detail=Detail.INITIALS)),
    ("as a snippet", W(detail=Detail.SNIPPET)),
    ("AS: names", W(detail=Detail.NAME)),
]

NIGHTLY, NIGHTS = "quiet 22:00-08:00 Europe/Rome", "quiet 22:00-08:00 UTC"
REFUSED = [
    ("waiting 10s", "“waiting 10s” is too soon: the shortest is a minute.", "inbox waiting 1m"),
    ("waiting 1h,30d", "“waiting 30d” is too late: after 7 days nobody may answer.", "inbox waiting 1h,7d"),
    ("waiting 1h,2h,3h,4h,5h,6h", "I send at most 5 reminders of one wait.", "inbox waiting 1h,2h,3h,4h,5h"),
    ("waiting 2", "“2” needs a unit: m, h or d.", "inbox waiting 1h"),
    ("waiting 2x", "I don't know the time “2x”. I count in m, h or d.", "inbox waiting 1h"),
    ("wating 1h", "I don't know “wating”. Did you mean waiting?", "inbox waiting 1h"),
    ("closing", "“closing” needs a length of time.", "inbox closing 2h"),
    (
        "closing 3d",
        "“closing 3d” would come at once: Meta's window is 24 hours long, so the longest is 23h.",
        "inbox closing 23h",
    ),
    ("closing 0h", "“closing 0m” leaves no time to answer: the shortest is a minute.", "inbox closing 1m"),
    ("closing 1h,2h", "“closing” takes one time; it holds for each of Meta's windows.", "inbox closing 1h"),
    ("batch", "“batch” needs a length of time.", "inbox batch 1h"),
    ("buttons", "“buttons” needs off or on.", "inbox buttons off"),
    ("buttons off buttons on", "buttons off or buttons on? Only one at a time.", "inbox buttons off"),
    ("batch 10s", "“batch 10s” is too short: the shortest is 5m.", "inbox batch 5m"),
    ("every day", "“batch 1d” is too long: the longest is 12h.", "inbox batch 12h"),
    ("batch 1h batch 2h", "batch 1h or batch 2h? Only one at a time.", "inbox batch 1h"),
    ("only reminders", "“only reminders” needs to know when, as in waiting 1h.", "inbox only reminders waiting 1h"),
    (
        "only waiting 1h batch 2h",
        "“batch” means nothing with “only reminders”, which announces nothing new.",
        "inbox only reminders waiting 1h",
    ),
    (
        "answered waiting 1h",
        "“answered” leaves out everybody who waits, so there would be nobody to remind of.",
        "inbox waiting 1h",
    ),
    # as in a question
    ("spma ig", "I don't know “spma”. Did you mean spam?", "spam instagram"),
    ("facebok", "I don't know “facebok”. Did you mean facebook (messenger)?", "inbox messenger"),
    ("brvao", "I don't know “brvao”. Did you mean Bravo?", "inbox Bravo"),
    ("page zzz ig", "I don't know any Page “zzz”.", "inbox instagram acme"),
    ("spam inbox", "spam or inbox? Only one at a time.", "spam"),
    ("spam ig fb", "Messenger or Instagram? Put “and” between them for both.", "spam instagram"),
    (
        'ig fb text "a, b" quiet 22-8 Europe/Rome',
        "Messenger or Instagram? Put “and” between them for both.",
        f'inbox instagram text "a, b" {NIGHTLY}',
    ),
    ("not spam", "I can't leave anything out; say what to look for instead.", "spam"),
    ("more", "I don't know “more”.", ""),
    ("x" * 1001, "That is too long for a watch.", ""),
    # what only a question can have
    ("since 2h spam", "“since” is for questions; a watch starts now.", "spam"),
    ("last 2 hours ig", "“last” is for questions; a watch starts now.", "inbox instagram"),
    (
        "over 2h spam",
        "“over” is for questions; to be reminded of who waits, say waiting 1h.",
        "spam waiting 2h",
    ),
    ("limit 5 ig", "“limit” is for questions; a watch announces everything.", "inbox instagram"),
    (
        "user 123 spam",
        "“user” is for questions; a watch knows people by name, as in from @ann.example.",
        "spam",
    ),
    ("user Ann", "“user” is for questions; a watch knows people by name, as in from @ann.example.", "inbox from @ann"),
    (
        "1602000000000001",
        "“1602000000000001” is for questions; a watch knows people by name, as in from @ann.example.",
        "",
    ),
    ("spam today", "I can't use “today”: a watch goes on until you end it.", "spam"),
    ("2.200", "I can't use “2.200”: a watch goes on until you end it.", ""),
    ("5/11 spam", "I can't use “5/11”: a watch goes on until you end it.", "spam"),
    ("this morning", "I can't use “this”: a watch goes on until you end it.", ""),
    ("spam until friday", "I can't go by “until”: a watch goes on until you end it.", "spam"),
    ("during business hours", "“during” is for questions; a watch starts now.", ""),
    ("weekly", "A watch announces things as they come; for a summary, ask for “digest weekly”.", ""),
    ("for 2 days", "I can't use “for 2d”: a watch goes on until you end it.", ""),
    ("spam 2 days", "I don't know what “2d” is for. Did you mean waiting 2d?", "spam waiting 2d"),
    ("10 days spam", "I don't know what “10d” is for.", "spam"),
    ("mon-fri", "Quiet hours are the same every day.", f"inbox {NIGHTS}"),
    ("spam not at night", "To keep a watch quiet for some hours, say which.", f"spam {NIGHTS}"),
    ("@here", "No customer is called “@here”; to notify people, say ping.", "inbox ping @here"),
    ('from "Watch"', "I don't know “Watch”. Did you mean @watch?", "inbox from @watch"),
    ("in threads", "I don't know “thread”. Did you mean later thread?", "inbox later thread"),
    # people and words to look for
    ("from ann spam", "I don't know “ann”. Did you mean @ann?", "spam from @ann"),
    ("from spma", "I don't know “spma”. Did you mean spam?", "spam"),
    ("from @ann @bo", "from @ann or from @bo? Only one at a time.", "inbox from @ann"),
    ('spam from @"Ann', "A quoted name needs its closing quotation mark.", 'spam from @"ann example"'),
    ("text", "“text” needs something to look for.", 'inbox text "refund"'),
    ('ig text " "', "“text” needs something to look for.", 'inbox instagram text "refund"'),
    ('ig text "foo', "A quoted text needs its closing quotation mark.", 'inbox instagram text "refund"'),
    ("text spam", "If “spam” is what to look for, put it in quotes.", 'inbox text "spam"'),
    (
        "text free followers ig",
        "To look for several words, put them in quotes.",
        'inbox instagram text "free followers"',
    ),
    (f'text "{"a" * 101}"', "That text is too long.", 'inbox text "refund"'),
    ("text a text b", 'text "a" or text "b"? Only one at a time.', 'inbox text "a"'),
    # every
    ("messages spam", "Say “every new” for new conversations, or “every message”.", "spam every message"),
    ("new messages", "Say “every new” for new conversations, or “every message”.", "inbox every message"),
    ("every mesage", "I don't know “mesage”. Did you mean every message?", "inbox every message"),
    ("every new every message", "every new or every message? Only one at a time.", "inbox"),
    # quiet
    ("quiet", "“quiet” needs hours.", f"inbox {NIGHTS}"),
    ("spam quiet unread", "“quiet” needs hours.", f"spam unread {NIGHTS}"),
    ("quiet Asia/Tokyo", "“quiet” needs hours.", "inbox quiet 22:00-08:00 Asia/Tokyo"),
    ("quiet 22", "“quiet” needs hours.", f"inbox {NIGHTS}"),
    ("quiet every message 22-8 UTC", "“quiet” needs hours.", f"inbox every message {NIGHTS}"),
    ("all folders", "A watch is about one folder: inbox, other, done or spam.", ""),
    ("any folder unread", "A watch is about one folder: inbox, other, done or spam.", "inbox unread"),
    ("Asia/Tokyo spam", "A time zone only goes with quiet hours.", "spam quiet 22:00-08:00 Asia/Tokyo"),
    ("quite 22-8 utc", "I don't know “quite”. Did you mean quiet?", "inbox quiet 22:00-08:00 UTC"),
    ("22-8 utc ig", "I don't know “22-8”. Did you mean quiet 22-8?", "inbox instagram quiet 22:00-08:00 UTC"),
    (
        "quiet 22-8 Europe/Roma ig",
        "I don't know the time zone “Europe/Roma”. Did you mean Europe/Rome?",
        f"inbox instagram {NIGHTLY}",
    ),
    (
        "quiet 22-8 America/New Yrok unread",
        "I don't know the time zone “America/New Yrok”. Did you mean America/New_York?",
        "inbox unread quiet 22:00-08:00 America/New_York",
    ),
    ("quiet 22-8 Zzyzx", "I don't know the time zone “Zzyzx”. Name a place instead.", f"inbox {NIGHTLY}"),
    ("quiet 22-8 Europe/Zzyzx", "I don't know the time zone “Europe/Zzyzx”. Name a place instead.", f"inbox {NIGHTLY}"),
    (
        "quiet 22-8 EST spam",
        "“EST” may mean several places. Did you mean America/New_York?",
        "spam quiet 22:00-08:00 America/New_York",
    ),
    ("quiet 22-8 UTC+2 spam", "“UTC+2” ignores summer time. Name a place instead.", f"spam {NIGHTLY}"),
    ("quiet 25-8 UTC", "“25” is not a time of day.", "inbox quiet 22:00-08:00 UTC"),
    ("quiet 22:60-8 UTC", "“22:60” is not a time of day.", "inbox quiet 22:00-08:00 UTC"),
    ("quiet 10pm-13am UTC", "“13am” is not a time of day.", "inbox quiet 22:00-08:00 UTC"),
    ("quiet 9am-5 UTC", "“9am-5”: say am or pm for both.", "inbox quiet 22:00-08:00 UTC"),
    (
        "quiet 8-8am UTC",
        "Quiet hours can't begin and end at the same time.",
        "inbox quiet 22:00-08:00 UTC",
    ),
    (
        "quiet 22-8 UTC quiet 23-8 UTC",
        "quiet 22:00-08:00 or quiet 23:00-08:00? Only one at a time.",
        "inbox quiet 22:00-08:00 UTC",
    ),
    ("quiet 22-8 UTC Asia/Tokyo", "UTC or Asia/Tokyo? Only one at a time.", "inbox quiet 22:00-08:00 UTC"),
    # as
    ("spam as", "“as” needs count, initials, name or snippet.", "spam as initials"),
    ("as snipet", "I don't know “as snipet”. Did you mean as snippet?", "inbox as snippet"),
    ("as zzz ig", "I don't know “as zzz”. It can be count, initials, name or snippet.", "inbox instagram as initials"),
    ("initals", "I don't know “initals”. Did you mean as initials?", "inbox as initials"),
    ("as name as count", "as name or as count? Only one at a time.", "inbox as name"),
    # later, without the word
    ("spam in thread", "I don't know “thread”. Did you mean later thread?", "spam later thread"),
    ("spam edited", "I don't know “edited”. Did you mean later edit?", "spam"),
    ('spam "brass foot"', 'I don\'t know “brass”. Did you mean text "brass foot"?', 'spam text "brass foot"'),
]


def refusal(text: str) -> QueryError:
    with pytest.raises(QueryError) as caught:
        parse_watch(text, PAGES)
    return caught.value


@pytest.mark.parametrize(("text", "spec"), UNDERSTOOD)
def test_is_understood(text: str, spec: WatchSpec) -> None:
    assert parse_watch(text, PAGES) == spec


@pytest.mark.parametrize(("text", "wrong", "instead"), REFUSED)
def test_is_refused_with_one_line(text: str, wrong: str, instead: str) -> None:
    assert str(refusal(text)) == (f"{wrong} For example: inbox watch {instead}" if instead else wrong)


def test_a_name_in_the_list_on_screen_is_offered() -> None:
    with pytest.raises(QueryError) as caught:
        parse_watch("spam ann", PAGES, Nearby(people=dict.fromkeys(["Bo", "Ann Example"], Folder.INBOX)))
    assert (
        caught.value.guess == 'from @"Ann Example"' and caught.value.example == 'inbox watch spam from @"ann example"'
    )


def test_a_page_that_is_called_like_a_filler_goes_first() -> None:
    assert parse_watch("all", ["all"]) == W(page="all")
    assert parse_watch("every message of page message", ["message"]) == W(page="message", every=MESSAGE)
    assert parse_watch("message every message", ["message"]) == W(page="message", every=MESSAGE)


def test_describe_says_it_in_canonical_words() -> None:
    wish = W(SPAM, INSTAGRAM, "every", True, None, "ann example", "free", MESSAGE, NIGHT, Detail.COUNT)
    assert describe_watch(wish) == (
        'spam instagram page every unread from @"ann example" text "free" every message '
        "quiet 22:00-08:00 Europe/Rome as count"
    )
    assert describe_watch(W()) == "inbox"


# One thing each, so that none contradicts another; inner lists are ways of saying the same.
units = st.tuples(
    st.sampled_from(["spam", "Junk,", "folder:spam", "—spam"]),
    st.sampled_from(["ig", "on INSTAGRAM", "insta."]),
    st.sampled_from(["acme", "page acme", "page=ACME"]),
    st.sampled_from(["unread", "Unseen!", "--unread"]),
    st.sampled_from(["@Ann", 'from @"ann"', "from: “@ann”"]),
    st.sampled_from(['text "free one"', "saying ‘free one’", "containing: “Free  One”"]),
    st.sampled_from(["every message", "every new message", "all messages", "each msg"]),
    st.sampled_from(
        [NIGHTLY, "quiet 10pm-8am rome", "quiet Europe/Rome 22–8", "silent at night from 22 to 8 Europe/Rome"]
    ),
    st.sampled_from(["as count", "as: numbers", "as a count"]),
    st.sampled_from(["waiting 1h,4h", "waiting 4 hours, an hour", "remind after 1h and 4h"]),
    st.sampled_from(["closing 2h", "closing in 120 min", "expires in 2 hours"]),
    st.sampled_from(["batch 30m", "in batches of half an hour", "every 30 min"]),
    st.sampled_from(["buttons off", "no buttons", "buttons: none"]),
    st.sampled_from(["", "please", "show us the", "and", "…"]),
)


def test_quiet_hours_without_a_zone_are_those_of_the_team() -> None:
    assert parse_watch("quiet 23-7", PAGES, zone="Asia/Tokyo") == W(quiet=Quiet(time(23), time(7), "Asia/Tokyo"))
    assert parse_watch("quiet 23-7", PAGES) == W(quiet=Quiet(time(23), time(7), "UTC"))
    assert parse_watch("quiet 23-7 rome", PAGES, zone="Asia/Tokyo") == W(quiet=Quiet(time(23), time(7), "Europe/Rome"))
    _, wish = parse_entry("#night inbox quiet 23-7", PAGES, zone="Asia/Tokyo")
    assert wish.quiet == Quiet(time(23), time(7), "Asia/Tokyo")


@given(units.flatmap(st.permutations))
def test_words_come_in_any_order(words: list[str]) -> None:
    wish = W(SPAM, INSTAGRAM, "acme", True, None, "ann", "free one", MESSAGE, NIGHT, Detail.COUNT)
    wish = replace(wish, waits=(HOUR, 4 * HOUR), closes=2 * HOUR, batch=HOUR // 2, buttons=False)
    assert parse_watch(" ".join(words), PAGES) == wish


pages = st.one_of(
    st.sampled_from(PAGES),
    st.sampled_from(
        ["quiet", "as", "text 'x'", "from", "new", "UTC", "Rome", "Europe/Rome", "22-8", "A, B", "initials"]
    ),
    st.text(max_size=40).filter(fold),
)
said = st.sampled_from(["spam", "'", "a'b", "text", "text 'x'", "every message", "@", "--", "quiet 22-8"]) | st.text(
    max_size=60
)
folded = said.map(fold).filter(lambda text: 0 < len(text) <= 100)
ends = st.lists(st.builds(time, st.integers(0, 23), st.integers(0, 59)), min_size=2, max_size=2, unique=True)
wishes = st.builds(
    W,
    folder=st.sampled_from(Folder),
    platform=st.none() | st.sampled_from(Platform),
    page=st.none() | pages,
    unread=st.booleans(),
    name=st.none() | folded,
    text=st.none() | folded,
    every=st.sampled_from(Every),
    quiet=st.none()
    | st.builds(lambda ends, zone: Quiet(ends[0], ends[1], zone), ends, st.sampled_from(sorted(set(zones().values())))),
    detail=st.none() | st.sampled_from(Detail),
    waits=st.lists(st.integers(60, 7 * 24 * HOUR), max_size=5, unique=True).map(lambda steps: tuple(sorted(steps))),
    closes=st.none() | st.integers(60, 23 * HOUR),
    batch=st.none() | st.integers(300, 12 * HOUR),
    buttons=st.booleans(),
    ping=st.lists(folded.map(Ping), max_size=3, unique=True).map(tuple),
).flatmap(
    # Where every message is told by itself, later ones are nothing apart; and reminders alone tell nothing new.
    lambda wish: {
        MESSAGE: st.just(wish),
        Every.NEW: st.sampled_from(Later).map(lambda one: replace(wish, later=one)),
        Every.NOTHING: st.integers(60, 23 * HOUR).map(lambda closes: replace(wish, closes=closes, batch=None)),
    }[wish.every]
)


@given(wishes, st.lists(pages, max_size=3))
@example(WatchSpec(waiting=True, every=MESSAGE), [])
@example(WatchSpec(waiting=True, text="2h"), [])
def test_what_describe_says_is_understood_again(wish: WatchSpec, others: list[str]) -> None:
    spellings = {fold(page): page for page in [*others, *([wish.page] if wish.page else [])]}
    assert parse_watch(describe_watch(wish), list(spellings.values())) == wish


def test_every_time_zone_is_understood_again() -> None:
    for zone in set(zones().values()):
        assert parse_watch(f"quiet 22-8 {zone.lower().replace('_', ' ')}", ()) == night(zone)


def check(text: str) -> None:
    """Either a watch or one harmless line, whose example is understood."""
    try:
        spec = parse_watch(text, PAGES)
    except QueryError as error:
        assert error.sentence and str(error).isprintable() and len(str(error)) <= 320
        words = error.example.removeprefix("inbox watch ")
        assert (words != error.example) == bool(error.example)
        assert parse_watch(words, PAGES) is not None
    else:
        assert parse_watch(describe_watch(spec), PAGES) == spec


@given(st.text())
@example("quiet ²-8 UTC")
@example("quiet 22-8 \ud800/x")
@example("Europe/.")
@example("text @'@'")
@example("text '")
@example('"Corner text "')
@example("quiet,")
@example("Europe/,x")
@example("text")
@example("from")
def test_any_text_at_all_gets_an_answer(text: str) -> None:
    check(text)


def swapped(word: str, at: int) -> str:
    return word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :]


texts = [text for text, _ in UNDERSTOOD] + [text for text, _, _ in REFUSED]
vocabulary = st.sampled_from(sorted({word for text in texts for word in text.split() if len(word) < 40}))
mistyped = st.builds(swapped, vocabulary, st.integers(0, 9))


@given(st.lists(vocabulary | mistyped, max_size=9))
def test_any_words_of_a_watch_get_an_answer(words: list[str]) -> None:
    check(" ".join(words))


# --- Rooms and entries of the settings ---


@pytest.mark.parametrize(
    ("text", "room", "rest"),
    [
        ("#support", "#support", ""),
        (" #Support  inbox messenger ", "#Support", "inbox messenger"),
        ("!abc:server.example spam", "!abc:server.example", "spam"),
        ('"the team room" text "a b"', "the team room", 'text "a b"'),
        ("“the team” spam", "the team", "spam"),
        ("@ann\nspam", "@ann", "spam"),
    ],
)
def test_an_entry_begins_with_a_room(text: str, room: str, rest: str) -> None:
    assert split_room(text) == (room, rest)


@pytest.mark.parametrize("text", ["", "  ", '""', '" " spam', '"the team spam', '"a"b spam'])
def test_an_entry_without_a_room_is_refused(text: str) -> None:
    with pytest.raises(QueryError) as caught:
        split_room(text)
    assert str(caught.value) == "It has to begin with a room. For example: #support inbox messenger"


def test_an_entry_of_the_settings_is_a_room_and_what_it_watches() -> None:
    assert parse_entry('"the team" spam as count', PAGES) == ("the team", W(folder=SPAM, detail=Detail.COUNT))
    with pytest.raises(QueryError) as caught:
        parse_entry("#sales spma", PAGES)
    assert str(caught.value) == "I don't know “spma”. Did you mean spam? For example: #support spam"


@given(st.text())
def test_any_entry_gets_an_answer(text: str) -> None:
    try:
        room, _ = parse_entry(text, PAGES)
    except QueryError as error:
        assert str(error).isprintable()
    else:
        assert room and room in text


# --- Mutes ---

DAY = 86400


@pytest.mark.parametrize(
    ("text", "target", "seconds"),
    [
        ("k7fq for 2h", Target("k7fq"), 7200),
        ("3 for 1 day", Target("3"), DAY),
        ("k7fq 2h", Target("k7fq"), 7200),
        ("K7FQ", Target("k7fq"), DAY),
        ("#3 for 2 hours, please", Target("3"), 7200),
        ("watch 3 for an hour", Target("3", "watch"), 3600),
        ("the watch number 3", Target("3", "watch"), DAY),
        ("row 3 for an hour", Target("3", "row"), 3600),
        ("conversation 3", Target("3", "row"), DAY),
        ("the ref `k7fq` for 1h 30 min", Target("k7fq"), 5400),
        ("1d2h 2h", Target("1d2h"), 7200),
        ("3 2h", Target("3"), 7200),
        ("3 for a week", Target("3"), 7 * DAY),
        ("1 1 week", Target("1"), 7 * DAY),
        ("k7fq for half an hour", Target("k7fq"), 1800),
        ("k7fq for 90d", Target("k7fq"), 90 * DAY),
        ("k7fq — 2h", Target("k7fq"), 7200),
        ("@ann for 3h", Target("@ann"), 3 * 3600),
        ("3 for an hour and a half", Target("3"), 5400),
        ("3 for 2 and a half days", Target("3"), 60 * 3600),
    ],
)
def test_a_mute_is_understood(text: str, target: Target, seconds: int) -> None:
    assert parse_mute(text) == (target, seconds)
    assert parse_target(text) == target


TIMES = "I know 2h, 3d, tomorrow, monday, 14:00 and the like."


@pytest.mark.parametrize(
    ("text", "wrong", "instead"),
    [
        ("", "Mute what, and for how long?", "1 for 2h"),
        ("this", "Mute what, and for how long?", "1 for 2h"),
        ("for 2h", "Mute what for 2h?", "1 for 2h"),
        ("for 1 hour", "Mute what for 1 hour?", "1 for 1 hour"),
        ("for an hour, please", "Mute what for an hour?", "1 for an hour"),
        ("for a week", "Mute what for a week?", "1 for a week"),
        ("this watch for 2 days", "Mute what for 2 days?", "1 for 2 days"),
        ("@ann forever", "I mute for at most 90 days.", ""),
        ("m04b for 2", "“2” needs a unit: m, h, d or w.", "m04b for 2h"),
        ("3 for 91d", "I mute for at most 90 days.", "3 for 90d"),
        ("watch 3 for 0h", "“0h” would mute nothing.", "watch 3 for 2h"),
        ("3 until yesterday", f"I don't know the time “yesterday”; {TIMES}", "3 for 2h"),
        ("3 until 5/12", "“5/12” may be 5 dec or 12 may; please name the month.", "3 until 5 dec"),
        ("3 and 4", "I don't know what to do with “4”. Name one thing at a time, and for how long.", "3 for 2h"),
        ("3 forever", "I mute for at most 90 days.", "3 for 90d"),
        ("3 for 2 years", "I mute for at most 90 days.", "3 for 90d"),
        (
            "3 for 1h m04b",
            "I don't know what to do with “m04b”. Name one thing at a time, and for how long.",
            "3 for 1h",
        ),
        ("3 m04b", f"I don't know the time “m04b”; {TIMES}", "3 for 2h"),
    ],
)
def test_a_bad_mute_gets_one_line(text: str, wrong: str, instead: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_mute(text)
    assert caught.value.sentence == wrong
    assert caught.value.example == (f"inbox mute {instead}" if instead else "")


mutable = st.sampled_from(
    ["k7fq", "3", "for", "2h", "1", "day", "91d", "until", "@ann", '"x"', "-", "0m", "tomorrow", "watch", "row"]
)


@given(st.text() | st.lists(mutable, max_size=5).map(" ".join))
@example('0"0":"1H"0')
def test_any_mute_gets_an_answer(text: str) -> None:
    try:
        target, until = parse_mute(text)
    except QueryError as error:
        assert str(error).isprintable() and len(str(error)) <= 300
        assert not error.example or parse_mute(error.example.removeprefix("inbox mute "))
    else:
        assert target.word.isprintable() and 0 < len(target.word) <= 30
        assert target.kind in ("", "watch", "row")
        assert isinstance(until, Until) or 0 < until <= 90 * DAY


SECRET = "d9f8e7c6b5a4039281706f5e4d3c2b1a"


@pytest.mark.parametrize("before", ["", "from ", "text a ", "quiet 22-8 ", "as ", "later ", "page ", f"text {SECRET} "])
def test_what_may_be_a_token_is_not_said_again(before: str) -> None:
    error = refusal(before + SECRET)
    assert SECRET[:12] not in f"{error} {error.sentence} {error.guess} {error.example}".casefold()


@pytest.mark.parametrize("text", [f"k7fq {SECRET}", f"k7fq for {SECRET}", f"1 for 2h {SECRET}"])
def test_what_may_be_a_token_is_not_said_again_by_mute(text: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_mute(text)
    error = caught.value
    assert SECRET[:12] not in f"{error} {error.sentence} {error.guess} {error.example}".casefold()
