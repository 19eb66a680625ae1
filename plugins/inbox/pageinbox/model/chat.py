"""How announcements reach a chat, whichever it is: what its module has to do, and how it may fail."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any, Protocol

from pageinbox.model.post import Post

CarryOut = Callable[[Any, bool], Post]
"""Carries out the command in the body of a message of Errbot's, if its author may give it there, and gives what is to
be said: to them alone, or to all in the room."""

Misread = Callable[[str], str]
"""What is wrong with a command whose words somebody is still writing, as a sentence; empty for nothing. At once."""


class ChatError(Exception):
    """The chat did not take the message; `retry_after` are the seconds it asks to be left alone (0: it names none).

    The text is one sentence of ours that names nothing secret and quotes nobody, since it is shown as it is.
    """

    def __init__(self, detail: str, retry_after: float = 0.0) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class ChatDoubt(ChatError):
    """Nobody can say whether the chat took the message: the connection broke after it was handed over."""


class Uneditable(ChatError):
    """The message stays as it is for good: it is gone, can no longer be edited, or is where the bot may not write."""


class NotPinged(ChatError):
    """There is nobody of that name who could be mentioned; `nearest` is a name that there is, or empty."""

    def __init__(self, detail: str, nearest: str = "") -> None:
        super().__init__(detail)
        self.nearest = nearest


class Doubt(Enum):
    """What can be said of a message of which it is not known whether it arrived."""

    SAFE = "it did not arrive, or sending it again under its key makes no second one"
    OPEN = "it may have arrived, and would be there twice"


class Chat(Protocol):
    """One chat network. Called from several threads at once, for different rooms.

    A `room` is the name of a room or person as the ledger keeps it. `under` is the receipt of the message whose thread
    this one belongs in, empty for none; a network without threads says it in the room itself.
    """

    def send(self, room: str, post: Post, key: str, under: str = "") -> str:
        """Say `post` in `room`, as one message, and give the receipt. `key` names the message, also at a second try.

        What it has attached follows later, if the network takes files. The receipt is the message's, and empty where
        the network gives none. Raises ChatError when the message did not arrive, ChatDoubt when that is not known.
        """

    def edit(self, room: str, post: Post, receipt: str) -> None:
        """Let the message with this receipt say `post`. Doing it twice does no harm.

        Raises ChatError, and Uneditable where trying it again would be in vain.
        """

    def settle(self, room: str, key: str, since: float, under: str = "") -> str | Doubt:
        """The receipt of a message that may have arrived, or what to do about it. Raises ChatError.

        It was not sent before `since`, in seconds since 1970.
        """
