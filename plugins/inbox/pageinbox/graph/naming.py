"""Which fields an error of Meta's names: their names are the same in every language and under every code."""

from __future__ import annotations

import re
from collections.abc import Collection

NAME = re.compile(r"(?<![A-Za-z0-9_])[a-z_]{2,40}(?![A-Za-z0-9_])")
WORDS = frozenset({"from", "to", "name", "type", "message", "messages"})
"""Names that any sentence may hold: they count only where something sets them off from it."""

BEFORE = re.compile(r"""(?:^|\(\#\d+\)\s|[(\[{"'`“”„‘«‹「『]\s?|\bfields?:?\s)$""")
AFTER = re.compile(r"""\s?[)\]}"'`”“’»›」』]|\sfields?\b""")
LIST = re.compile(r":\s*((?:[a-z_]+,\s*)*[a-z_]+)\.?$")


def fields_named(words: str, fields: Collection[str]) -> frozenset[str]:
    """Those of `fields` that an error's `words` name."""
    listed = LIST.search(words)
    named = set(re.split(r",\s*", listed[1])) if listed else set()
    for found in NAME.finditer(words):
        if found[0] not in WORDS or BEFORE.search(words, 0, found.start()) or AFTER.match(words, found.end()):
            named.add(found[0])
    return frozenset(named.intersection(fields))
