"""From the wire to the conversations and messages that the rest of the program knows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import msgspec

from pageinbox.graph.asking import LATEST
from pageinbox.graph.automatic import AutomaticReplies
from pageinbox.graph.before import Before, Read, bits
from pageinbox.graph.common import Common, common_to
from pageinbox.graph.content import is_unsent, text_of
from pageinbox.graph.notes import is_note
from pageinbox.graph.talk import Talk, talk_of
from pageinbox.graph.turns import turns_of
from pageinbox.graph.values import FieldError, count, updated_of
from pageinbox.graph.wire import LONGEST, LONGEST_ID, LONGEST_LINK, WireConversation, WireMessage
from pageinbox.model.carried import NOT_SHOWN, typed
from pageinbox.model.conversation import Conversation, Message, Unreadable
from pageinbox.model.source import Platform

WHOLE = msgspec.json.Encoder()
"""By all that is read of a conversation it is told whether it has changed."""


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
    common = common_to(items, platform, known_ids)
    if before is not None:
        return read_again(items, common, automatic, before)
    good: list[Conversation] = []
    bad: list[Unreadable] = []
    for number, talk in enumerate(met(items, common, automatic), 1):
        try:
            good.append(read_conversation(talk, automatic, common))
        except FieldError as error:
            bad.append(given_up(talk.item, number, error))
    return good, bad


def read_again(
    items: Sequence[WireConversation], common: Common, automatic: AutomaticReplies, before: Before
) -> tuple[list[Conversation], list[Unreadable]]:
    """The same of what was read before, as far as it comes as it did then."""
    keys = [hash((common, WHOLE.encode(item))) for item in items]

    def new() -> list[Talk]:
        return met([item for item, key in zip(items, keys, strict=True) if key not in known], common, automatic)

    learned = automatic.words
    known = before.read(learned)
    talks = new()
    if automatic.words != learned:
        # What came just now may tell of what came before that nobody wrote it.
        learned = automatic.words
        known = before.read(learned)
        talks = new()
    rest = iter(talks)
    read: dict[int, Read] = {}
    good: list[Conversation] = []
    bad: list[Unreadable] = []
    for number, (item, key) in enumerate(zip(items, keys, strict=True), 1):
        if (found := known.get(key)) is None:
            talk = next(rest)
            try:
                found = Read(read_conversation(talk, automatic, common), bits_of(talk))
            except FieldError as error:
                bad.append(given_up(item, number, error))
                continue
        good.append(found.conversation)
        read[key] = found
    before.keep(read, learned)
    return good, bad


def bits_of(talk: Talk) -> int:
    """The bits of the words in it that would be automatic, once they are learned (`before.bits`)."""
    return bits(words for words in talk.prompt.values() if words is not None)


def given_up(item: WireConversation, number: int, error: FieldError) -> Unreadable:
    """A conversation that could not be read, the one of that number in its list."""
    return Unreadable(str(item.id or f"number {number}")[:LONGEST_ID], str(error))


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
    (talk,) = met([item], common, automatic)
    found = read_conversation(talk, automatic, common)
    return found, [read_message(talk, number, automatic) for number in range(len(talk.messages))]


def met(items: Iterable[WireConversation], common: Common, automatic: AutomaticReplies) -> list[Talk]:
    """Who wrote what in each of the conversations, once `automatic` has met what the Page said at once in them."""
    talks = [talk_of(item, common) for item in items]
    for talk in talks:
        for number in talk.prompt:
            talk.prompt[number] = automatic.meet(str(talk.item.id), talk.messages[number], talk.name)
    return talks


def read_conversation(talk: Talk, automatic: AutomaticReplies, common: Common) -> Conversation:
    """One conversation. Raises `FieldError` when its id or its time is unusable.

    Automatic replies and Meta's notes at its end are passed over, for what the customer wrote before, and so is what
    was taken back.
    """
    item = talk.item
    if item.id is None or item.id == "":
        raise FieldError("id is missing")
    if len(graph_id := str(item.id)) > LONGEST_ID:
        raise FieldError("id is too long")
    messages, sides, times = talk.messages, talk.from_page, talk.times
    updated = updated_of(item, messages, times)
    nothing = passed_over(talk, automatic)
    last = nothing.index(False) if False in nothing else len(messages)
    only_automatic = last > 0 and any(not (is_unsent(one) or is_note(one, talk.name)) for one in messages[:last])
    waiting, said, waits, at_least, answered, asked = None, None, None, False, None, None
    snippet: str | None
    total = count(item.message_count)
    if last < len(messages):
        waiting = None if sides[last] is None else not sides[last]
        snippet = text_of(messages[last]) or ("" if last else snippet_of(item)) or NOT_SHOWN
        said = times[last] if last else None
        first, answer, question, certain, asked_certain = turns_of(tuple(sides), last, nothing)
        whole = len(messages) < LATEST if total is None else len(messages) >= total
        waits = None if first is None else times[first]
        at_least = not (first is None or certain or whole)
        answered = None if answer is None else times[answer]
        asked = None if question is None or not (asked_certain or whole) else times[question]
    elif last:
        # What was there before is not at hand; where there was nothing, nobody waits. A note is nobody's answer, and
        # neither is what was taken back.
        waiting = None if last >= LATEST or not only_automatic else False
        snippet = text_of(messages[0]) or snippet_of(item)
    else:
        snippet = snippet_of(item)
    # With more than 15 keywords Python would first make a dict of them.
    return Conversation(
        graph_id,
        updated,
        common.platform,
        talk.name,
        snippet,
        common.unread(item),
        message_count=total,
        waiting=waiting,
        meta_link=link_of(item),
        wrote=talk.wrote,
        automatic=only_automatic,
        said=said,
        gone=talk.gone,
        waits=waits,
        at_least=at_least,
        answered=answered,
        asked=asked,
        person_id=talk.person_id,
    )


def link_of(item: WireConversation) -> str | None:
    """What Meta gives as the way to a conversation."""
    return item.link if item.link and len(item.link) <= LONGEST_LINK else None


def snippet_of(item: WireConversation) -> str | None:
    """What Meta itself shows of a conversation."""
    return item.snippet and typed(item.snippet[:LONGEST])


def passed_over(talk: Talk, automatic: AutomaticReplies) -> tuple[bool, ...]:
    """Which messages neither ask nor answer: they were taken back, or are the Page's and nobody wrote them."""
    return tuple(
        [
            bool(message.is_deleted and is_unsent(message)) or (mine is True and is_automatic(talk, number, automatic))
            for number, (message, mine) in enumerate(zip(talk.messages, talk.from_page, strict=True))
        ]
    )


def is_automatic(talk: Talk, number: int, automatic: AutomaticReplies) -> bool:
    """Whether nobody wrote a message of the Page's."""
    message, name, met = talk.messages[number], talk.name, talk.prompt.get(number)
    # What may turn out to be automatic is no note.
    return (met is None and is_note(message, name)) or automatic.includes(message, name, met)


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
        automatic=bool(talk.from_page[number]) and is_automatic(talk, number, automatic),
    )
