"""A conversation as it came, with who wrote what in it and when."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from pageinbox.graph.automatic import PROMPT
from pageinbox.graph.common import Common
from pageinbox.graph.people import Cast, cast_of, has_name, is_gone, is_one_of, name_of
from pageinbox.graph.values import FieldError, seconds, time_of
from pageinbox.graph.wire import LONGEST_ID, WireConversation, WireMessage, WirePerson, items_of


class Talk(msgspec.Struct, frozen=True, gc=False):
    """A conversation as it came. `messages` are newest first.

    `name` and `person_id` are the customer's, and `gone` tells that their account does not exist any more.
    `from_page` tells of each message whether it is the Page's, and `times` when it was written, None where Meta does
    not say. `wrote` is when the last of the customer's was written; None where it is not at hand. `prompt` are those
    that are the Page's and came at once after one of the customer's: their numbers, and what is known of their words
    once they were shown to `AutomaticReplies.meet`.
    """

    item: WireConversation
    messages: Sequence[WireMessage]
    name: str | None
    person_id: str | None
    gone: bool
    from_page: Sequence[bool | None]
    times: Sequence[float | None]
    wrote: float | None
    prompt: dict[int, int | None]


def talk_of(item: WireConversation, common: Common) -> Talk:
    """Who wrote what in a conversation."""
    return usual(item, common) or careful(item, common)


def usual(item: WireConversation, common: Common) -> Talk | None:
    """What `careful` gives of a conversation, in a fraction of the time; None where that has to look closer.

    Nearly always the Page and somebody with a name take part, one of them sent each message, and they come newest first
    with their times.
    """
    own = common.own
    people, messages = items_of(item.participants), items_of(item.messages)
    if len(people) != 2:
        return None
    customer, page = people if people[1].id in own else reversed(people)
    person_id, page_id = customer.id, page.id
    if type(person_id) is not str or len(person_id) > LONGEST_ID or not has_name(customer):
        return None
    if page_id not in own or is_one_of(customer, own):
        return None
    from_page: list[bool] = []
    times: list[float] = []
    newer, mine, run, prompt = float("inf"), False, 0, list[int]()
    try:
        for message in messages:
            if (sender := message.sender) is None:
                return None
            at = seconds(message.created_time, "created_time")
            if at > newer:
                return None
            if sender.id == page_id:
                run = run if mine else len(times)
                mine = True
            elif sender.id == person_id:
                if mine and newer - at <= PROMPT:
                    prompt += [number for number in range(run, len(times)) if times[number] - at <= PROMPT]
                mine = False
            else:
                return None
            from_page.append(mine)
            times.append(at)
            newer = at
    except FieldError:
        return None
    name = name_of(customer, common.platform)
    wrote = times[from_page.index(False)] if False in from_page else None
    return Talk(item, messages, name, person_id, False, from_page, times, wrote, dict.fromkeys(reversed(prompt)))


def careful(item: WireConversation, common: Common) -> Talk:
    """Who wrote what in a conversation, whatever it is like."""
    messages, times = newest_first(items_of(item.messages))
    cast = cast_of(item, common.own, messages, certain=common.certain, named=common.named)
    person = cast.person(item, messages)
    name = None if person is None else name_of(person, common.platform)
    from_page = list(map(cast.from_page, messages))
    gone = is_gone(item, cast, messages)
    wrote = next((at for at, mine in zip(times, from_page, strict=True) if mine is False), None)
    return Talk(item, messages, name, id_of(cast, person), gone, from_page, times, wrote, prompt_in(from_page, times))


def prompt_in(from_page: Sequence[bool | None], times: Sequence[float | None]) -> dict[int, int | None]:
    """The numbers of the Page's messages that came at once after one of the customer's."""
    wrote, prompt = None, dict[int, int | None]()
    for number in range(len(times) - 1, -1, -1):
        if from_page[number] is False:
            wrote = times[number]
        elif wrote is not None and from_page[number]:
            at = times[number]
            if at is not None and at - wrote <= PROMPT:
                prompt[number] = None
    return prompt


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
