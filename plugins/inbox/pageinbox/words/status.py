"""What `!inbox pages` and `!inbox status` say: which Pages there are, and how well they can be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pageinbox.decoding import Identity
from pageinbox.desk import Standing
from pageinbox.errors import Blocked, GraphError, Throttled
from pageinbox.graph import GraphClient
from pageinbox.post import Foreign, Line, Moment, Post
from pageinbox.source import Page
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


def status(clients: Mapping[str, GraphClient], standing: Sequence[Standing], now: float, refusal: str) -> Post:
    """Each source: when it was last looked at and what is wrong with it; then what Meta still allows each Page.

    `refusal` is what is wrong with settings that were refused, so that older ones are in force.
    """
    lines: list[Line] = [("Newer settings were refused: ", Foreign(refusal, most=400))] if refusal else []
    for one in standing:
        client, name = clients[one.source.page], label(clients[one.source.page].page, one.source)
        if one.look is not None and one.look.trouble is not None:
            trouble = still(one.look.trouble, client)
            lines.append((f"{name}: {explain(trouble, client.page, one.source.platform)}",))
        elif one.last_error is not None:
            error = one.last_error
            what = error.trouble.number or error.trouble.detail
            lines.append((f"{name}: fine again; the last error, {what}, was ", Moment(error.at, now)))
    rows = tuple(source_cells(one, clients[one.source.page].page, now) for one in standing)
    budgets = tuple((budget(client),) for client in clients.values())
    return Post((headline(standing),), tuple(lines), rows, budgets)


def still(trouble: GraphError, client: GraphClient) -> GraphError:
    """The trouble as it is by now: with the time that is left until the Page may be asked again."""
    if isinstance(trouble, Throttled | Blocked):
        left = client.budget.closed_for()
        return type(trouble)(trouble.detail, code=trouble.code, subcode=trouble.subcode, retry_after=left)
    return trouble


def source_cells(one: Standing, page: Page, now: float) -> tuple[Line, ...]:
    """One source: its name, its last good look, and what it holds or that it is in trouble."""
    look, name = one.look, (label(page, one.source),)
    if look is None:
        return (name, ("not looked at yet",), ())
    if look.folder == "ignored":
        return (name, ("looked ", Moment(look.at or now, now)), ("no such folder",))
    state = "in trouble" if look.trouble else counted(len(look.conversations), "conversation", more=look.more)
    if look.at is None:
        return (name, ("never read",), (state,))
    return (name, ("last good look " if look.trouble else "looked ", Moment(look.at, now)), (state,))


def headline(standing: Sequence[Standing]) -> str:
    """All in one sentence: is anything wrong?"""
    bad = sum(one.look is not None and one.look.trouble is not None for one in standing)
    seen = sum(one.look is not None for one in standing)
    if bad:
        return f"{counted(bad, 'list')} of {len(standing)} can't be read"
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
