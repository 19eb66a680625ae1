"""How the Graph shows a Page and an Instagram account, field by field."""

from __future__ import annotations

from typing import Final

from simulator.fields import Field
from simulator.nodes import ABSENT, Json, NodeType, View, readers_of, rows_of
from simulator.page import Instagram, Page

_TASKS: Final = ("ANALYZE", "ADVERTISE", "MESSAGING", "MODERATE", "CREATE_CONTENT", "MANAGE")


def page_node(page: Page, fields: tuple[Field, ...], view: View) -> Json:
    """A Page as a node."""
    return rows_of([page], readers_of(fields or (Field("name"),), _PAGE), view)[0]


def instagram_node(account: Instagram, fields: tuple[Field, ...], view: View) -> Json:
    """An Instagram account as a node."""
    return rows_of([account], readers_of(fields, _INSTAGRAM), view)[0]


def _linked(page: Page, field: Field, view: View) -> object:
    return instagram_node(page.instagram, field.fields, view) if page.instagram else ABSENT


_PAGE: NodeType[Page] = NodeType(
    "Page",
    {
        "id": lambda page, field, view: page.id,
        "name": lambda page, field, view: page.title,
        "username": lambda page, field, view: page.username,
        "link": lambda page, field, view: page.link,
        "category": lambda page, field, view: "Shopping & retail",
        "instagram_business_account": _linked,
        "connected_instagram_account": _linked,
        "conversations": lambda page, field, view: view.conversations(page, field),
        "access_token": lambda page, field, view: page.token,
        "tasks": lambda page, field, view: list(_TASKS),
    },
)

_INSTAGRAM: NodeType[Instagram] = NodeType(
    "IGUser",
    {
        "id": lambda account, field, view: account.id,
        "username": lambda account, field, view: account.username,
        "name": lambda account, field, view: account.username.replace("_", " ").title(),
    },
)
