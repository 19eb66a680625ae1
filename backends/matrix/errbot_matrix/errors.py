"""What can become of a request to the homeserver, as exceptions that tell whether it was carried out."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

from aiohttp import ClientConnectorError, ClientError
from errbot.backends.base import RoomDoesNotExistError, RoomError, RoomNotJoinedError
from nio import ErrorResponse
from nio.exceptions import EncryptionError, LocalProtocolError

ENCRYPTED = "This room is encrypted, and I can't read or write there: my installation lacks matrix-nio[e2e]."


class Refused(RoomError):
    """The server has refused it, for a reason that stays. `code` is Matrix's, such as M_FORBIDDEN.

    `missing` tells that there is no such thing.
    """

    def __init__(self, sentence: str, code: str = "", missing: bool = False) -> None:
        super().__init__(sentence)
        self.code = code
        self.missing = missing


class NotThere(Refused, RoomDoesNotExistError):
    """There is no such room."""


class NotJoined(Refused, RoomNotJoinedError):
    """The bot is not in the room."""


class Encrypted(Refused):
    """It would have gone into an encrypted room as plain text."""


class RateLimited(RoomError):
    """The server wants to be left alone for `retry_after` seconds; nothing was carried out."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"The homeserver asks me to wait for {retry_after:g} s.")
        self.retry_after = retry_after


class LoggedOut(RoomError):
    """The server does not know the login any more; nothing was carried out."""


class Unreached(ConnectionRefusedError):
    """The server was not reached, or nothing could be made ready for it; nothing was carried out."""


class Doubtful(ConnectionError):
    """The connection broke, or the server is not well: it may have been carried out or not."""


async def reach(request: Awaitable[Any]) -> Any:
    """The answer to a request of matrix-nio's.

    Raises Refused, RateLimited, LoggedOut, Unreached or Doubtful. None of them holds matrix-nio's or aiohttp's own
    exception, so what is at the root of one is itself.
    """
    failure: Exception
    try:
        answer = await request
    except ClientConnectorError:
        failure = Unreached("The homeserver can't be reached.")
    except (EncryptionError, LocalProtocolError) as error:
        failure = Unreached(f"It could not be encrypted ({type(error).__name__}).")
    except (TimeoutError, ClientError, OSError) as error:
        failure = Doubtful(f"The connection to the homeserver broke ({type(error).__name__}).")
    else:
        return checked(answer)
    raise failure


def checked(answer: Any) -> Any:
    """The answer, unless it is an error of the server's. Raises as :func:`reach`."""
    if not isinstance(answer, ErrorResponse):
        return answer
    transport = answer.transport_response
    status = transport.status if transport is not None else 0
    code = str(answer.status_code or "")
    if status == 429 or code == "M_LIMIT_EXCEEDED":
        raise RateLimited(pause(answer, transport))
    if status >= 500 or not code.startswith("M_"):
        raise Doubtful(f"The homeserver is failing (HTTP {status}).")
    if code in ("M_UNKNOWN_TOKEN", "M_MISSING_TOKEN"):
        raise LoggedOut("The homeserver no longer accepts my login.")
    raise Refused(f"The homeserver refused it: {answer.message} ({code}).", code, status == 404)


def pause(answer: Any, transport: Any) -> float:
    """The seconds a server asks to be left alone: newer ones say it in a header, older ones in the body."""
    header = transport.headers.get("Retry-After", "") if transport is not None else ""
    if header.isdigit():
        return max(1.0, float(header))
    return max(0.1, (answer.retry_after_ms or 5000) / 1000)
