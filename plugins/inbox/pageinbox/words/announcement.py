"""One announcement as a post: news, or notices, or a recovery together with what was found after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pageinbox.model.announcement import Announcement, News, Notice, NoticeKind
from pageinbox.model.post import Foreign, Line, Mention, Piece, Post
from pageinbox.model.source import Page
from pageinbox.model.watch import Detail, Ping
from pageinbox.words.common import label_of_all, page_of
from pageinbox.words.english import counted
from pageinbox.words.many import is_many
from pageinbox.words.news import Ref, card, card_offers, how_many, in_thread, of_news
from pageinbox.words.notices import (
    learning,
    learning_many,
    pages_told,
    reached_rooms,
    recovered,
    troubles,
    unreached_rooms,
    visible,
)
from pageinbox.words.reminders import of_reminders
from pageinbox.words.tokens import told as told_of_tokens

QUIET = {
    NoticeKind.LEARNED,
    NoticeKind.VISIBLE,
    NoticeKind.RECOVERED,
    NoticeKind.REACHED,
    NoticeKind.TOKEN_NEW,
    NoticeKind.ACCESS_RENEWED,
    NoticeKind.TOKEN_WORKS,
}
"""What nobody has to act on."""


def announcement(
    message: Announcement,
    pages: Mapping[str, Page],
    ref: Ref,
    detail: Detail,
    now: float,
    pings: Sequence[Ping] = (),
) -> Post:
    """One announcement as a post: an alert, but for a message in a thread and what is `QUIET`.

    `pages` are the Pages by name, `ref` gives a conversation's ref, `detail` is the setting for what has none of its
    own, `now` is in seconds since 1970. `pings` are to be mentioned, once: not in a thread, and no more when it is
    edited.
    """
    if message.under:
        return in_thread(message.news, pages, detail, now)
    if message.erased and not message.news:
        return erased(message.unkept)
    # What is edited stands beside the time when it was sent.
    now = now if message.said is None else message.said
    if message.notices:
        post = of_notices(message, pages, ref, detail, now)
    elif message.news and message.news[0].reminder is not None:
        post = of_reminders(message.news, pages, ref, detail, now)
    else:
        post = of_news(message.news, pages, ref, detail, now)
    post = mentioning(post, pings, notify=message.said is None)
    post = replace(post, alert=bool(message.news) or any(notice.kind not in QUIET for notice in message.notices))
    if message.erased:
        what = counted(message.erased, "conversation was", "conversations were")
        post = replace(post, notes=(*post.notes, (f"{what} erased from this message.",)), erases="some")
    return marked_as_repeat(post, restored=message.restored) if message.repeat else post


def marked_as_repeat(post: Post, *, restored: bool) -> Post:
    """The post, saying that it may have been said before: an earlier try may have arrived, or it was `restored`."""
    why = "my records were restored from a backup" if restored else "I couldn't tell whether it arrived the first time"
    return replace(post, notes=(*post.notes, (f"This may be a repeat: {why}.",)))


def erased(others: int) -> Post:
    """What stands in the place of a message of which something was erased.

    It told of so many others whose words are no longer kept, so that they can't be said again.
    """
    if not others:
        return Post(("What I announced here was erased.",), erases="all")
    those, their = ("The other one", "its") if others == 1 else (f"The {others:,} others", "their")
    left = f"{those} announced here can't be shown again, since I no longer keep {their} words."
    return Post(("A conversation I announced here was erased.",), ((left,),), erases="all")


def mentioning(post: Post, pings: Sequence[Ping], *, notify: bool) -> Post:
    """The post with names before its headline; without `notify`, or where a name was never found, they are text."""
    names: list[Piece] = []
    for ping in pings:
        names += [Mention(ping.id, ping.name) if notify and ping.id else Foreign(f"@{ping.name}"), " "]
    return replace(post, headline=(*names, *post.headline))


def of_notices(message: Announcement, pages: Mapping[str, Page], ref: Ref, detail: Detail, now: float) -> Post:
    """How sources fare, and what was found after a recovery."""
    by = {kind: [notice for notice in message.notices if notice.kind is kind] for kind in NoticeKind}
    rows, notes = card(message.news, pages, ref, detail, now)
    offers = card_offers(message.news, ref, detail)
    lines: list[Line] = []
    if back := by[NoticeKind.RECOVERED]:
        lines.append((recovered(back, pages) + meanwhile(message.news, back, pages, bool(rows)),))
    lines += troubles(by[NoticeKind.TROUBLE], pages, now)
    lines += visible(by[NoticeKind.VISIBLE], pages)
    lines += unreached_rooms([(each.room, each.since, each.why) for each in by[NoticeKind.UNREACHED]], now)
    lines += reached_rooms(by[NoticeKind.REACHED])
    lines += told_of_tokens(message.notices, lambda name: page_of(pages, name), now)
    if learned := by[NoticeKind.LEARNED]:
        if is_many(pages_told(learned)):
            lines.append(learning_many(learned, pages))
        elif len(learned) == 1 or rows:
            lines += [(learning(notice, pages),) for notice in learned]
        else:
            lines.append(("From now on I'll announce new conversations here, but not the ones already there:",))
            rows = tuple(
                ((label_of_all(notice.sources, pages, inbox=True),), (counted(notice.count, "conversation"),))
                for notice in learned
            )
    return Post(lines[0], tuple(lines[1:]), rows, notes, offers=offers)


def meanwhile(news: Sequence[News], back: Sequence[Notice], pages: Mapping[str, Page], listed: bool) -> str:
    """How many came while a source could not be read, and where if it was not only there.

    Without news it says nothing: there may be some that this room did not ask for.
    """
    if not news:
        return ""
    sources = {item.source for item in news}
    elsewhere = not sources <= {source for notice in back for source in notice.sources}
    where = f" in {label_of_all([item.source for item in news], pages)}" if elsewhere else ""
    return f" {how_many(news)} in the meantime{where}{':' if listed else '.'}"
