"""A chat network that announces through a recording server."""

from __future__ import annotations

import json
from http.client import HTTPConnection, HTTPException
from typing import Any, Literal
from urllib.parse import urlencode, urlsplit

from pageinbox.chat.errbot import content as markdown
from pageinbox.model.chat import ChatDoubt, ChatError, Doubt
from pageinbox.model.post import Post
from tests.attached import with_files
from tests.recording import PATIENCE


class RecordingChat:
    """Announces in a recording chat, as `Chat` asks. Safe for several threads.

    `settles` is how a doubt is settled: `key`, since the server (in mode `keyed`) takes a key once only;
    `history`, by looking the message up; None, not at all. `patience` are the seconds an answer is waited for.
    """

    def __init__(self, url: str, settles: Literal["key", "history"] | None = None, patience: float = PATIENCE) -> None:
        self._address = urlsplit(url).netloc
        self._settles = settles
        self._patience = patience

    def send(self, room: str, post: Post, key: str, under: str = "") -> str:
        """See `Chat`. An error status says that the message was not taken."""
        text = markdown.messages(with_files(post))[0]
        status, answer = self._ask("POST", "/send", {"room": room, "text": text, "key": key})
        if status != 200:
            raise ChatError(f"the chat answered {status}", answer.get("retry_after") or 0.0)
        return str(answer["receipt"])

    def edit(self, room: str, post: Post, receipt: str) -> None:
        """See `Chat`."""
        edit = {"room": room, "text": markdown.messages(post)[0], "receipt": receipt}
        if (status := self._ask("POST", "/edit", edit)[0]) != 200:
            raise ChatError(f"the chat answered {status}")

    def settle(self, room: str, key: str, since: float, under: str = "") -> str | Doubt:
        """See `Chat`."""
        if self._settles is None:
            return Doubt.OPEN
        if self._settles == "key":
            return Doubt.SAFE
        status, answer = self._ask("GET", "/find?" + urlencode({"room": room, "key": key}))
        if status != 200:
            raise ChatError(f"the chat answered {status}")
        return str(answer["receipt"]) if answer["receipt"] else Doubt.SAFE

    def _ask(self, method: str, path: str, given: object = None) -> tuple[int, dict[str, Any]]:
        connection = HTTPConnection(self._address, timeout=self._patience)
        try:
            connection.connect()
        except OSError as error:
            raise ChatError(f"the chat can't be reached ({type(error).__name__})") from None
        try:
            connection.request(method, path, json.dumps(given))
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        except (OSError, HTTPException, ValueError) as error:
            raise ChatDoubt(f"the chat broke off ({type(error).__name__})") from None
        finally:
            connection.close()
