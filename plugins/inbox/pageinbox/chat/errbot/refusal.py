"""What a backend's exception says about a message that was to be sent.

Facts about Errbot were seen in Errbot 6.2.1.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from typing import Any

from errbot.backends.base import Room, RoomError, UserDoesNotExistError, UserNotUniqueError

from pageinbox.model.chat import ChatDoubt, ChatError

REFUSALS = (RoomError, UserDoesNotExistError, UserNotUniqueError)
"""What Errbot's backends raise when there is nobody to send to."""

REFUSED = frozenset(("BadRequest", "ChatMigrated", "Forbidden", "InvalidCharacters", "MessageTooLong", "Unauthorized"))
"""The same by the libraries of Telegram and IRC, which are there with their backends alone."""

REMEDIES: Mapping[object, str] = {
    **dict.fromkeys(("Forbidden", 403), "; invite me there, or let me write"),
    401: "; it no longer takes my token",
    "Unauthorized": "; invite me there, or see to my token",  # Telegram's says both
    404: "; it knows nobody and nothing of that name",
    **dict.fromkeys(("MessageTooLong", 413), "; it is too long"),
}
"""What to do, by the kind of an exception or by its HTTP status."""

ABOUT_TIME = (408, 409, 425)
"""Statuses that blame the request, though it may be the first one that was only slow."""

UNREACHED = (ConnectionRefusedError, socket.gaierror)
"""How a connection fails before anything was sent over it."""


def trouble(error: Exception) -> ChatError:
    """What a backend's exception says about a message: that it was not accepted, or that it may have been.

    Only the type of the exception is named, since its text may hold an address with a token.
    """
    kind = type(error).__name__
    if isinstance(pause := getattr(error, "retry_after", None), int | float):
        return ChatError(f"the chat asks me to slow down ({kind})", max(0.0, float(pause)))
    found = list(statuses(error))
    if isinstance(error, REFUSALS) or kind in REFUSED or any(map(is_refusal, found)):
        remedy = next((REMEDIES[each] for each in (kind, *filter(is_refusal, found)) if each in REMEDIES), "")
        return ChatError(f"the chat did not accept it ({kind}){remedy}")
    root: BaseException = error
    for _ in range(20):  # deep enough, and an end where exceptions name each other
        root = root.__cause__ or root.__context__ or root
    if isinstance(root, UNREACHED):
        return ChatError(f"the chat can't be reached ({type(root).__name__})")
    return ChatDoubt(f"the chat failed, but may have sent it all the same ({kind})")


def refuse_lost(bot: Any, to: Any) -> None:
    """Raises ChatError for what IRC's backend would drop without a word.

    That is anything while it has no connection, and what is for a channel that the bot has not joined, as it has none
    right after it has connected.
    """
    if bot.mode != "irc":
        return
    # Other backends for IRC may call themselves so, too.
    connection = getattr(getattr(bot, "conn", None), "connection", None)
    if connection is not None and not connection.is_connected():
        raise ChatError("the chat is not connected")
    if isinstance(to, Room) and not to.joined:
        raise ChatError("I am not in that room; invite me, or name it in CHATROOM_PRESENCE")


def statuses(error: Exception) -> Iterator[object]:
    """The HTTP statuses that an exception may hold, by the names that the libraries of the networks give them."""
    for holder in (error, getattr(error, "response", None)):
        yield from (getattr(holder, name, None) for name in ("status", "status_code"))


def is_refusal(status: object) -> bool:
    """Whether an HTTP status says that the request was understood and not carried out."""
    return isinstance(status, int) and 400 <= status < 500 and status not in ABOUT_TIME
