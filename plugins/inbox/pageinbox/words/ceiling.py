"""What is said where a room may not see all: how much it may, and who can change that."""

from __future__ import annotations

from pageinbox.model.watch import Detail, WatchSpec, least

MOST = {
    Detail.COUNT: "numbers",
    Detail.INITIALS: "initials",
    Detail.NAME: "names",
    Detail.SNIPPET: "names and text",
}


def limit(ceiling: Detail) -> str:
    """How much may be shown and who can change that, as the end of a sentence."""
    return f"no more than {MOST[ceiling]} may be shown here; my admins can allow more in the setting ROOMS."


def exceeds(spec: WatchSpec, ceiling: Detail) -> bool:
    """Whether a watch asks for more than its room may see."""
    return spec.detail is not None and least([spec.detail, ceiling]) is not spec.detail
