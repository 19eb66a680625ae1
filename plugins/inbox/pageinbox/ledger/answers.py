"""What was answered, as looks find it: each time that a customer waited, once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, bindparam, delete, select

from pageinbox.ledger.bulk import INSERTS, among, in_bulk
from pageinbox.ledger.schema import ANSWERED_AT, answer, ms
from pageinbox.ledger.sources import SourceRow
from pageinbox.model.conversation import Conversation
from pageinbox.model.hours import OpeningHours

DAY = ms(86400)

GIVEN = select(answer.c.conversation, answer.c.since, ANSWERED_AT.label("answered"), answer.c.at_least).where(
    answer.c.conversation.in_(bindparam("conversations", expanding=True))
)
VOID = delete(answer).where(
    and_(answer.c.conversation == bindparam("its_conversation"), answer.c.since == bindparam("its_since"))
)


def keeping(insert: Any) -> Any:
    """What puts an answer into the ledger, or brings it up to date."""
    statement = insert(answer)
    changed = {column.name: statement.excluded[column.name] for column in answer.columns if not column.primary_key}
    return statement.on_conflict_do_update(index_elements=["conversation", "since"], set_=changed)


KEEP = {dialect: keeping(insert) for dialect, insert in INSERTS.items()}


class Given(NamedTuple):
    """An answer: since when the customer had waited, when it came, and whether they may have waited for longer."""

    conversation: int
    since: int
    answered: int
    at_least: bool


def given(connection: Connection, conversations: Sequence[int]) -> dict[int, list[Given]]:
    """The answers that are known in conversations, by their rows."""
    found: dict[int, list[Given]] = {}
    for row, since, answered, at_least in among(connection, GIVEN, "conversations", conversations):
        found.setdefault(row, []).append(Given(row, since, answered, bool(at_least)))
    return found


def void(connection: Connection, answers: Sequence[Given]) -> None:
    """Forget answers that turned out to be none: they were taken back, or nobody wrote them."""
    if answers:
        keys = [{"its_conversation": each.conversation, "its_since": each.since} for each in answers]
        connection.execute(VOID, keys)


def keep(connection: Connection, answered: Sequence[Mapping[str, Any]], hours: OpeningHours | None, at: int) -> None:
    """Keep that waits were answered. `hours` are those of their Page, `at` is now, in milliseconds."""
    in_bulk(connection, KEEP[connection.dialect.name], [answer_of(values, hours, at) for values in answered])


def answer_of(wait: Mapping[str, Any], hours: OpeningHours | None, at: int) -> dict[str, Any]:
    """The row of a wait that was answered, by how long it took. What was answered beyond tomorrow has a wrong time."""
    answered = wait["answered"] if wait["answered"] <= at + DAY else max(at, wait["since"])
    since, until = wait["since"] / 1000, answered / 1000
    return {
        "conversation": wait["conversation"],
        "since": wait["since"],
        "source": wait["source"],
        "took": int(until - since),
        "opened": None if hours is None else int(hours.open_seconds(since, until)),
        "wrote": int(min(wait["wrote"] / 1000, until) - since),
        "at_least": wait["at_least"],
    }


def withdrawn(item: Conversation, known: Sequence[Given]) -> list[Given]:
    """Those of a conversation's answers that are none, since somebody waits there who had waited before they came."""
    if not known:
        return []  # as nearly always
    since = ms(item.waiting_since)
    return [each for each in known if item.waiting and (each.answered > since or each.since == since)]


def at_once(row_id: int, row: SourceRow, item: Conversation, known: Sequence[Given]) -> Iterator[dict[str, Any]]:
    """The wait that began and was answered since the look before, so that none has met who waited, if there is one.

    `known` are the answers that were known in the conversation. Of what was answered before it was known who waits in
    its list, nothing is.
    """
    if item.asked is None or item.answered is None or row.waits is None:
        return
    asked, answered = ms(item.asked), ms(item.answered)
    if not asked <= answered >= row.waits or any(each.answered > asked or each.since == asked for each in known):
        return
    wrote = asked if item.wrote is None or item.wrote > item.answered else ms(item.wrote)
    yield {
        "conversation": row_id,
        "since": asked,
        "source": row.id,
        "wrote": max(asked, wrote),
        "at_least": None,
        "answered": answered,
    }
