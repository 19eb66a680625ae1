"""Which watch hears of what, when, and together with what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

import msgspec

from pageinbox.model.announcement import NAMED, Decision, Occasion, Verdict
from pageinbox.model.conversation import Conversation
from pageinbox.model.selection import Folded
from pageinbox.model.source import Folder
from pageinbox.model.watch import Detail, Every, Later, Muted, Quiet, Watch
from pageinbox.tell.group import told_together

NOWHERE: Mapping[str, Folder] = {}
NOTHING: Mapping[str, Folded] = {}

LEFT_OUT = {
    "read": Verdict.READ,
    "unread": Verdict.UNREAD,
    "answered": Verdict.ANSWERED,
    "waiting": Verdict.WAITING,
    "name": Verdict.OTHER_NAME,
    "text": Verdict.OTHER_TEXT,
}


def decide(
    new: Sequence[Conversation],
    again: Sequence[Conversation],
    watches: Sequence[Watch],
    muted: Collection[Muted],
    *,
    now: float,
    away_since: float | None,
    moved_from: Mapping[str, Folder] = NOWHERE,
    texts: Mapping[str, Folded] = NOTHING,
    pages: int = 1,
) -> list[Decision]:
    """What becomes of the conversations of one look at one source, for each room of `watches`, which are all about it.

    `new` are conversations that were not there before, `again` those with a new message, both oldest first.
    `away_since` is when the last look before a time without any was, None where there was no such time. `moved_from`
    tells by id in which folder some of the new were before. So many `pages` are read. `texts` are those of the
    conversations, by id, as far as they were folded already.
    """
    decisions: list[Decision] = []
    found = [(item, False) for item in new] + [(item, True) for item in again if item.waiting is not False]
    found.sort(key=lambda pair: pair[0].updated)
    quiet = {watch.number: watch.spec.quiet.until(now) if watch.spec.quiet else None for watch in watches}
    counts: Counter[tuple[str, Occasion, float | None]] = Counter()
    for item, is_again in found:
        best: dict[str, Decision] = {}
        for watch in watches:
            if is_again and watch.spec.every is not Every.MESSAGE:
                continue
            decision = judge(
                item,
                is_again,
                watch,
                muted=muted,
                now=now,
                quiet_until=quiet[watch.number],
                away_since=away_since,
                text=texts.get(item.id),
                pages=pages,
            )
            known = best.get(watch.room)
            if known is None or rank(decision) < rank(known):
                best[watch.room] = decision
        for decision in best.values():
            if not is_again and item.id in moved_from:
                decision = msgspec.structs.replace(decision, moved_from=moved_from[item.id])
            together = (decision.room, decision.occasion, decision.due)
            counts[together] = count = counts[together] + 1
            # Of all that was missed it is told how many wait, and for how long.
            named = count <= NAMED or decision.occasion is not Occasion.ONGOING
            decisions.append(decision if named else msgspec.structs.replace(decision, named=False))
    return decisions


def length(quiet: Quiet | None) -> float:
    """Seconds that quiet hours last, when no clocks change meanwhile."""
    if quiet is None:
        return 0.0
    begin, end = (timedelta(hours=at.hour, minutes=at.minute) for at in (quiet.begin, quiet.end))
    return (end - begin).total_seconds() % 86400


def rank(decision: Decision) -> tuple[int, float]:
    """Of several watches of one room, the one that says it first decides; the one that says it at all before that."""
    return min(decision.verdict.value, Verdict.MUTED.value + 1), decision.due or 0.0


def speaks_from(watches: Sequence[Watch], now: float) -> float:
    """When the first of a room's watches lets it be told something: now, or at the end of quiet hours."""
    return min((watch.spec.quiet.until(now) or now) if watch.spec.quiet else now for watch in watches)


def judge(
    item: Conversation,
    again: bool,
    watch: Watch,
    *,
    muted: Collection[Muted],
    now: float,
    quiet_until: float | None,
    away_since: float | None,
    text: Folded | None = None,
    pages: int = 1,
) -> Decision:
    """What becomes of one conversation by one watch."""
    spec = watch.spec
    apart = again or spec.every is Every.MESSAGE or spec.detail is Detail.COUNT
    later = None if apart or spec.later is Later.NOTHING else spec.later

    occasion, due, since = Occasion.ONGOING, None, None
    if reason := spec.leaves_out(item, text):
        verdict = LEFT_OUT[reason]
    elif muted and (Muted(watch.room, watch=watch.number) in muted or Muted(watch.room, conversation=item.id) in muted):
        verdict = Verdict.MUTED
    elif quiet_until is not None:
        verdict, occasion = Verdict.HELD, Occasion.QUIET
        due, since = quiet_until, quiet_until - length(spec.quiet)
    elif away_since is not None:
        verdict, occasion = Verdict.ANNOUNCED, Occasion.AWAY
        due, since = told_together(now, pages), away_since
    elif spec.batch is not None:
        verdict, occasion = Verdict.ANNOUNCED, Occasion.BATCH
        since = now // spec.batch * spec.batch
        due = since + spec.batch
        if spec.quiet is not None and (until := spec.quiet.until(due)) is not None:
            verdict, occasion = Verdict.HELD, Occasion.QUIET
            due, since = until, until - length(spec.quiet)
    else:
        verdict, due = Verdict.ANNOUNCED, now
    return Decision(
        room=watch.room,
        watch=watch.number,
        conversation=item,
        again=again,
        verdict=verdict,
        occasion=occasion,
        found=now,
        due=due,
        since=since,
        detail=spec.detail,
        later=later,
    )
