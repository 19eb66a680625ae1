"""One page of any list: its rows, its cursors, and the addresses of the pages beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Generic, Literal, TypeVar, get_args
from urllib.parse import urlencode

from simulator.errors import by_name
from simulator.fields import Field, to_text
from simulator.paging import Cursor, Key, Window, read_cursor, window
from simulator.refused import Refused
from simulator.rules import Rules

T = TypeVar("T")
# What can be wrong with one page: half of its rows are left for the next page, or all of them, or the next is itself.
PageFault = Literal["short", "blank", "stuck"]
PAGE_FAULTS: Final[tuple[PageFault, ...]] = get_args(PageFault)

# What `next` repeats of the question; the real one repeats what it understood and leaves out the proof.
_REPEATED: Final = ("platform", "folder", "user_id", "tags", "source", "updated_after_ms", "updated_before_ms")
# With `Rules.short_pages` every third page is whole.
_STEPS: Final[tuple[PageFault | None, ...]] = ("short", "blank", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Generic[T]):
    """A list as it is now, sorted by `key`, oldest first.

    `name` tells its cursors from those of other lists, and `url` is the address of its edge. `current` turns the key
    in a cursor into the key which that item has now, or None if it has left the list. `show` makes rows of items.
    """

    items: Sequence[T]
    key: Callable[[T], Key]
    name: str
    platform: str
    url: str
    current: Callable[[Key], Key | None]
    show: Callable[[Sequence[T]], list[dict[str, object]]]

    def page(
        self,
        query: Mapping[str, str],
        *,
        token: str,
        fields: tuple[Field, ...],
        limit: int,
        rules: Rules,
        fault: PageFault | None,
    ) -> dict[str, object]:
        """The page that the query's `after` or `before` asks for, with at most `limit` rows.

        `token` and `fields` go into `next`. Raises `Refused` for a cursor that is dead or too deep.
        """
        after, before = self._cursor(query, "after", rules), self._cursor(query, "before", rules)
        if after and after.key and rules.cursor_depth is not None:
            passed = len(self.items) - len(window(self.items, self.key, len(self.items), after=after.key).items)
            if passed > rules.cursor_depth:
                raise Refused(by_name("cursor_depth"))
        step = after.step if after else 0
        if rules.short_pages and fault is None:
            fault = _STEPS[step % len(_STEPS)]
            step += 1
        elif fault == "blank":
            step += 1  # its cursor is a new one, since the list does go on
        part = self._window(
            query, after=after, before=before, limit=max(1, limit // 2) if fault == "short" else limit, rules=rules
        )
        if not part.items:
            return {"data": []}

        def cursor(key: Key | None) -> str:
            return Cursor(self.name, key, step).text(self.platform)

        if fault == "blank":
            rows, older = [], True
            first = last = cursor(after.key if after else None)
        else:
            rows, older = self.show(part.items), part.older
            first, last = (cursor(self.key(item)) for item in (part.items[0], part.items[-1]))
        if fault == "stuck":
            last, older = cursor(after.key if after else None), True

        paging: dict[str, object] = {"cursors": {"before": first, "after": last}}
        if older or part.newer:
            repeated = tuple((name, query[name]) for name in _REPEATED if name in query)
            asked = _asked(token if rules.token_in_next else None, fields, repeated, limit)
            if older:
                paging["next"] = f"{self.url}?{asked}&{urlencode({'after': last})}"
            if part.newer:
                paging["previous"] = f"{self.url}?{asked}&{urlencode({'before': first})}"
        return {"data": rows, "paging": paging}

    def _cursor(self, query: Mapping[str, str], which: str, rules: Rules) -> Cursor | None:
        if not (text := query.get(which, "")):
            return None
        try:
            cursor = read_cursor(text, self.name)
        except Refused:
            if rules.cursors_checked:
                raise
            return None
        if cursor.key is None:
            return cursor
        current = self.current(cursor.key)
        if current is None:
            raise Refused(by_name("cursor_dead"))
        return replace(cursor, key=current) if rules.sticky_cursors else cursor

    def _window(
        self, query: Mapping[str, str], *, after: Cursor | None, before: Cursor | None, limit: int, rules: Rules
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


@lru_cache  # it is the same for each conversation of a list whose messages are shown, and took a third of a reply
def _asked(token: str | None, fields: tuple[Field, ...], repeated: tuple[tuple[str, str], ...], limit: int) -> str:
    """What `next` and `previous` repeat, without the cursor."""
    asked = {} if token is None else {"access_token": token}
    asked["pretty"] = "0"
    if fields:
        asked["fields"] = to_text(fields)
    return urlencode(asked | dict(repeated) | {"limit": str(limit)})


def _bound(query: Mapping[str, str], name: str, number: int) -> Key | None:
    text = query.get(name, "")
    return (int(text) / 1000, number) if text.isdecimal() else None
