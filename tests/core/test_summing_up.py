"""What is said of 12 and of 300 Pages: how many messages, how long, what comes first, and how to see the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from itertools import product

import pytest
from errbot.rendering import text

from pageinbox.chat.errbot import content as errbot
from pageinbox.chat.matrix import content as matrix
from pageinbox.chat.slack import content as slack
from pageinbox.model.announcement import Announcement, Notice, NoticeKind, Occasion, Verdict
from pageinbox.model.answer import Answer, Group, Row, SourceStatus
from pageinbox.model.conversation import Conversation
from pageinbox.model.digest import Findings
from pageinbox.model.errors import (
    Blocked,
    GraphError,
    NotAskedYet,
    PageMoved,
    PermissionMissing,
    RequestRefused,
    SecretMissing,
    StillAsking,
    Throttled,
    TokenDead,
    Unavailable,
)
from pageinbox.model.history import Backlog, History, RoomHistory, SourceRecord, Standing, State
from pageinbox.model.look import LastError, Look
from pageinbox.model.post import Post
from pageinbox.model.query import InboxQuery
from pageinbox.model.secret import Secret
from pageinbox.model.selection import Selection
from pageinbox.model.source import Folder, Identity, Page, PageStatus, Platform, Source
from pageinbox.model.statistics import Compared, Figures, Period, Statistics
from pageinbox.model.watch import Detail, PausedWatch, Watch, WatchSpec
from pageinbox.words.announcement import announcement
from pageinbox.words.answer import listing
from pageinbox.words.digest import digest
from pageinbox.words.new_watch import with_warnings
from pageinbox.words.outbox import outbox
from pageinbox.words.pages import pages as pages_post
from pageinbox.words.refusals import cannot_read, reads_only
from pageinbox.words.status import status
from pageinbox.words.watches import mutes, no_such_watch, watches
from pageinbox.words.why import why

NOW = 1_795_435_200.0  # 23 Nov 2026, 12:00 UTC
SIZES = (6, 300)
LONGEST_NAME = "the-name-of-a-page-is-30-signs"

Trouble = Callable[[int], GraphError | None]
"""What is wrong with the Page of a number."""

TROUBLES: dict[str, Trouble] = {
    "none": lambda number: None,
    "all the same": lambda number: TokenDead(code=190, subcode=463),
    "every other": lambda number: TokenDead(code=190, subcode=460) if number % 2 else None,
    "each for another time": lambda number: Throttled(code=80006, retry_after=60.0 + number),
    "each with another id": lambda number: PageMoved(str(10**15 + number), code=21),
    "each with another code": lambda number: RequestRefused("", code=30_000 + number, words="Words of Meta's. " * 20),
    "not asked yet": lambda number: [None, StillAsking()][number % 2] if number < 4 else NotAskedYet(),
    "one of each": lambda number: (
        [None, Blocked(code=368, retry_after=9e3), SecretMissing(), PermissionMissing(code=10), Unavailable(code=2)]
    )[number % 5],
}


@cache
def many(count: int) -> dict[str, Page]:
    names = [f"{LONGEST_NAME[:-3]}{number:03}" for number in range(count)]
    return {name: Page(name, str(200_300_400 + number), Secret("t")) for number, name in enumerate(names)}


def sources(pages: dict[str, Page]) -> list[Source]:
    return [source for name in pages for source in sources_of(name)]


@cache
def sources_of(page: str) -> tuple[Source, ...]:
    return tuple(Source(page, platform, folder) for platform in Platform for folder in Folder)


def look(source: Source, number: int, trouble: Trouble, *, held: int = 3) -> Look:
    failure = trouble(number)
    if failure is not None:
        return Look(source, at=None if number % 3 else NOW - 600.0 - number, trouble=failure)
    found = [
        Conversation(
            f"t_{source.page}_{source.platform}_{source.folder}_{nth}",
            NOW - 60.0 * nth - number,
            source.platform,
            f"Ann Example {nth}",
            "hello, is this still available?",
            unread=nth % 2,
            waiting=nth == 0 and number % 4 == 0,
            unreadable=nth == 2 and number % 2 == 0,
        )
        for nth in range(held)
    ]
    folder = "unsure" if source.platform is Platform.INSTAGRAM and source.folder is Folder.SPAM else "sure"
    return Look(source, found, at=NOW - number % 60, folder=folder)


def looks(pages: dict[str, Page], trouble: Trouble, folders: Sequence[Folder]) -> list[Look]:
    """The looks at the first of `many` Pages."""
    return [each for each in every_look(len(pages), trouble) if each.source.folder in folders]


@cache
def every_look(count: int, trouble: Trouble) -> list[Look]:
    number = {name: place for place, name in enumerate(many(count))}
    return [look(source, number[source.page], trouble) for source in sources(many(count))]


def group_of(look: Look, matching: Sequence[Conversation]) -> Group:
    return Group(look, matching, complete=True)


def asked(query: InboxQuery) -> Callable[[dict[str, Page], Trouble], Post]:
    def post(pages: dict[str, Page], trouble: Trouble) -> Post:
        folders = tuple(Folder) if query.folder is None else (query.folder,)
        groups = [
            group_of(each, [item for item in each.conversations if not query.leaves_out(item)])
            for each in looks(pages, trouble, folders)
            if query.platform in (None, each.source.platform)
        ]
        found = [(each.look.source, item) for each in groups for item in each.matching][: query.limit]
        rows = [Row(place, f"{place:04}", source, item) for place, (source, item) in enumerate(found, 1)]
        identities = {name: Identity("The Page", None, None) for name in pages}
        return listing(
            Answer(query, [each.figures() for each in groups], rows, rows, NOW, NOW), pages, identities, Detail.SNIPPET
        )

    return post


def stands(*, failing: bool = False, watched: bool = True) -> Callable[[dict[str, Page], Trouble], Post]:
    def post(pages: dict[str, Page], trouble: Trouble) -> Post:
        states = {
            page.name: PageStatus(page, number % 90, 60.0 if number % 7 == 0 else 0.0, 0.0, "v27.0", "v28.0", ["Hi! *"])
            for number, page in enumerate(pages.values())
        }
        seen = looks(pages, trouble, tuple(Folder))
        asked = [
            SourceStatus(each.source, each, LastError(each.trouble or Unavailable(code=2), NOW - 300)) for each in seen
        ]
        records = {
            each.source: SourceRecord(
                each.source, each.at, 40, True, each.trouble and NOW - 600, each.trouble, disordered=True
            )
            for each in seen
        }
        standing = Standing(records if watched else {}, queue(300, failing=NOW - 3600))
        return status(states, asked, NOW, "", standing, failing=failing)

    return post


def queue(count: int, failing: float | None = None) -> list[Backlog]:
    error = "the chat can't be reached, and this is a long sentence on why that is so, as chats' own sentences are"
    tries = 0 if failing is None else 9
    return [
        Backlog(
            f"#room-{number:03}", State.QUEUED, 3, 1, NOW - 7200, NOW + 60, tries, (tries and error) or None, failing
        )
        for number in range(count)
    ]


def told(kind: NoticeKind) -> Callable[[dict[str, Page], Trouble], Post]:
    def post(pages: dict[str, Page], trouble: Trouble) -> Post:
        notices = [
            Notice(kind, sources_of(name), NOW, NOW - 600 - 7 * number, count=12,
                   trouble=trouble(number) or Unavailable(code=2), room=f"#room-{number}", why=f"reason {number}",
                   until=NOW + 43_200 * number, page=name, access=number % 3 == 0)
            for number, name in enumerate(pages)
        ]  # fmt: skip
        item = Announcement(1, "key", "#room", (), tuple(notices))
        return announcement(item, pages, lambda conversation: "k7fq", Detail.SNIPPET, NOW)

    return post


def known(pages: dict[str, Page], trouble: Trouble) -> Post:
    found = {
        name: trouble(number) or Identity(f"The Page {number}", str(number), f"page.{number}")
        for number, name in enumerate(pages)
    }
    return pages_post(pages, found)


def watched(pages: dict[str, Page], trouble: Trouble) -> Post:
    own = [Watch(number, "#room", WatchSpec(page=name), ops=True) for number, name in enumerate(pages, 1)]
    paused = [PausedWatch(2 * number + 1_000, "#room", WatchSpec(page="gone")) for number in range(len(pages))]
    refs = {f"r{number:03}": NOW + 60.0 * number for number in range(len(pages))}
    return watches(own, Detail.SNIPPET, 3, {watch.number: NOW + 60 for watch in own[::2]}, refs, NOW, paused)


def digested(pages: dict[str, Page], trouble: Trouble) -> Post:
    records = [
        SourceRecord(source, NOW, 40, True, NOW - 600, failure)
        for number, name in enumerate(pages)
        if (failure := trouble(number)) is not None
        for source in sources_of(name)
    ]
    day, figures = Period(NOW - 86_400, NOW), Figures(new=4, answered=3)
    found = Findings(
        Selection(),
        sources(pages),
        Statistics(day, day, Compared(figures, figures), 4, 0.97, 1.0, None),
        NOW + 3600,
        waiting=4,
        closing=2,
        claims={f"Teammate {number:03}": number for number in range(len(pages))},
        failing=records,
    )
    return digest(found, pages, Detail.SNIPPET, NOW)


POSTS: dict[str, Callable[[dict[str, Page], Trouble], Post]] = {
    "inbox": asked(InboxQuery(folder=Folder.INBOX)),
    "inbox instagram": asked(InboxQuery(folder=Folder.INBOX, platform=Platform.INSTAGRAM)),
    "inbox spam": asked(InboxQuery(folder=Folder.SPAM)),
    "inbox all": asked(InboxQuery(folder=None)),
    "inbox unread": asked(InboxQuery(folder=Folder.INBOX, unread=True)),
    "inbox all waiting": asked(InboxQuery(folder=None, waiting=True)),
    "status": stands(),
    "status, unwatched": stands(watched=False),
    "status failing": stands(failing=True),
    "pages": known,
    "watches": watched,
    "outbox": lambda pages, trouble: outbox(queue(2 * len(pages)), NOW),
    "outbox, failing": lambda pages, trouble: outbox(queue(2 * len(pages), NOW - 900), NOW),
    "watches muted": lambda pages, trouble: mutes(
        {}, {f"r{number:03}": NOW + 60.0 * number for number in range(len(pages))}, NOW
    ),
    "unwatch": lambda pages, trouble: no_such_watch("9999", range(1, 2 * len(pages), 2)),
    "a new watch": lambda pages, trouble: with_warnings(
        Post(("Watch 1",), (("There.",),)), looks(pages, trouble, (Folder.SPAM,)), pages
    ),
    "missing secrets": lambda pages, trouble: cannot_read([f"PAGES.{name}.TOKEN is " + "long " * 40 for name in pages]),
    "reply": lambda pages, trouble: reads_only("reply", [((page.title,), page.inbox_link) for page in pages.values()]),
    "notice of a digest": digested,
    **{f"notice {kind}": told(kind) for kind in NoticeKind if kind is not NoticeKind.DIGEST},
}


@pytest.mark.parametrize("kind", POSTS)
def test_what_is_said_of_many_pages_is_a_message_or_two(kind: str) -> None:
    announced = kind.startswith("notice")  # what is announced is one message, which may have to be edited
    most = 1 if announced else 2
    # Some say the same whatever the trouble is.
    posts = {POSTS[kind](many(size), TROUBLES[trouble]): (trouble, size) for trouble, size in product(TROUBLES, SIZES)}
    for post, case in posts.items():
        on_matrix = matrix.contents(post)
        messages = (slack.messages(post), on_matrix, errbot.messages(post, most=10_000))
        assert max(map(len, messages)) <= most, case
        assert not announced or matrix.content(post)["body"] == on_matrix[0]["body"], case


NAMING = {"pages", "status failing", "watches", "unwatch", "watches muted", "missing secrets"}
"""What names every Page, watch or mute, or quotes what is as long as somebody wrote it."""


def said(post: Post) -> list[str]:
    """A post as Errbot's text backend shows it, line by line."""
    return [line.strip() for line in text().convert(errbot.messages(post)[0]).splitlines() if line.strip()]


@pytest.mark.parametrize("kind", sorted(POSTS.keys() - NAMING))
def test_only_what_is_to_name_all_grows_with_the_pages(kind: str) -> None:
    some, more = (sum(map(len, said(POSTS[kind](many(size), TROUBLES["one of each"])))) for size in (45, 300))
    assert more < 6_000 and more < 1.5 * some


def test_trouble_comes_first_then_who_waits_then_the_rest_in_a_line() -> None:
    head, token, *waiting, rest, one = said(POSTS["inbox"](many(300), TROUBLES["every other"]))[:9]
    assert head.startswith("300 Pages · inbox: 900 conversations")
    assert head.endswith(" · not counting 200 lists I can't read")
    assert token.startswith("150 Pages (") and " and 147 more): Meta no longer accepts the Page token" in token
    assert "the setting PAGES.NAME.TOKEN points to" in token
    assert len(waiting) == 5 and all("2 waiting for an answer" in line for line in waiting)
    assert rest.startswith("295 other Pages: ")
    assert one.startswith("To see one Page: !inbox the-name")


def test_who_waits_longest_is_named() -> None:
    lines = said(POSTS["inbox"](many(300), TROUBLES["none"]))
    assert [line[27:30] for line in lines[1:6]] == ["296", "292", "288", "284", "280"]


@pytest.mark.parametrize("kind", ["pages", "status failing"])
def test_every_page_in_trouble_can_be_found_by_name(kind: str) -> None:
    for trouble in ("all the same", "each with another code", "one of each"):
        told = " ".join(said(POSTS[kind](many(300), TROUBLES[trouble]))).casefold()
        failing = [name for number, name in enumerate(many(300)) if TROUBLES[trouble](number) is not None]
        assert all(name in told for name in failing)


def test_every_room_of_the_outbox_can_be_reached() -> None:
    shown: list[str] = []
    first: str | None = "1"
    while first is not None:
        lines = said(outbox(queue(90), NOW, int(first)))
        shown += [line.split()[0] for line in lines if line.startswith("#")]
        first = next((line.partition("outbox from ")[2].split(",")[0] for line in lines if "outbox from" in line), None)
    assert shown == [f"#room-{number:03}" for number in range(90)]


def test_of_what_became_of_it_in_many_rooms_this_one_and_those_not_told_come_first() -> None:
    rooms = [
        RoomHistory(f"#room-{number:03}", 1, Verdict.ANNOUNCED, Occasion.ONGOING, False, NOW, NOW,
                    State.GIVEN_UP if number == 250 else State.SENT, NOW, "a receipt")
        for number in range(300)
    ]  # fmt: skip
    history = History(sources(many(1))[0], (Folder.INBOX,), NOW, NOW, False, tuple(rooms))
    lines = said(why("k7fq", history, many(1), NOW, "#room-299"))
    assert [line.split()[0] for line in lines if line.startswith("#")][:3] == ["#room-299", "#room-250", "#room-000"]
    assert lines[-1] == "280 more rooms. To see what became of it in one of them, type there: !inbox why k7fq"


def test_rooms_in_trouble_come_first() -> None:
    waiting = [*queue(40), *[replace(each, room="#bad") for each in queue(1, NOW - 900)]]
    assert said(outbox(waiting, NOW))[1].startswith("#bad")


def test_what_is_late_is_no_trouble() -> None:
    head, later, still = said(POSTS["inbox"](many(12), TROUBLES["not asked yet"]))[:3]
    assert head.endswith("not counting 2 lists still being read and 12 lists not asked yet")
    assert later.startswith("8 Pages (") and "): Not asked yet, because the others took too long. Ask again" in later
    assert "Meta hasn't answered yet. I'm still waiting; ask again" in still


def test_up_to_five_pages_are_told_one_by_one() -> None:
    assert len([line for line in said(stands()(many(5), TROUBLES["none"])) if "checked" in line]) == 41
