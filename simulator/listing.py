"""One page of any list: its rows, its cursors, and the addresses of the pages beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Generic, Literal, TypeVar
from urllib.parse import urlencode

from simulator.errors import Refused, by_name
from simulator.paging import Cursor, Key, Window, read_cursor, window
from simulator.rules import Rules

T = TypeVar("T")
Cut = Literal["short", "blank"]

# What next repeats of the question; the real one repeats what it understood and leaves out the proof.
_REPEATED: Final = ("platform", "folder", "user_id", "tags", "source", "updated_after_ms", "updated_before_ms")
# With Rules.short_pages every third page is whole.
_STEPS: Final[tuple[Cut | None, ...]] = ("short", "blank", None)


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """A list as it is now, sorted by ``key``, oldest first.

    ``name`` tells its cursors from those of other lists, ``now`` where the item a cursor points to is now, None if
    it is no longer in the list, ``url`` is the address of its edge, and ``show`` makes rows of items.
    """

    items: Sequence[T]
    key: Callable[[T], Key]
    name: str
    platform: str
    url: str
    now: Callable[[Key], Key | None]
    show: Callable[[Sequence[T]], list[dict[str, object]]]

    def page(
        self, query: Mapping[str, str], *, token: str, fields: str, limit: int, rules: Rules, cut: Cut | None
    ) -> dict[str, object]:
        """The page the query's ``after`` or ``before`` asks for, at most ``limit`` rows.

        ``token`` and ``fields`` go into ``next``. ``cut`` spoils this one page.
        Raises :class:`Refused` for a cursor that is dead or too deep.
        """
        after, before = self._cursor(query, "after", rules), self._cursor(query, "before", rules)
        if after and after.key and rules.cursor_depth is not None:
            behind = len(self.items) - len(window(self.items, self.key, len(self.items), after=after.key).items)
            if behind > rules.cursor_depth:
                raise Refused(by_name("cursor_depth"))
        step = after.step if after else 0
        if rules.short_pages and cut is None:
            cut = _STEPS[step % len(_STEPS)]
            step += 1
        found = self._window(query, after, before, max(1, limit // 2) if cut == "short" else limit, rules)
        if cut == "blank" and found.items:
            place = Cursor(self.name, after.key if after else None, step).text(self.platform)
            return {"data": []} | self._paging(place, place, True, found.newer, query, token, fields, limit)
        if not found.items:
            return {"data": []}
        ends = [
            Cursor(self.name, self.key(item), step).text(self.platform) for item in (found.items[0], found.items[-1])
        ]
        paging = self._paging(ends[0], ends[1], found.older, found.newer, query, token, fields, limit)
        return {"data": self.show(found.items)} | paging

    def _cursor(self, query: Mapping[str, str], which: str, rules: Rules) -> Cursor | None:
        if not (text := query.get(which, "")):
            return None
        cursor = read_cursor(text, self.name)
        if cursor.key is None:
            return cursor
        now = self.now(cursor.key)
        if now is None:
            raise Refused(by_name("cursor_dead"))
        return replace(cursor, key=now) if rules.sticky_cursors else cursor

    def _window(
        self, query: Mapping[str, str], after: Cursor | None, before: Cursor | None, limit: int, rules: Rules
    ) -> Window[T]:
        since = until = None
        if rules.updated_ms:
            since = _bound(query, "updated_after_ms", 0)
            until = _bound(query, "updated_before_ms", 2**63)
        return window(
            self.items,
            self.key,
            limit,
            after=after.key if after else None,
            before=before.key if before else None,
            since=since,
            until=until,
        )

    def _paging(
        self,
        first: str,
        last: str,
        older: bool,
        newer: bool,
        query: Mapping[str, str],
        token: str,
        fields: str,
        limit: int,
    ) -> dict[str, object]:
        paging: dict[str, object] = {"cursors": {"before": first, "after": last}}
        asked = {"access_token": token, "pretty": "0"}
        if fields:
            asked["fields"] = fields
        asked |= {name: query[name] for name in _REPEATED if name in query} | {"limit": str(limit)}
        if older:
            paging["next"] = f"{self.url}?{urlencode(asked | {'after': last})}"
        if newer:
            paging["previous"] = f"{self.url}?{urlencode(asked | {'before': first})}"
        return {"paging": paging}


def _bound(query: Mapping[str, str], name: str, number: int) -> Key | None:
    text = query.get(name, "")
    return (int(text) / 1000, number) if text.isdecimal() else None
