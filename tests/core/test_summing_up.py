"""What is said of 12 and of 300 Pages: how many messages, how long, what comes first, and how to see the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from pageinbox.chat.errbot import content as errbot
from pageinbox.chat.matrix import content as matrix
from pageinbox.chat.slack import content as slack
from pageinbox.model.announcement import Announcement, Notice, NoticeKind
from pageinbox.model.answer import Answer, Group, Row, SourceStatus
from pageinbox.model.conversation import Conversation
from pageinbox.model.errors import (
    Blocked,
    GraphError,
    NotAskedYet,
    PageMoved,
    PermissionMissing,
    RequestRefused,
    SecretMissing,
    Throttled,
    TokenDead,
    Unavailable,
)
from pageinbox.model.history import Backlog, SourceRecord, State
from pageinbox.model.look import LastError, Look
from pageinbox.model.post import Post
from pageinbox.model.query import InboxQuery
from pageinbox.model.secret import Secret
from pageinbox.model.source import Folder, Identity, Page, PageStatus, Platform, Source
from pageinbox.model.watch import Detail, PausedWatch, Watch, WatchSpec
from pageinbox.words.announcement import announcement
from pageinbox.words.answer import listing
from pageinbox.words.new_watch import with_warnings
from pageinbox.words.outbox import outbox
from pageinbox.words.pages import pages as pages_post
from pageinbox.words.refusals import cannot_read, reads_only
from pageinbox.words.status import status
from pageinbox.words.watches import mutes, no_such_watch, watches

NOW = 1_795_435_200.0  # 23 Nov 2026, 12:00 UTC
SIZES = (6, 12, 300)
LONGEST_NAME = "the-name-of-a-page-is-30-signs"

Trouble = Callable[[int], GraphError | None]
"""What is wrong with the Page of a number."""

TROUBLES: dict[str, Trouble] = {
    "none": lambda number: None,
    "all the same": lambda number: TokenDead(code=190, subcode=463),
    "every other": lambda number: TokenDead("grants", code=190) if number % 2 else None,
    "each for another time": lambda number: Throttled(code=80006, retry_after=60.0 + number),
    "each with another id": lambda number: PageMoved(str(10**15 + number), code=21),
    "each with another code": lambda number: RequestRefused("", code=30_000 + number, words="Words of Meta's. " * 20),
    "not asked yet": lambda number: NotAskedYet() if number > 3 else None,
    "one of each": lambda number: (
        [None, Blocked(code=368, retry_after=9e3), SecretMissing(), PermissionMissing(code=10), Unavailable(code=2)]
    )[number % 5],
}


def many(count: int) -> dict[str, Page]:
    names = [f"{LONGEST_NAME[:-3]}{number:03}" for number in range(count)]
    return {name: Page(name, str(200_300_400 + number), Secret("t")) for number, name in enumerate(names)}


def sources(pages: dict[str, Page], folders: Sequence[Folder] = tuple(Folder)) -> list[Source]:
    return [Source(name, platform, folder) for name in pages for platform in Platform for folder in folders]


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
    number = {name: place for place, name in enumerate(pages)}
    return [look(source, number[source.page], trouble) for source in sources(pages, folders)]


def asked(query: InboxQuery) -> Callable[[dict[str, Page], Trouble], Post]:
    def post(pages: dict[str, Page], trouble: Trouble) -> Post:
        folders = tuple(Folder) if query.folder is None else (query.folder,)
        groups = [
            Group(each, found, complete=True, read=len(each.conversations), found=len(found))
            for each in looks(pages, trouble, folders)
            if query.platform in (None, each.source.platform)
            for found in [[item for item in each.conversations if not query.leaves_out(item)]]
        ]
        found = [(each.look.source, item) for each in groups for item in each.matching][: query.limit]
        rows = [Row(place, f"{place:04}", source, item) for place, (source, item) in enumerate(found, 1)]
        identities = {name: Identity("The Page", None, None) for name in pages}
        return listing(Answer(query, groups, rows, rows, NOW, NOW), pages, identities, Detail.SNIPPET)

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
        return status(
            states, asked, NOW, "", records if watched else {}, queue(300, failing=NOW - 3600), failing=failing
        )

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
            Notice(kind, tuple(sources({name: page})), NOW, NOW - 600 - 7 * number, count=12,
                   trouble=trouble(number) or Unavailable(code=2), room=f"#room-{number}", why=f"reason {number}")
            for number, (name, page) in enumerate(pages.items())
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
    return watches(own, 3, {watch.number: NOW + 60 for watch in own[::2]}, refs, NOW, paused)


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
    **{f"notice {kind}": told(kind) for kind in NoticeKind},
}


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("kind", POSTS)
@pytest.mark.parametrize("size", SIZES)
def test_what_is_said_of_many_pages_is_a_message_or_two(size: int, kind: str, trouble: str) -> None:
    post = POSTS[kind](many(size), TROUBLES[trouble])
    whole = kind.startswith("notice")  # what is announced is one message, which may have to be edited
    most = 1 if whole else 2
    assert len(slack.messages(post)) <= most
    assert len(matrix.contents(post)) <= most
    assert len(errbot.messages(post, most=10_000)) <= most
    assert not whole or matrix.content(post)["body"] == matrix.contents(post)[0]["body"]
