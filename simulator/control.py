"""Steering a simulator that runs in another process."""

from __future__ import annotations

from typing import Any

import requests


class ControlError(Exception):
    """The simulator did not do what it was told; the text says why."""


class Control:
    """The control side of the simulator at ``url``. Conversations are told as dictionaries, with their ``id``.

    Every method raises :class:`ControlError` when the simulator refuses.
    """

    def __init__(self, url: str) -> None:
        self._base = f"{url.rstrip('/')}/_control/"
        self._session = requests.Session()
        # A proxy of the environment must not stand between a test and its own machine.
        self._session.trust_env = False

    def world(self) -> dict[str, Any]:
        """The Pages, with ids, tokens, secrets and how many conversations each folder holds."""
        found: dict[str, Any] = self._told("GET", "world")
        return found

    def conversations(self, page: str, platform: str = "messenger", folder: str = "inbox") -> list[dict[str, Any]]:
        """The truth about one folder, newest first."""
        asked = {"page": page, "platform": platform, "folder": folder}
        found: list[dict[str, Any]] = self._told("GET", "conversations", params=asked)
        return found

    def requests(self) -> list[dict[str, Any]]:
        """The requests the Graph received so far, oldest first."""
        found: list[dict[str, Any]] = self._told("GET", "requests")
        return found

    def forget(self) -> None:
        """Empty the list of requests."""
        self._told("POST", "forget")

    def write(self, page: str, who: str | None = None, text: str = "", **how: Any) -> dict[str, Any]:
        """A customer writes; see :meth:`simulator.world.World.write`."""
        thread: dict[str, Any] = self._told("POST", "write", json={"page": page, "who": who, "text": text, **how})
        return thread

    def answer(self, thread: str, text: str = "", **how: Any) -> dict[str, Any]:
        """The Page answers."""
        answered: dict[str, Any] = self._told("POST", "answer", json={"thread": thread, "text": text, **how})
        return answered

    def read(self, thread: str) -> None:
        """Someone reads the conversation in the Page's inbox."""
        self._told("POST", "read", json={"thread": thread})

    def move(self, thread: str, folder: str) -> None:
        """Put the conversation into another folder."""
        self._told("POST", "move", json={"thread": thread, "folder": folder})

    def delete(self, thread: str) -> None:
        """Delete the conversation."""
        self._told("POST", "delete", json={"thread": thread})

    def kill_token(self, page: str, subcode: int = 463) -> None:
        """The Page's token is dead from now on."""
        self._told("POST", "kill_token", json={"page": page, "subcode": subcode})

    def issue_token(self, page: str) -> str:
        """Give the Page a fresh token and return it."""
        return str(self._told("POST", "issue_token", json={"page": page})["token"])

    def fail(self, match: str, times: int | None = 1, kind: str = "error", **how: Any) -> None:
        """Make the next requests fail that match; see :meth:`simulator.server.Simulator.fail`."""
        self._told("POST", "fail", json={"match": match, "times": times, "kind": kind, **how})

    def clear(self) -> None:
        """No request is made to fail any more."""
        self._told("POST", "clear")

    def usage(self, header: str, **figures: Any) -> None:
        """Set a usage header; see :meth:`simulator.pace.Usage.set`."""
        self._told("POST", "usage", json={"header": header, **figures})

    def rules(self, **changed: Any) -> dict[str, Any]:
        """Change some of :class:`simulator.rules.Rules` and return them all."""
        rules: dict[str, Any] = self._told("POST", "rules", json=changed)
        return rules

    def _told(self, method: str, what: str, **how: Any) -> Any:
        reply = self._session.request(method, self._base + what, **how)
        told = reply.json()
        if reply.status_code != 200:
            raise ControlError(told["error"])
        return told
