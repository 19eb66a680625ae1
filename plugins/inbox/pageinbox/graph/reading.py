"""From the wire to the conversations and messages that the rest of the program knows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

import msgspec

from pageinbox.graph.asking import LATEST
from pageinbox.graph.automatic import PROMPT, AutomaticReplies
from pageinbox.graph.before import Before, Read, bits
from pageinbox.graph.content import is_unsent, text_of
from pageinbox.graph.notes import is_note
from pageinbox.graph.people import Cast, cast_of, is_gone, own_ids
from pageinbox.graph.turns import turns
from pageinbox.graph.values import FieldError, count, time_of, updated_of
from pageinbox.graph.wire import (
    LONGEST,
    LONGEST_ID,
    LONGEST_LINK,
    LONGEST_NAME,
    WireConversation,
    WireMessage,
    WirePerson,
    items_of,
)
from pageinbox.model.carried import NOT_SHOWN, typed
from pageinbox.model.conversation import Conversation, Message, Unreadable
from pageinbox.model.source import Platform

WHOLE = msgspec.json.Encoder()
"""By all that is read of a conversation it is told whether it has changed."""


class Common(NamedTuple):
    """What the conversations of a list tell together, by which each is read.

    `own` are the Page's ids and, with an @, its username; `certain` tells that none is missing. `named` tells that
    messages name their senders, `unread_known` that a missing `unread_count` means zero.
    """

    own: frozenset[str]
    certain: bool
    named: bool
    unread_known: bool


def common_to(items: Sequence[WireConversation], platform: Platform, known_ids: Collection[str]) -> Common:
    """What the conversations tell together; `known_ids` are what the Page is known by as far as that was asked for.

    `unread_count` is left out by Meta when nothing is unread (a client library's finding), so a missing one means zero
    on Messenger; on Instagram, where it is undocumented, only when another item of the same list has it.
    """
    own = own_ids(items, known_ids) if platform is Platform.INSTAGRAM else frozenset(known_ids)
    return Common(
        own,
        platform is Platform.MESSENGER or len(own) > 1,
        any(message.sender is not None for item in items for message in items_of(item.messages)),
        any(item.unread_count is not None for item in items),
    )


def read_conversations(
    items: Sequence[WireConversation],
    platform: Platform,
    known_ids: Collection[str],
    automatic: AutomaticReplies,
    before: Before | None = None,
) -> tuple[list[Conversation], list[Unreadable]]:
    """All wire items as conversations, in order, and those that had to be given up.

    `known_ids` are what the Page is known by as far as that was asked for. `automatic` learns from all that is new
    before it is asked about any. `before` is how the list was read last, and from now on how it is read here.
    """
    before = before or Before()
    common, learned = common_to(items, platform, known_ids), automatic.words
    circumstances = hash(common)
    keys = [hash((circumstances, WHOLE.encode(item))) for item in items]
    known = before.read(learned)

    def met() -> list[tuple[Talk, int]]:
        talks = talks_of([item for item, key in zip(items, keys, strict=True) if key not in known], platform, common)
        return list(zip(talks, learn(talks, automatic), strict=True))

    new = met()
    if automatic.words != learned:
        # What came just now may tell of what came before that nobody wrote it.
        learned = automatic.words
        known = before.read(learned)
        new = met()
    rest = iter(new)
    read: dict[int, Read] = {}
    good: list[Conversation] = []
    bad: list[Unreadable] = []
    for number, (item, key) in enumerate(zip(items, keys, strict=True), 1):
        if (found := known.get(key)) is None:
            talk, words = next(rest)
            try:
                found = Read(read_conversation(talk, platform, automatic, common), words)
            except FieldError as error:
                bad.append(Unreadable(str(item.id or f"number {number}")[:LONGEST_ID], str(error)))
                continue
        good.append(found.conversation)
        read[key] = found
    before.keep(read, learned)
    return good, bad


def read_thread(
    item: WireConversation,
    messages: Sequence[WireMessage],
    platform: Platform,
    known_ids: Collection[str],
    automatic: AutomaticReplies,
) -> tuple[Conversation, list[Message]]:
    """One conversation and its messages, newest first. Raises `FieldError` when its id or its time is unusable."""
    item = msgspec.structs.replace(item, messages=list(messages))
    common = common_to([item], platform, known_ids)
    (talk,) = talks = talks_of([item], platform, common)
    learn(talks, automatic)
    found = read_conversation(talk, platform, automatic, common)
    return found, [read_message(talk, number, automatic) for number in range(len(talk.messages))]


class Talk(msgspec.Struct, frozen=True, gc=False):
    """A conversation as it came, with who is who in it. `messages` are newest first.

    `from_page` tells of each of them whether it is the Page's, and `times` when it was written, None where Meta does
    not say. `prompt` are those that are the Page's and came at once after one of the customer's: their numbers, and
    what is known of their words once `learn` has met them. `wrote` is when the last of the customer's was written; None
    where it is not at hand.
    """

    item: WireConversation
    messages: list[WireMessage]
    cast: Cast
    name: str | None
    person_id: str | None
    from_page: list[bool | None]
    times: list[float | None]
    prompt: dict[int, int | None]
    wrote: float | None


def talks_of(items: Sequence[WireConversation], platform: Platform, common: Common) -> list[Talk]:
    """Who is who in each of the conversations."""
    return [talk_of(item, platform, common) for item in items]


def learn(talks: Iterable[Talk], automatic: AutomaticReplies) -> list[int]:
    """Tell `automatic` what the Page said at once in these; gives the bits of those words of each (`before.bits`)."""
    found = []
    for talk in talks:
        for number in talk.prompt:
            talk.prompt[number] = automatic.meet(str(talk.item.id), talk.messages[number], talk.name)
        found.append(bits(words for words in talk.prompt.values() if words is not None) if talk.prompt else 0)
    return found


def talk_of(item: WireConversation, platform: Platform, common: Common) -> Talk:
    messages, times = newest_first(items_of(item.messages))
    cast = cast_of(item, common.own, messages, certain=common.certain, named=common.named)
    person = cast.person(item, messages)
    name = None
    if person is not None:
        name = (person.username or person.name) if platform is Platform.INSTAGRAM else person.name
        name = name and name[:LONGEST_NAME]
    from_page = list(map(cast.from_page, messages))
    wrote, prompt = None, dict[int, int | None]()
    for number in range(len(messages) - 1, -1, -1):
        if from_page[number] is False:
            wrote = times[number]
        elif from_page[number] and wrote is not None:
            at = times[number]
            if at is not None and at - wrote <= PROMPT:
                prompt[number] = None
    return Talk(item, messages, cast, name, id_of(cast, person), from_page, times, prompt, wrote)


def id_of(cast: Cast, person: WirePerson | None) -> str | None:
    """The id of the customer; None where that can't be told."""
    alone = cast.customers[0] if cast.customers and len(cast.customers) == 1 else person
    found = None if alone is None or alone.id is None else str(alone.id)
    return found if found is None or len(found) <= LONGEST_ID else None


def newest_first(messages: list[WireMessage]) -> tuple[list[WireMessage], list[float | None]]:
    """The messages from the newest to the oldest, and when each was written.

    They nearly always come so. Those of one second stay as they are, and so do all where one has no time.
    """
    times = list(map(time_of, messages))
    known = [at for at in times if at is not None]
    if len(known) < len(times) or known == (descending := sorted(known, reverse=True)):
        return messages, times
    both = sorted(zip(known, messages, strict=True), key=lambda each: -each[0])
    return [message for _, message in both], list(descending)


def read_conversation(talk: Talk, platform: Platform, automatic: AutomaticReplies, common: Common) -> Conversation:
    """One conversation. Raises `FieldError` when its id or its time is unusable.

    Automatic replies and Meta's notes at its end are passed over, for what the customer wrote before, and so is what
    was taken back.
    """
    item = talk.item
    if item.id is None or item.id == "":
        raise FieldError("id is missing")
    if len(str(item.id)) > LONGEST_ID:
        raise FieldError("id is too long")
    updated = updated_of(item, talk.times)
    messages, sides, times = talk.messages, talk.from_page, talk.times
    nothing = passed_over(talk, automatic)
    last = nothing.index(False) if False in nothing else len(messages)
    only_automatic = last > 0 and any(not (is_unsent(one) or is_note(one, talk.name)) for one in messages[:last])
    waiting, snippet, said = None, item.snippet and typed(item.snippet[:LONGEST]), None
    waits, answered, asked, at_least = None, None, None, False
    total = count(item.message_count)
    if last < len(messages):
        waiting = None if sides[last] is None else not sides[last]
        snippet = text_of(messages[last]) or ("" if last else snippet) or NOT_SHOWN
        said = times[last] if last else None
        first, answer, certain = turns(sides, last, nothing)
        waits = None if first is None else times[first]
        answered = None if answer is None else times[answer]
        whole = len(messages) < LATEST if total is None else len(messages) >= total
        at_least = not (first is None or certain or whole)
        if answer is not None:
            question, _, certain = turns(sides, answer + 1, nothing)
            asked = None if question is None or not (certain or whole) else times[question]
    elif last:
        # What was there before is not at hand; where there was nothing, nobody waits. A note is nobody's answer, and
        # neither is what was taken back.
        waiting = None if last >= LATEST or not only_automatic else False
        snippet = text_of(messages[0]) or snippet
    return Conversation(
        str(item.id),
        updated,
        platform,
        name=talk.name,
        snippet=snippet,
        unread=0 if item.unread_count is None and common.unread_known else count(item.unread_count),
        message_count=total,
        waiting=waiting,
        meta_link=item.link if item.link and len(item.link) <= LONGEST_LINK else None,
        wrote=talk.wrote,
        automatic=only_automatic,
        said=said,
        gone=is_gone(item, talk.cast, talk.messages),
        waits=waits,
        at_least=at_least,
        answered=answered,
        asked=asked,
        person_id=talk.person_id,
    )


def passed_over(talk: Talk, automatic: AutomaticReplies) -> list[bool]:
    """Which messages neither ask nor answer: they were taken back, or are the Page's and nobody wrote them."""
    return [
        bool((message.is_deleted and is_unsent(message)) or (mine and is_automatic(talk, number, automatic)))
        for number, (message, mine) in enumerate(zip(talk.messages, talk.from_page, strict=True))
    ]


def is_automatic(talk: Talk, number: int, automatic: AutomaticReplies) -> bool:
    """Whether a message is the Page's, and nobody wrote it."""
    message = talk.messages[number]
    return bool(talk.from_page[number]) and (
        is_note(message, talk.name) or automatic.includes(message, talk.name, talk.prompt.get(number))
    )


def read_message(talk: Talk, number: int, automatic: AutomaticReplies) -> Message:
    """One message; an unreadable time becomes None rather than losing the text."""
    message = talk.messages[number]
    sender = message.sender
    return Message(
        str(message.id or ""),
        talk.times[number],
        talk.from_page[number],
        name=(sender.username or sender.name) if sender else None,
        text=text_of(message) or NOT_SHOWN,
        automatic=is_automatic(talk, number, automatic),
    )
