"""Lists that Slack gives a part at a time, each part with a cursor to the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

PARTS = 50
"""How many parts of a list are asked for at most, however many Slack promises."""


def parts(call: Callable[..., dict[str, Any]], method: str, **arguments: Any) -> Iterator[dict[str, Any]]:
    """What Slack answers, part by part. Raises what `call` does."""
    cursor: dict[str, str] = {}
    for _ in range(PARTS):
        answer = call(method, **arguments, **cursor)
        yield answer
        if not (after := following(answer)):
            return
        cursor = {"cursor": after}


def following(answer: Mapping[str, Any]) -> str:
    """The cursor to the part behind an answer; empty where it is the last."""
    return (answer.get("response_metadata") or {}).get("next_cursor") or ""
