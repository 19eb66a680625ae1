"""How a request to the homeserver can fail, as exceptions that tell whether it was carried out."""

from __future__ import annotations

import re
from collections.abc import Awaitable
from typing import Any

from aiohttp import ClientConnectorCertificateError, ClientConnectorDNSError, ClientConnectorError, ClientError
from errbot.backends.base import RoomDoesNotExistError, RoomError, RoomNotJoinedError
from nio import ErrorResponse
from nio.exceptions import EncryptionError, LocalProtocolError

ENCRYPTED = "This room is encrypted, and I can't read or write here because matrix-nio[e2e] is not installed."


CODE = re.compile(r"[A-Z][A-Z0-9_.]*_[A-Z0-9_.]*")
"""Matrix's words for why: `M_FORBIDDEN`, and those of servers and drafts, as `ORG_MATRIX_EXPIRED_ACCOUNT`."""


class Refused(RoomError):
    """The server has refused, and would refuse again. `code` is Matrix's, such as M_FORBIDDEN; `status` is HTTP's."""

    def __init__(self, sentence: str, code: str = "", status: int = 0) -> None:
        super().__init__(sentence)
        self.code = code
        self.status = status

    @property
    def missing(self) -> bool:
        """Whether what was asked for does not exist.

        A server that doesn't know the request says 404 as well (M_UNRECOGNIZED), as one does behind a proxy that leads
        it to the wrong worker: then nothing is known.
        """
        return self.status == 404 and self.code != "M_UNRECOGNIZED"


class NotThere(Refused, RoomDoesNotExistError):
    """There is no such room."""


class NotJoined(Refused, RoomNotJoinedError):
    """The bot is not in the room."""


class Encrypted(Refused):
    """It would have gone into an encrypted room as plain text."""


class RateLimited(RoomError):
    """The server asks for a pause of `retry_after` seconds; nothing was carried out."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"The homeserver asks me to wait {retry_after:g} s.")
        self.retry_after = retry_after


class LoggedOut(RoomError):
    """The server no longer accepts the login; nothing was carried out."""


class Unreached(ConnectionRefusedError):
    """The server could not be reached, or the message could not be encrypted; nothing was carried out."""


class Doubtful(ConnectionError):
    """The connection broke, or the server is in trouble; the request may or may not have been carried out."""


async def reach(request: Awaitable[Any]) -> Any:
    """The answer to one of matrix-nio's requests.

    Raises Refused, RateLimited, LoggedOut, Unreached or Doubtful. None of them is chained to an exception of
    matrix-nio's or aiohttp's, so each is its own root cause.
    """
    failure: Exception
    try:
        answer = await request
    except ClientConnectorCertificateError:
        failure = Unreached("I can't reach the homeserver: its certificate is not valid, or not for that name.")
    except ClientConnectorDNSError:
        failure = Unreached("I can't reach the homeserver: there is no such name, or nobody tells me its address.")
    except ClientConnectorError:
        failure = Unreached("I can't reach the homeserver.")
    except (EncryptionError, LocalProtocolError) as error:
        failure = Unreached(f"I could not encrypt the message ({type(error).__name__}).")
    except (TimeoutError, ClientError, OSError) as error:
        failure = Doubtful(f"I lost the connection to the homeserver ({type(error).__name__}).")
    else:
        return checked(answer)
    raise failure


def checked(answer: Any) -> Any:
    """The answer, unless it is an error of the server's. Raises the exceptions of `reach`."""
    if not isinstance(answer, ErrorResponse):
        return answer
    transport = answer.transport_response
    status = transport.status if transport is not None else 0
    code = str(answer.status_code or "")
    if status == 429 or code == "M_LIMIT_EXCEEDED":
        raise RateLimited(pause(answer, transport))
    if status == 413 and not code:
        code = "M_TOO_LARGE"  # a proxy before the server says so without Matrix's word for it
    if not CODE.fullmatch(code) and 200 <= status < 500:
        raise Doubtful(f"What answers there is no Matrix homeserver, or something stands before it (HTTP {status}).")
    if status >= 500 or not CODE.fullmatch(code):
        raise Doubtful(f"The homeserver is in trouble (HTTP {status}).")
    if code in ("M_UNKNOWN_TOKEN", "M_MISSING_TOKEN"):
        raise LoggedOut("The homeserver no longer accepts my login.")
    raise Refused(f"The homeserver refused: {answer.message} ({code}).", code, status)


LONGEST_PAUSE = 3600.0
"""The most seconds for which a server is left alone, whatever it asks for: meanwhile nothing is heard."""


def pause(answer: Any, transport: Any) -> float:
    """How many seconds the server asks us to wait: newer ones say so in a header, older ones in the body."""
    header = transport.headers.get("Retry-After", "") if transport is not None else ""
    if re.fullmatch("[0-9]{1,9}", header):
        return min(max(1.0, float(header)), LONGEST_PAUSE)
    told = answer.retry_after_ms
    return min(max(100, told if isinstance(told, int | float) and told else 5000), 1000 * LONGEST_PAUSE) / 1000
