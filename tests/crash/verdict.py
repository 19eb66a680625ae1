"""What is to be true when a storm is over."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from pageinbox.model.act import ActKind
from pageinbox.model.history import State
from tests.crash.census import Census, Told
from tests.crash.storm import BOARD, DAY, DUE, FALSE_ID, OPS, PATIENT, REMINDING, SOON, TOKEN, Storm
from tests.recording import Message

NAMED = 5  # a card names as many
REPEAT = "This may be a repeat"
ACCEPTED = "Meta accepts the token again"
CHART, NO_CHART = "[file ", "I couldn't send the chart"
"""What messages begin with that are a file, or say that there is none."""
HOW_MANY = re.compile(r"([\d,]+) (?:new|from (?:an)?other folders?|have been waiting)\b")


def judge(
    storm: Storm,
    messages: Sequence[Message],
    census: Census,
    *,
    settled: bool,
    doubts: Counter[int],
    in_chat: int,
) -> None:
    """Hold the messages a chat has received, oldest first, against what was born.

    `settled` is whether the chat can settle a doubt: then each announcement is there once. Else there may be one more
    of it, marked, for each doubt there was about it: `doubts` are how often a kill left which announcement in doubt,
    `in_chat` is how often the chat did so with any. Raises AssertionError.
    """
    assert not census.unsaid, f"never said: {census.unsaid}"
    unsent = [told for told in census.announcements if told.state is not State.SENT]
    assert not unsent, f"never sent: {unsent}"
    told_of = announced(census)
    once_each(storm, told_of)
    nothing_quiet(storm, told_of)
    if REMINDING in storm.watches:
        reminded_once(storm, told_of)
    allowed = 0 if settled else sum(doubts.values()) + in_chat
    if storm.tokens:
        tokens_in_turn(messages, storm.ends_soon, allowed)
    if storm.digest:
        digest_once([message for message in messages if message.room == BOARD], allowed)
    copies = received(storm, [message for message in messages if message.room != BOARD], census)
    for told in census.announcements:
        if told.threads:
            well_said(storm, told, copies[told.number], 1 if settled else 1 + doubts[told.number] + told.tries)
    surplus = sum(len(each) - 1 for each in copies.values())
    assert surplus <= sum(doubts.values()) + in_chat, f"{surplus} repeats for {doubts} and {in_chat} doubts"


def judge_acts(acts: Sequence[tuple[int, int, str, bool]], answered: Sequence[str]) -> int:
    """Hold what the ledger has of acts against those that were answered, by who made them; gives how many were.

    Of the claims on a conversation only the last one holds. Raises AssertionError.
    """
    lost = set(answered) - {who for _, _, who, _ in acts}
    assert not lost, f"acts that were answered and are not there: {lost}"
    claims: dict[int, list[bool]] = defaultdict(list)
    for conversation, kind, _, holds in acts:
        if kind == ActKind.CLAIM.value:
            claims[conversation].append(holds)
    assert all(not any(each[:-1]) for each in claims.values()), f"several claims hold: {claims}"
    return len(answered)


def announced(census: Census) -> Counter[tuple[str, str]]:
    """How many announcements of each room tell of each thread."""
    return Counter((id, told.room) for told in census.announcements for id in told.threads)


def once_each(storm: Storm, told_of: Counter[tuple[str, str]]) -> None:
    for token, one in storm.born.items():
        for room in one.rooms:
            number = told_of[one.id, room]
            assert number == 1, f"{token} ({one}) has {number} announcements in {room}"


def nothing_quiet(storm: Storm, told_of: Counter[tuple[str, str]]) -> None:
    allowed = {(one.id, room) for one in storm.born.values() for room in one.rooms | one.perhaps}
    allowed |= {(one.id, DUE) for one in storm.born.values()}
    wrong = [(id, room) for id, room in told_of if (id, room) not in allowed and id != FALSE_ID]
    assert not wrong, f"nobody was to be told of {wrong}"


def reminded_once(storm: Storm, told_of: Counter[tuple[str, str]]) -> None:
    """Nobody answers in a storm, so whoever wrote to an inbox, and was taken by nobody, has waited for long enough."""
    for token, one in storm.born.items():
        number = told_of[one.id, DUE]
        assert number <= 1, f"{number} reminders of {token} ({one})"
        spared = one.place[1] != "inbox" or one.perhaps or not token.endswith(PATIENT)
        assert number or spared, f"nobody was reminded of {token} ({one})"


def digest_once(messages: Sequence[Message], repeats: int) -> None:
    """A room was told its digest, which came due once; each repeat is marked, and there are no more than may be.

    One that was lost in doubt is marked all the same. Behind each there may be its chart, which a killed bot no longer
    sends.
    """
    told = [message for message in messages if not message.text.startswith((CHART, NO_CHART))]
    charts = [message for message in messages if message.text.startswith(CHART)]
    assert told, f"no digest: {messages}"
    marked = [REPEAT in message.text for message in told]
    assert all(marked[1:]) and (repeats or not marked[0]), f"repeats that are not marked, or none that is: {told}"
    assert len(told) - 1 <= repeats, f"{len(told) - 1} repeats of a digest: {told}"
    assert len(charts) <= len(told), f"more charts than digests: {messages}"


def token_turns(messages: Sequence[Message]) -> list[bool]:
    """Whether the token ends soon, by what OPS were told of it, in order."""
    soon = [datetime.now(UTC) + timedelta(days=days) for days in range(round(SOON / DAY) + 2)]
    holds = [f"valid until {day.day} {day:%b}" for day in soon]
    return [any(words in message.text for words in ("the token ends", *holds)) for message in of_token(messages)]


def of_token(messages: Sequence[Message]) -> list[Message]:
    """What tells until when it holds; one that Meta refused for a while is told of once it is accepted again."""
    kinds = ("the token ends", "the token is new", f"{ACCEPTED}; it is valid until")
    return [message for message in messages if message.room == OPS and any(kind in message.text for kind in kinds)]


def tokens_in_turn(messages: Sequence[Message], ends_soon: bool, repeats: int) -> None:
    """OPS were told once that a token ends, once that it is new, and so on until what it does now; each repeat is
    marked, and there are no more than may be. That it is accepted again is no repeat of anything."""
    told, turns = of_token(messages), token_turns(messages)
    assert turns[-1:] == [ends_soon], f"the last thing that was told of a token: {told[-1:]}"
    again = [
        message
        for message, now, before in zip(told[1:], turns[1:], turns, strict=False)
        if now == before and ACCEPTED not in message.text
    ]
    unmarked = [message for message in again if REPEAT not in message.text]
    assert not unmarked, f"told twice of a token: {unmarked}"
    assert len(again) <= repeats, f"{len(again)} repeats about a token: {again}"
    assert repeats or not any(REPEAT in message.text for message in told), f"there was no doubt about {told}"


def received(storm: Storm, messages: Sequence[Message], census: Census) -> dict[int, list[Message]]:
    """The messages of each announcement, oldest first: by its key or, where the chat has none, by what it names."""
    by_thread = {(id, told.room): told.number for told in census.announcements for id in told.threads}
    copies: dict[int, list[Message]] = defaultdict(list)
    for message in messages:
        tokens = TOKEN.findall(message.text)
        if message.key:
            copies[int(message.key.rpartition("-")[2])].append(message)
        elif tokens:
            unborn = [token for token in tokens if token not in storm.born]
            assert not unborn, f"it tells of {unborn}: {message}"
            numbers = {by_thread.get((storm.born[token].id, message.room)) for token in tokens}
            assert len(numbers) == 1, f"it belongs to announcements {numbers}: {message}"
            copies[numbers.pop() or 0].append(message)
    unknown = copies.keys() - {told.number for told in census.announcements}
    # What was surely refused went back into the queue, under another number.
    assert not unknown, f"of no announcement: {[copies[number] for number in unknown]}"
    return copies


def well_said(storm: Storm, told: Told, messages: list[Message], most: int) -> None:
    """One announcement of threads: not more copies than there may be, marked where they must be, telling of the right
    threads, and the receipt is one the chat gave."""
    assert messages, f"{told} is marked as sent, and the chat knows nothing of it"
    assert {message.room for message in messages} == {told.room}, f"in the wrong room: {messages}"
    assert len(messages) <= most, f"{len(messages)} copies of {told}: {messages}"
    unmarked = [message for message in messages[1:] if REPEAT not in message.text]
    assert not unmarked, f"repeats that are not marked: {messages}"
    assert most > 1 or REPEAT not in messages[0].text, f"there was no doubt about {messages}"
    if messages[0].key:
        assert told.receipt in {message.receipt for message in messages}, f"another's receipt: {told}, {messages}"
    tokens = {one.id: token for token, one in storm.born.items()}
    expected = {tokens[id] for id in told.threads if id != FALSE_ID}
    for message in messages:
        shown = set(TOKEN.findall(message.text))
        # The id that a fault makes up borrows its words: of up to two others, whom it met first and who wrote when it
        # was met again, or of one that this very announcement tells of too.
        borrowed = FALSE_ID in told.threads
        spare = 2 * borrowed
        named = min(len(told.threads), NAMED)
        assert len(shown - expected) <= spare, f"it tells of others than {told}: {message}"
        assert named - borrowed <= len(shown) <= named + spare, f"it names too many or too few of {told}: {message}"
        if len(told.threads) > 1:
            counted = HOW_MANY.findall(message.text)
            assert counted, f"no number in {message}"
            number = sum(int(one.replace(",", "")) for one in counted)
            assert number == len(told.threads), f"it counts wrongly: {told}, {message}"
