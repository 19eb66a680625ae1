"""The commands about what is told without being asked: watch, watches, unwatch, mute, unmute, outbox, why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pageinbox.ask.answers import Answers
from pageinbox.ask.listing import SLICE_MAX
from pageinbox.ask.rows import older_than
from pageinbox.language.mute import parse_mute
from pageinbox.language.vocabulary import FILLERS
from pageinbox.language.watch import parse_watch
from pageinbox.model.conversation import Conversation
from pageinbox.model.look import Look
from pageinbox.model.post import Post
from pageinbox.model.source import Source
from pageinbox.model.text import bare
from pageinbox.model.watch import Every, Muted, PausedWatch, Watch, WatchSpec
from pageinbox.settings.table import Settings
from pageinbox.words import outbox, refusals, watches, why
from pageinbox.words.watches import Bound

if TYPE_CHECKING:
    from pageinbox.tell.service import WatchService


DAY = 86400.0


class WatchCommands:
    """Each method takes the room and the words after the command, and gives what to say.

    `service` gives the service, or raises LedgerError; `clock` tells seconds since 1970, `prefix` is what commands
    begin with. They raise LedgerError, QueryError and UnknownRef.
    """

    def __init__(
        self,
        answers: Answers,
        chosen: Settings,
        service: Callable[[], WatchService],
        clock: Callable[[], float],
        prefix: str,
    ) -> None:
        self._answers = answers
        self._chosen = chosen
        self._service = service
        self._clock = clock
        self._prefix = prefix

    def watch(self, room: str, text: str, *, direct: bool) -> Post:
        """Make the room watch, and show what that will be like; `direct` says that the room is one person."""
        wish = parse_watch(text, self._answers.pages, self._prefix)
        sources = wish.sources(self._chosen.pages.values())
        if not sources:
            return refusals.not_watched(wish)
        service, now = self._service(), self._clock()
        watch, new = service.wishes.add(room, wish, now)
        if not new:
            return watches.already(watch)
        service.wake()
        looks = self._answers.listing.looks(sources, want=SLICE_MAX, until=now - DAY)
        likely = [
            (look.source, item)
            for look in looks
            for item in look.conversations
            if not wish.leaves_out(item) and (wish.every is Every.NEW or item.waiting is not False)
        ]
        likely.sort(key=lambda pair: pair[1].updated, reverse=True)
        standing = service.standing()
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
            last_day=self._last_day(service, wish, looks, [item for _, item in likely], now),
            sample=likely[0] if likely else None,
        )
        return watches.with_warnings(post, looks, self._chosen.pages)

    def _last_day(
        self, service: WatchService, wish: WatchSpec, looks: Sequence[Look], likely: Sequence[Conversation], now: float
    ) -> tuple[int, Bound] | None:
        """Of how much a wish would have heard in the last day, and how sure that is; None where nobody can say.

        Of what the ledger has not watched for a day nobody knows whether it is new or only active again, nor of what
        fits by now whether it did then.
        """
        active = [item for item in likely if item.updated >= now - DAY]
        whole = all(look.trouble is None and (not look.more or older_than(look, now - DAY)) for look in looks)
        if wish.every is Every.MESSAGE:
            return (len(active), "at least") if active else None
        watched = service.records.watched_since({look.source for look in looks}, now - DAY)
        new = service.records.new_since([item.id for item in active], now - DAY) if watched else active
        if not whole and not watched:
            return None
        sure: Bound = "at most" if not watched else "exactly" if whole else "at least"
        if wish.unread or wish.text is not None:
            sure = "about"
        return (len(new), sure) if new or sure in ("exactly", "at most") else None

    def _ref(self, sources: dict[str, Source]) -> Callable[[Conversation], str]:
        return lambda item: self._answers.refs.give(sources[item.id], item.id)

    def watches(self, room: str, text: str) -> Post:
        """The room's watches by number, and what is muted there."""
        service, now = self._service(), self._clock()
        every = service.wishes.watches()
        mutes = {muted: until for muted, until in service.wishes.mutes(now).items() if muted.room == room}
        numbers = {muted.watch: until for muted, until in mutes.items() if muted.watch is not None}
        refs = {
            ref: until
            for muted, until in mutes.items()
            if muted.conversation is not None and (ref := self._known_ref(service, muted.conversation)) is not None
        }
        own = [watch for watch in every if watch.room == room]
        return watches.watches(own, len(every) - len(own), numbers, refs, now, self._paused(service, room))

    def _paused(self, service: WatchService, room: str) -> list[PausedWatch]:
        return [one for one in service.wishes.paused() if one.room == room]

    def _known_ref(self, service: WatchService, conversation_id: str) -> str | None:
        """A conversation's ref; None where its Page is gone from the settings."""
        history = service.records.history(conversation_id)
        return None if history is None else self._answers.refs.give(history.source, conversation_id)

    def unwatch(self, room: str, text: str) -> Post:
        """End one of the room's own watches."""
        service = self._service()
        own = self._own(service, room)
        target = target_of(text)
        if not target:
            return watches.nothing_to_unwatch(sorted(own))
        if len([word for word in text.split() if any(map(str.isdecimal, word))]) > 1:
            return watches.one_at_a_time(target)
        watch = own.get(int(target)) if target.isdecimal() else None
        if target in [str(one.number) for one in self._paused(service, room)]:
            service.wishes.end(int(target), self._clock())
            return watches.paused_ended(int(target))
        if watch is None:
            return watches.no_such_watch(target, sorted(own))
        if watch.ops:
            return watches.cannot_unwatch(watch)
        service.wishes.end(watch.number, self._clock())
        service.wake()
        return watches.unwatched(watch)

    def mute(self, room: str, text: str) -> Post:
        """Keep a watch or a conversation still in this room for a while."""
        target, lasting = parse_mute(text, self._prefix)
        service, now = self._service(), self._clock()
        own = self._own(service, room)
        if target.isdecimal() and int(target) in own:
            service.wishes.mute(Muted(room, watch=int(target)), now + lasting)
            return watches.muted(int(target), now + lasting, now)
        if target.isdecimal() and len(target) < 4:
            return watches.no_such_watch(target, sorted(own))
        named = self._answers.find(room, target)
        if not service.wishes.mute(Muted(room, conversation=named.conversation_id), now + lasting):
            return watches.not_met(named.ref)
        return watches.muted(named.ref, now + lasting, now)

    def unmute(self, room: str, text: str) -> Post:
        """Speak of it again."""
        service, target = self._service(), target_of(text)
        if not target:
            return self.watches(room, "")
        if target.isdecimal() and int(target) in self._own(service, room):
            number = int(target)
            done = service.wishes.unmute(Muted(room, watch=number))
            return watches.unmuted(number) if done else watches.nothing_muted(number)
        if target.isdecimal() and len(target) < 4:
            return watches.no_such_watch(target, sorted(self._own(service, room)))
        named = self._answers.find(room, target)
        done = service.wishes.unmute(Muted(room, conversation=named.conversation_id))
        return watches.unmuted(named.ref) if done else watches.nothing_muted(named.ref)

    def outbox(self, room: str, text: str) -> Post:
        """What is not said yet, in every room."""
        return outbox.outbox(self._service().records.waiting(), self._clock())

    def why(self, room: str, text: str) -> Post:
        """What became of one conversation, room by room."""
        service, target = self._service(), target_of(text)
        if not target:
            return refusals.nothing_named("why")
        named = self._answers.find(room, target)
        history = service.records.history(named.conversation_id)
        if history is None:
            return watches.not_met(named.ref)
        return why.why(named.ref, history, self._chosen.pages, self._clock())

    def _own(self, service: WatchService, room: str) -> dict[int, Watch]:
        return {watch.number: watch for watch in service.wishes.watches() if watch.room == room}


def target_of(text: str) -> str:
    """The ref or the number somebody named, folded; nothing where there is none."""
    words = (bare(word).lstrip("#") for word in text.split())
    word = next((word for word in words if word and word not in FILLERS and word not in ("watch", "ref", "number")), "")
    return word[:40]
