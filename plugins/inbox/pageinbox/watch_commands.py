"""The commands about what is told without being asked: watch, watches, unwatch, mute, unmute, outbox, why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pageinbox.announce import Muted
from pageinbox.conversation import Conversation
from pageinbox.desk import Desk, older_than
from pageinbox.grammar import FILLERS, bare
from pageinbox.listing import SLICE_MAX
from pageinbox.look import Look
from pageinbox.muting import parse_mute
from pageinbox.post import Post
from pageinbox.settings import Settings
from pageinbox.source import Source
from pageinbox.watch import Every, Sleeper, Watch, Wish
from pageinbox.watching import parse_wish
from pageinbox.words import outbox, sentences, watches, why
from pageinbox.words.watches import Bound

if TYPE_CHECKING:
    from pageinbox.newsroom import Newsroom

DAY = 86400.0


class WatchCommands:
    """Each method takes the room and the words after the command, and gives what to say.

    `newsroom` gives the newsroom, or raises LedgerError; `clock` tells seconds since 1970, `prefix` is what commands
    begin with. They raise LedgerError, QueryError and UnknownRef.
    """

    def __init__(
        self,
        desk: Desk,
        chosen: Settings,
        newsroom: Callable[[], Newsroom],
        clock: Callable[[], float],
        prefix: str,
    ) -> None:
        self._desk = desk
        self._chosen = chosen
        self._newsroom = newsroom
        self._clock = clock
        self._prefix = prefix

    def watch(self, room: str, text: str, *, direct: bool) -> Post:
        """Make the room watch, and show what that will be like; `direct` says that the room is one person."""
        wish = parse_wish(text, self._desk.pages, self._prefix)
        sources = wish.sources(self._chosen.pages.values())
        if not sources:
            return sentences.not_watched(wish)
        newsroom, now = self._newsroom(), self._clock()
        watch, new = newsroom.wishes.add(room, wish, now)
        if not new:
            return watches.already(watch)
        newsroom.wake()
        looks = self._desk.listing.looks(sources, want=SLICE_MAX, until=now - DAY)
        likely = [
            (look.source, item)
            for look in looks
            for item in look.conversations
            if not wish.leaves_out(item) and (wish.every is Every.NEW or item.waiting is not False)
        ]
        likely.sort(key=lambda pair: pair[1].updated, reverse=True)
        standing = newsroom.standing()
        records = [standing[source] for source in sources if source in standing]
        complete = len(records) == len(sources) and all(record.complete for record in records)
        whole = all(look.at is not None and not look.more and not look.trouble for look in looks)
        there = sum(len(look.conversations) for look in looks) if whole else None
        post = watches.made(
            watch,
            self._chosen.pages,
            self._ref(dict((item.id, source) for source, item in likely)),
            self._chosen.detail,
            now,
            direct=direct,
            known=there if there is not None else sum(record.known for record in records) if complete else None,
            last_day=self._last_day(newsroom, wish, looks, [item for _, item in likely], now),
            sample=likely[0] if likely else None,
        )
        return watches.with_warnings(post, looks, self._chosen.pages)

    def _last_day(
        self, newsroom: Newsroom, wish: Wish, looks: Sequence[Look], likely: Sequence[Conversation], now: float
    ) -> tuple[int, Bound] | None:
        """Of how much a wish would have heard in the last day, and how sure that is; None where nobody can say.

        Of what the ledger has not watched for a day nobody knows whether it is new or only active again, nor of what
        fits by now whether it did then.
        """
        active = [item for item in likely if item.updated >= now - DAY]
        whole = all(look.trouble is None and (not look.more or older_than(look, now - DAY)) for look in looks)
        if wish.every is Every.MESSAGE:
            return (len(active), "at least") if active else None
        watched = newsroom.records.watched_since({look.source for look in looks}, now - DAY)
        new = newsroom.records.new_since([item.id for item in active], now - DAY) if watched else active
        if not whole and not watched:
            return None
        sure: Bound = "at most" if not watched else "exactly" if whole else "at least"
        if wish.unread or wish.text is not None:
            sure = "about"
        return (len(new), sure) if new or sure in ("exactly", "at most") else None

    def _ref(self, sources: dict[str, Source]) -> Callable[[Conversation], str]:
        return lambda item: self._desk.refs.give(sources[item.id], item.id)

    def watches(self, room: str, text: str) -> Post:
        """The room's watches by number, and what is muted there."""
        newsroom, now = self._newsroom(), self._clock()
        every = newsroom.wishes.watches()
        mutes = {muted: until for muted, until in newsroom.wishes.mutes(now).items() if muted.room == room}
        numbers = {muted.watch: until for muted, until in mutes.items() if muted.watch is not None}
        refs = {
            ref: until
            for muted, until in mutes.items()
            if muted.conversation is not None and (ref := self._known_ref(newsroom, muted.conversation)) is not None
        }
        own = [watch for watch in every if watch.room == room]
        return watches.watches(own, len(every) - len(own), numbers, refs, now, self._sleepers(newsroom, room))

    def _sleepers(self, newsroom: Newsroom, room: str) -> list[Sleeper]:
        return [one for one in newsroom.wishes.sleepers() if one.room == room]

    def _known_ref(self, newsroom: Newsroom, conversation_id: str) -> str | None:
        """A conversation's ref; None where its Page is gone from the settings."""
        history = newsroom.records.history(conversation_id)
        return None if history is None else self._desk.refs.give(history.source, conversation_id)

    def unwatch(self, room: str, text: str) -> Post:
        """End one of the room's own watches."""
        newsroom = self._newsroom()
        own = self._own(newsroom, room)
        target = target_of(text)
        if not target:
            return watches.nothing_to_unwatch(sorted(own))
        if len([word for word in text.split() if any(map(str.isdecimal, word))]) > 1:
            return watches.one_at_a_time(target)
        watch = own.get(int(target)) if target.isdecimal() else None
        if target in [str(one.number) for one in self._sleepers(newsroom, room)]:
            newsroom.wishes.end(int(target), self._clock())
            return watches.sleeper_ended(int(target))
        if watch is None:
            return watches.no_such_watch(target, sorted(own))
        if watch.ops:
            return watches.cannot_unwatch(watch)
        newsroom.wishes.end(watch.number, self._clock())
        newsroom.wake()
        return watches.unwatched(watch)

    def mute(self, room: str, text: str) -> Post:
        """Keep a watch or a conversation still in this room for a while."""
        target, lasting = parse_mute(text, self._prefix)
        newsroom, now = self._newsroom(), self._clock()
        own = self._own(newsroom, room)
        if target.isdecimal() and int(target) in own:
            newsroom.wishes.mute(Muted(room, watch=int(target)), now + lasting)
            return watches.muted(int(target), now + lasting, now)
        if target.isdecimal() and len(target) < 4:
            return watches.no_such_watch(target, sorted(own))
        named = self._desk.find(room, target)
        if not newsroom.wishes.mute(Muted(room, conversation=named.conversation_id), now + lasting):
            return watches.not_met(named.ref)
        return watches.muted(named.ref, now + lasting, now)

    def unmute(self, room: str, text: str) -> Post:
        """Speak of it again."""
        newsroom, target = self._newsroom(), target_of(text)
        if not target:
            return self.watches(room, "")
        if target.isdecimal() and int(target) in self._own(newsroom, room):
            number = int(target)
            done = newsroom.wishes.unmute(Muted(room, watch=number))
            return watches.unmuted(number) if done else watches.nothing_muted(number)
        if target.isdecimal() and len(target) < 4:
            return watches.no_such_watch(target, sorted(self._own(newsroom, room)))
        named = self._desk.find(room, target)
        done = newsroom.wishes.unmute(Muted(room, conversation=named.conversation_id))
        return watches.unmuted(named.ref) if done else watches.nothing_muted(named.ref)

    def outbox(self, room: str, text: str) -> Post:
        """What is not said yet, in every room."""
        return outbox.outbox(self._newsroom().records.waiting(), self._clock())

    def why(self, room: str, text: str) -> Post:
        """What became of one conversation, room by room."""
        newsroom, target = self._newsroom(), target_of(text)
        if not target:
            return sentences.nothing_named("why")
        named = self._desk.find(room, target)
        history = newsroom.records.history(named.conversation_id)
        if history is None:
            return watches.not_met(named.ref)
        return why.why(named.ref, history, self._chosen.pages, self._clock())

    def _own(self, newsroom: Newsroom, room: str) -> dict[int, Watch]:
        return {watch.number: watch for watch in newsroom.wishes.watches() if watch.room == room}


def target_of(text: str) -> str:
    """The ref or the number somebody named, folded; nothing where there is none."""
    words = (bare(word).lstrip("#") for word in text.split())
    word = next((word for word in words if word and word not in FILLERS and word not in ("watch", "ref", "number")), "")
    return word[:40]
