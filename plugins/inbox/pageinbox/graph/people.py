"""Who takes part in a conversation: the Page, whoever answers for it, and the person who is a customer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

import msgspec

from pageinbox.graph.wire import (
    LONGEST_NAME,
    Edge,
    WireConversation,
    WireMessage,
    WirePerson,
    items_of,
    people_in,
    tags_of,
)
from pageinbox.model.source import Platform

OUTGOING = "sent"
"""The tag of a message that went out of the Page's inbox, whoever wrote it."""


STAND_IN = re.compile(r"\b(?:facebook|instagram)\b", re.IGNORECASE)
"""What the name holds of somebody whose name Meta keeps back, in most languages: `Facebook User`, `Facebook-Nutzer`."""

NOBODY = WirePerson()


class Cast(msgspec.Struct, frozen=True, gc=False):
    """Who is who in one conversation.

    `own` are the Page's ids and, with an @, its username. `customers` are the others who take part, nobody where they
    are gone; None where it is not known who of several is the Page. `named` tells that the messages at hand name their
    senders, so that one without a sender was sent by somebody who is gone.
    """

    own: Collection[str]
    customers: Sequence[WirePerson] | None
    named: bool

    def from_page(self, message: WireMessage) -> bool | None:
        """Whether a message is the Page's: its own, or of somebody of its staff; None where that can't be told."""
        sender = message.sender or NOBODY
        if sender.id in self.own:
            return True
        if self.customers and sender.id == self.customers[0].id is not None and len(self.customers) == 1:
            return False  # as nearly always, where it was not the former
        if is_one_of(sender, self.own):
            return True
        if self.customers is None:
            return None
        receivers = people_in(message.to)
        if any(is_one_of(person, self.own) for person in receivers):
            return False
        if any(is_same(person, customer) for person in receivers for customer in self.customers):
            return True  # also where somebody of the staff takes part by name
        if any(is_same(sender, customer) for customer in self.customers):
            return False
        if receivers or OUTGOING in tags_of(message):
            return True
        if sender.id is None:
            return False if self.named else None
        # Somebody else is of the staff only where both have names: ids alone may differ for one person.
        return bool(self.customers) and all(map(is_named, (sender, *self.customers)))

    def person(self, item: WireConversation, messages: Sequence[WireMessage]) -> WirePerson | None:
        """The customer with a name if it is found anywhere; of several the one who wrote last."""
        if self.customers is None:
            return None
        if len(self.customers) == 1 and has_name(self.customers[0]):
            return self.customers[0]  # as nearly always
        wrote = [one.sender for one in messages if one.sender is not None and self.from_page(one) is False]
        received = [person for one in messages if self.from_page(one) for person in people_in(one.to)]
        candidates = [*self.customers, *wrote, *received, *(() if self.customers else people_in(item.senders))]
        if len(self.customers) > 1:
            candidates = [*wrote, *received, *candidates]
        others = [person for person in candidates if not is_one_of(person, self.own)]
        return next(filter(has_name, others), None)


def cast_of(
    item: WireConversation, own: Collection[str], messages: Sequence[WireMessage], *, certain: bool, named: bool
) -> Cast:
    """Who is who in a conversation; `messages` are those at hand, `certain` tells that no id is missing in `own`."""
    people = items_of(item.participants)
    if len(people) == 2:
        customer, page = people if people[1].id in own else reversed(people)
        if page.id in own and customer.id is not None and not is_one_of(customer, own):
            ids = (customer.id, page.id)
            if all(one.sender is None or one.sender.id in ids for one in messages):
                return Cast(own, [customer], named)  # as nearly always
    others = [person for person in people if not is_one_of(person, own)]
    senders = [one.sender for one in messages if one.sender is not None]
    everybody = [*people, *senders]
    met = [str(person.id) for person in everybody if is_one_of(person, own)]
    alone = len(people) == 1 == len({str(person.id) for person in everybody})
    clear = alone or (certain and len(people) < 2)
    return Cast({*own, *met}, others if met or clear else None, named)


def is_gone(item: WireConversation, cast: Cast, messages: Sequence[WireMessage]) -> bool:
    """Whether the person's account does not exist any more: it takes no part, or has no name and wrote as nobody."""
    if cast.customers is None or any(map(has_name, cast.customers)):
        return False
    if not isinstance(item.participants, (Edge, list)):
        return False
    if not cast.customers:
        return True
    return any(one.sender is None and cast.from_page(one) is False for one in messages)


def own_ids(items: Iterable[WireConversation], known: Collection[str]) -> frozenset[str]:
    """What the Page itself is known by in `items`: its ids and, with an @, its username.

    `known` holds the Page's id and, once they have been asked for, those of its Instagram account. Where the latter are
    missing its id is told by being the one in every conversation that names its people, if there are several.
    """
    seen: Counter[str] = Counter()
    conversations = 0
    for item in items:
        people = items_of(item.participants)
        if any(is_one_of(person, known) for person in people):
            return frozenset(known)
        ids = {str(person.id) for person in people if person.id is not None}
        seen.update(ids)
        conversations += bool(ids)
    always = [person_id for person_id, times in seen.items() if times == conversations > 1]
    return frozenset((*known, *always)) if len(always) == 1 else frozenset(known)


def is_among(known: Collection[str], items: Iterable[WireConversation]) -> bool:
    """Whether somebody known takes part in any conversation; also where none names its people."""
    named = False
    for person in (person for item in items for person in items_of(item.participants)):
        if is_one_of(person, known):
            return True
        named = True
    return not named


def takes_part(person_id: str, item: WireConversation) -> bool:
    """Whether a conversation names somebody of this id, among those who take part or who wrote."""
    senders = [message.sender for message in items_of(item.messages) if message.sender is not None]
    return any(str(person.id) == person_id for person in (*items_of(item.participants), *senders))


def is_one_of(person: WirePerson, known: Collection[str]) -> bool:
    """Whether somebody is known by an id or, with an @, by a username."""
    if person.id is not None and str(person.id) in known:
        return True
    return person.username is not None and f"@{person.username}" in known


def is_same(one: WirePerson, other: WirePerson) -> bool:
    """Whether two are one by their ids or, where those differ from place to place, by their names."""
    if one.id is not None and other.id is not None and str(one.id) == str(other.id):
        return True
    return bool({one.name, one.username} & {other.name, other.username} - {None, ""})


def name_of(person: WirePerson, platform: Platform) -> str | None:
    """The name of somebody as the platform has it: on Instagram it is the username."""
    name = (person.username or person.name) if platform is Platform.INSTAGRAM else person.name
    return name and name[:LONGEST_NAME]


def has_name(person: WirePerson) -> bool:
    return bool(person.name or person.username)


def is_named(person: WirePerson) -> bool:
    """Whether somebody has a name of their own."""
    return has_name(person) and not STAND_IN.search(person.name or "")
