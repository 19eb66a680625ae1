"""What to ask for instead of what Meta can't give: all that stands beside it, and as much of it as there is."""

from __future__ import annotations

import logging
from collections.abc import Callable
from itertools import groupby
from typing import TypeVar

from pageinbox.graph.asking import Asking, Fields, List
from pageinbox.graph.calls import TRIES
from pageinbox.graph.decoding import Listed
from pageinbox.graph.wire import WireConversation
from pageinbox.model.conversation import Unreadable
from pageinbox.model.errors import GraphError, ListBlocked, QueryTimedOut, TooMuchData
from pageinbox.model.logged import about
from pageinbox.model.source import Folder, Page, Source

ALONE = 2
"""Calls for one conversation by itself: several together have failed as often as is tried."""

EXTRA = 40
"""Calls that one slice may cost besides the one that failed."""

NOBODY = 8
"""As many conversations in a row that can't be given, and none that can, mean that it is not the conversations."""

GIVEN = {
    Fields.NO_MESSAGES: "everything but its messages",
    Fields.BARE: "only its id and time",
    Fields.ID: "only its id",
}

Call = Callable[[Fields, int, str | None, int], Listed[WireConversation]]
"""One call: which fields, how many conversations, the cursor they are behind, and how often it is tried."""

T = TypeVar("T")
log = logging.getLogger(__name__)


class TooMany(Exception):
    """It was the number: of those that failed together none failed alone."""


class Narrowing:
    """The reading of one slice. `call` makes a call on the list `where` of a `page`.

    What fails is halved where it failed. A conversation that fails alone is asked for without its messages, then for
    its id and time alone; `bare` holds the ids of those of which nothing else could be given.
    """

    def __init__(self, call: Call, asking: Asking, where: List, *, page: Page) -> None:
        self.bare: set[str] = set()
        self._call = call
        self._asking = asking
        self._list = where
        self._page = page
        self._fields = Fields.ALL
        self._place: str | None = None
        self._over = False
        self._more = True
        self._items: list[WireConversation] = []
        self._unreadable: list[Unreadable] = []
        self._poor: dict[str, Fields] = {}
        self._left = EXTRA
        self._largest = self._in_a_row = 0

    def read(self, limit: int, after: str | None) -> Listed[WireConversation]:
        """At most `limit` conversations behind the cursor `after`; fewer where trouble comes between.

        Raises the `GraphError` that the whole slice met where not even an id is to be had, which is an outage, and
        `ListBlocked` where one is to be had at the list's front.
        """
        limit = min(limit, self._asking.most(self._list))
        self._place = after
        known = self._asking.poor(self._list)
        ids: list[str] | None = None
        error: GraphError | None = None
        if known:
            ids, error = self._ids(limit, tries=TRIES)
        if error is None and (ids is None or known.keys().isdisjoint(ids)):
            try:
                return self._call(Fields.ALL, limit, after, TRIES)
            except GraphError as why:
                if not why.less_may_help:
                    raise
                error = why
        if error is not None:
            self._rule_out_an_outage(error)
            if ids is None and not known:
                ids, _ = self._ids(limit, tries=1)
        try:
            if ids and not known.keys().isdisjoint(ids):
                self._around(ids, known)
            elif error is not None:
                self._search(len(ids) if ids else limit, error)
        except TooMany:
            self._asking.too_many(self._list, self._largest)
        except GraphError as why:
            if not self._items:
                raise error or why from None
        for graph_id, fields in self._poor.items():
            if self._asking.note(self._list, graph_id, fields):
                extra = self._about(graph_id)
                name, ref = self._name(), extra["ref"]
                log.warning("%s: Meta gives %s of conversation %s", name, GIVEN[fields], ref, extra=extra)
        return Listed(self._items, self._unreadable, more=self._more, after=self._place)

    def _ids(self, limit: int, *, tries: int) -> tuple[list[str] | None, GraphError | None]:
        """The ids of the slice, or why they can't be had at once."""
        try:
            return [str(item.id) for item in self._call(Fields.BARE, limit, self._place, tries).items], None
        except GraphError as why:
            if not why.less_may_help:
                raise
            return None, why

    def _rule_out_an_outage(self, error: GraphError) -> None:
        """Raise `error` where not one id can be had: then it is not for what a conversation holds."""
        if self._one_at(self._place):
            return
        if self._place is not None and self._one_at(None):
            raise ListBlocked(error.detail, code=error.code, subcode=error.subcode)
        raise error

    def _one_at(self, place: str | None) -> bool:
        """Whether the id of one conversation can be had there."""
        try:
            return bool(self._call(Fields.ID, 1, place, 1).items)
        except GraphError:
            return False

    def _around(self, ids: list[str], known: dict[str, Fields]) -> None:
        """Read the slice whose ids are these; what is known to fail, by itself."""
        for given, run in groupby(ids, known.get):
            count = len(list(run))
            if given is None:
                self._halves(count)
                continue
            for _ in range(count):
                self._single(given)

    def _search(self, count: int, error: GraphError) -> None:
        """Read the next `count` conversations, which failed together, and find out which of them fails.

        Twice as many are asked for each time until then, since it is mostly the newest.
        """
        step, whole = 1, True
        while count > 0:
            step = min(step, count) if whole else count
            whole = self._halves(step) and whole
            count, step = count - step, 2 * step
        if whole and isinstance(error, TooMuchData | QueryTimedOut):
            raise TooMany

    def _halves(self, count: int, *, fails: bool = False) -> bool:
        """Read the next `count` conversations, and tell whether all could be given whole.

        `fails` says that, as far as is known, they can't be given together.
        """
        if self._over:
            return True
        if count == 1:
            return self._single()
        error = None
        if not fails:
            try:
                self._take(self._ask(self._fields, count))
            except GraphError as why:
                if not why.less_may_help:
                    raise
                error = why
            else:
                self._largest = max(self._largest, count)
                return True
        half = count // 2
        first = self._halves(half)
        whole = self._halves(count - half, fails=first) and first
        if whole and isinstance(error, TooMuchData | QueryTimedOut):
            raise TooMany
        return whole

    def _single(self, known: Fields | None = None) -> bool:
        """Read the next conversation, or as much of it as can be given, and tell whether that is the whole.

        `known` is what could be given of it before; only the whole is tried besides.
        """
        if self._over:
            return True
        error = GraphError()
        choices = list(Fields)
        less = choices[choices.index(known or self._fields) :]
        for fields in dict.fromkeys([self._fields, *less]):
            try:
                doubtful = fields is Fields.ALL and known is None and (self._largest or not self._in_a_row)
                listed = self._ask(fields, 1, tries=ALONE if doubtful else 1)
            except GraphError as why:
                if not why.less_may_help:
                    raise
                error = why
                continue
            whole = fields is self._fields
            self._take(listed)
            for item in listed.items:
                self._judge(str(item.id), fields, known is not None, None if whole else error)
            return whole
        raise error

    def _judge(self, graph_id: str, given: Fields, known: bool, error: GraphError | None) -> None:
        """Note what could be given of one conversation, and why not all. Raises that where it is not for this one."""
        if error is None:
            self._largest = max(self._largest, 1)
            if given is Fields.ALL and self._asking.note(self._list, graph_id, given):
                extra = self._about(graph_id)
                log.info("%s: Meta gives all of conversation %s again", self._name(), extra["ref"], extra=extra)
            return
        self._poor[graph_id] = given
        if given is not Fields.NO_MESSAGES:
            self.bare.add(graph_id)
        self._in_a_row += not known
        if self._in_a_row == NOBODY and not self._largest:
            if self.bare:
                self._items.clear()
                raise error
            self._fields = Fields.NO_MESSAGES
            self._poor.clear()

    def _ask(self, fields: Fields, count: int, *, tries: int = 1) -> Listed[WireConversation]:
        """One of the calls that are left."""
        if not self._left:
            raise GraphError("the search took too many calls")
        self._left -= 1
        return self._call(fields, count, self._place, tries)

    def _take(self, listed: Listed[WireConversation]) -> None:
        self._items += listed.items
        self._unreadable += listed.unreadable
        self._place, self._more = listed.after, listed.more
        self._over = not listed.more or listed.after is None

    def _name(self) -> str:
        platform, folder, _ = self._list
        return f"{self._page.title} · {platform.value.title()} · {folder or Folder.INBOX}"

    def _about(self, graph_id: str) -> dict[str, str]:
        platform, folder, _ = self._list
        return about(Source(self._page.name, platform, folder or Folder.INBOX), conversation=graph_id)


def less_of_one(
    ask: Callable[[Fields, int, int], T], known: Callable[[], object], most: int, *, page: Page, conversation: str
) -> T:
    """What `ask` gives of one conversation with its latest messages: `most`, or as many as it can be given with.

    `ask` takes the fields, the number of messages and how often to try; `known` asks for its id alone. `page` and
    `conversation`, an id, are for the log. Raises the first `GraphError` where not even that helps.
    """
    try:
        return ask(Fields.ALL, most, TRIES)
    except GraphError as why:
        if not why.less_may_help:
            raise
        error = why
    try:
        known()
    except GraphError:
        raise error from None
    extra = about(page=page.name, conversation=conversation, error=error)
    name, ref = page.title, extra["ref"]
    log.warning("%s: conversation %s can't be given with %d messages: %s", name, ref, most, error, extra=extra)
    fewer = [(Fields.ALL, most >> step) for step in range(1, most.bit_length())]
    for fields, count in (*fewer, (Fields.NO_MESSAGES, 0), (Fields.BARE, 0)):
        try:
            return ask(fields, count, 1)
        except GraphError as why:
            if not why.less_may_help:
                raise
    raise error
