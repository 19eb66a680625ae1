"""What `!plugin config Inbox` says: which settings are in force."""

from __future__ import annotations

from collections.abc import Sequence

from pageinbox.model.post import Command, Foreign, Line, Post

WIDEST = 60
"""Characters shown of what is written for a setting."""


def in_force(settings: Sequence[tuple[str, str, str]], refusal: str, example: str) -> Post:
    """The settings by name: what is written, and where. `refusal` is what is wrong with newer ones, if there are any;
    `example` changes one."""
    lines: list[Line] = []
    if refusal:
        lines.append(
            ("The newest settings were refused, so these earlier ones still apply: ", Foreign(refusal, most=400))
        )
    rows = tuple(((name,), (Foreign(value, most=WIDEST),), (origin,)) for name, value, origin in settings)
    return Post(
        ("Settings in force, and where they are from",), tuple(lines), rows, (("To change one: ", Command(example)),)
    )
