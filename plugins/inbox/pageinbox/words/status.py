"""What `!inbox pages` and `!inbox status` say: which Pages there are, and how well they can be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pageinbox.errors import GraphError
from pageinbox.graph import GraphClient
from pageinbox.listing import Look
from pageinbox.post import Foreign, Line, Moment, Piece, Post
from pageinbox.reply import Identity
from pageinbox.source import Source
from pageinbox.words.common import PLATFORM_NAMES, label
from pageinbox.words.english import counted, duration, spell
from pageinbox.words.trouble import explain


def pages(clients: Mapping[str, GraphClient], found: Mapping[str, Identity | GraphError]) -> Post:
    """The Pages as configured, beside what Meta says of them or why it says nothing."""
    rows: list[tuple[Line, ...]] = []
    lines: list[Line] = []
    for name, client in clients.items():
        page, answer = client.page, found[name]
        platforms = spell([PLATFORM_NAMES[platform] for platform in page.platforms])
        if isinstance(answer, GraphError):
            lines.append((f"{page.title}: {explain(answer, page, page.platforms[0])}",))
            rows.append(((page.name,), (f"ID {page.id}",), (platforms,), ("can't be read",), ()))
            continue
        account: Line = ("no Instagram account linked",)
        if answer.instagram_username:
            account = (Foreign(f"@{answer.instagram_username}", most=24), " on Instagram")
        elif answer.instagram_id:
            account = (f"Instagram account {answer.instagram_id}",)
        title: Line = (Foreign(answer.name, most=40),) if answer.name else ()
        rows.append(((page.name,), (f"ID {page.id}",), (platforms,), title, account))
    return Post((counted(len(rows), "Page"),), tuple(lines), tuple(rows))


def status(
    clients: Mapping[str, GraphClient], looks: Sequence[tuple[Source, Look | None]], now: float, refusal: str
) -> Post:
    """Each source: when it was last looked at and what is wrong with it; then what Meta still allows each Page.

    `refusal` is what is wrong with settings that were refused, so that older ones are in force.
    """
    rows: list[tuple[Line, ...]] = []
    lines: list[Line] = [("Newer settings were refused: ", Foreign(refusal, most=400))] if refusal else []
    for source, look in looks:
        page = clients[source.page].page
        when: Line
        if look is None or look.at is None:
            when = ("not looked at yet" if look is None else "never read",)
        else:
            when = ("last good look " if look.trouble else "looked ", Moment(look.at, now))
        known = ""
        if look is not None and look.at is not None:
            known = counted(len(look.conversations), "conversation", more=look.more)
        state: Piece = "in trouble" if look is not None and look.trouble else known
        rows.append(((label(page, source),), when, (state,)))
        if look is not None and look.trouble is not None:
            lines.append((f"{label(page, source)}: {explain(look.trouble, page, source.platform)}",))
    return Post((headline(looks),), tuple(lines), tuple(rows), tuple((budget(client),) for client in clients.values()))


def headline(looks: Sequence[tuple[Source, Look | None]]) -> str:
    """All in one sentence: is anything wrong?"""
    bad = sum(look is not None and look.trouble is not None for _, look in looks)
    seen = sum(look is not None for _, look in looks)
    if bad:
        return f"{counted(bad, 'list')} of {len(looks)} can't be read"
    return f"{counted(seen, 'list')} looked at, none in trouble" if seen else "Nothing has been asked yet"


def budget(client: GraphClient) -> str:
    """What Meta still allows a Page, and whether it serves the version that was asked for."""
    usage = client.budget.usage
    text = f"Budget of {client.page.title}: "
    text += "Meta has not said" if usage is None else f"{usage} % of what Meta allows is used"
    if closed := client.budget.closed_for():
        text += f" · no calls for {duration(closed)}"
    answered = client.version_answered
    if answered and answered != client.version_asked:
        text += f" · Meta answers with {answered}, not with {client.version_asked}: set GRAPH_VERSION to a living one"
    return text
