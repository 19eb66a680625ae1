"""Whom a name means in a Slack workspace: everybody who is here, a user group, or a person.

Facts are from the reference of `usergroups.list`, `users.list` and `users.info`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pageinbox.chat.slack.elements import GROUP, HERE, MEMBER
from pageinbox.chat.slack.parts import parts
from pageinbox.chat.slack.refusal import Refused
from pageinbox.chat.whom import ping_called
from pageinbox.model.act import Person
from pageinbox.model.chat import NotPinged
from pageinbox.model.post import Mention
from pageinbox.model.text import fold
from pageinbox.model.watch import Ping

Call = Callable[..., dict[str, Any]]
"""Calls a method of slack_sdk's client with arguments, and gives what Slack answers. Raises ChatError."""

UNPAID = "paid_teams_only"
"""Why a workspace has no user groups, if it may have none."""

LOUDER = {"channel", "everyone", "all", "room"}
PAGE = 1000
"""How many people Slack gives at a time."""


def whom(call: Call, name: str) -> Ping:
    """Whom `name` means, which people typed, or Slack for them (`U…`, `S…`). Raises NotPinged and ChatError."""
    typed = fold(name)
    if typed == HERE:
        return Ping(HERE, HERE)
    if typed in LOUDER:
        raise NotPinged("I call nobody who isn't there", HERE)
    if MEMBER.fullmatch(name):
        return person(call, name)
    groups, lacking = group_names(call)
    if GROUP.fullmatch(name):
        return Ping(next(iter(groups.get(name, [])), name), name)
    if any(typed == fold(each or "") for names in groups.values() for each in names):
        return ping_called(name, groups)  # without a look at what may be thousands of people
    try:
        return ping_called(name, {HERE: [HERE]} | groups | people_names(call))
    except NotPinged:
        if lacking is not None:
            raise lacking from None
        raise


def member(call: Call, name: str) -> tuple[Person, Mention]:
    """The one person whom `name` means, as Errbot names them, and what mentions them. Raises what `whom` does."""
    found = whom(call, name)
    if not MEMBER.fullmatch(found.id):
        raise NotPinged("that is not one person")
    return Person(f"<@{found.id}>", found.name), Mention(found.id, found.name)


def person(call: Call, id: str) -> Ping:
    """The person with this id, also one of another workspace, of whom Slack may tell nothing.

    Raises NotPinged for an app, and for somebody who has left: Slack takes what is said to them all the same.
    """
    user = told_of(call, id)
    if user.get("deleted"):
        raise NotPinged("that person's Slack account is deactivated")
    if user.get("is_bot"):
        raise NotPinged("that is an app, and no person")
    return Ping(next(iter(names_of(user)), id), id)


def told_of(call: Call, id: str) -> dict[str, Any]:
    """What Slack tells of a person, which may be nothing."""
    try:
        found = call("users_info", user=id).get("user")
    except Refused:
        return {}
    return found if isinstance(found, dict) else {}


def group_names(call: Call) -> tuple[dict[str, list[str]], Refused | None]:
    """What user groups are called, by their ids; and why Slack did not tell."""
    try:
        groups = call("usergroups_list").get("usergroups") or []
    except Refused as refusal:
        return {}, None if refusal.code == UNPAID else refusal
    return {str(group.get("id")): [group.get("handle"), group.get("name")] for group in groups}, None


def people_names(call: Call) -> dict[str, list[str]]:
    """What the people of the workspace are called, by their ids; without those who left, and apps."""
    found: dict[str, list[str]] = {}
    for answer in parts(call, "users_list", limit=PAGE):
        for user in answer.get("members") or []:
            if not user.get("deleted") and not user.get("is_bot"):
                found[str(user.get("id"))] = names_of(user)
    return found


def names_of(user: dict[str, Any]) -> list[str]:
    """What a person is called: the user name, which is theirs alone, then the names that are shown."""
    profile = user.get("profile") or {}
    names = user.get("name"), profile.get("display_name"), profile.get("real_name"), user.get("real_name")
    return [str(name) for name in names if name]
