"""Controls a simulator that runs in another process."""

from __future__ import annotations

from typing import Any

import requests


class ControlError(Exception):
    """The simulator refused; the text says why."""


class Control:
    """The control side of the simulator at `url`. Conversations are dictionaries; those given are named by their `id`.

    Every method raises `ControlError` if the simulator refuses.
    """

    def __init__(self, url: str) -> None:
        self._base = f"{url.rstrip('/')}/_control/"
        self._session = requests.Session()
        # A proxy set in the environment must not come between a test and its own machine.
        self._session.trust_env = False

    def world(self) -> dict[str, Any]:
        """The Pages, with their ids, tokens and secrets and the number of conversations in each folder."""
        world: dict[str, Any] = self._call("GET", "world")
        return world

    def conversations(self, page: str, platform: str = "messenger", folder: str = "inbox") -> list[dict[str, Any]]:
        """The conversations in one folder, newest first."""
        where = {"page": page, "platform": platform, "folder": folder}
        conversations: list[dict[str, Any]] = self._call("GET", "conversations", params=where)
        return conversations

    def requests(self) -> list[dict[str, Any]]:
        """The requests the Graph received so far, oldest first."""
        received: list[dict[str, Any]] = self._call("GET", "requests")
        return received

    def forget(self) -> None:
        """Empty the list of requests."""
        self._call("POST", "forget")

    def write(self, page: str, who: str | None = None, text: str = "", **how: Any) -> dict[str, Any]:
        """Let a customer write; see `simulator.world.World.write`."""
        thread: dict[str, Any] = self._call("POST", "write", json={"page": page, "who": who, "text": text, **how})
        return thread

    def answer(self, thread: str, text: str = "", **how: Any) -> dict[str, Any]:
        """Let the Page answer; see `simulator.world.World.answer`."""
        answered: dict[str, Any] = self._call("POST", "answer", json={"thread": thread, "text": text, **how})
        return answered

    def note(self, thread: str, text: str) -> None:
        """See `simulator.world.World.note`."""
        self._call("POST", "note", json={"thread": thread, "text": text})

    def read(self, thread: str) -> None:
        """Mark the conversation as read."""
        self._call("POST", "read", json={"thread": thread})

    def move(self, thread: str, folder: str) -> None:
        """Move the conversation to another folder."""
        self._call("POST", "move", json={"thread": thread, "folder": folder})

    def hide(self, thread: str) -> None:
        """Take the conversation out of its list."""
        self._call("POST", "hide", json={"thread": thread})

    def reveal(self, thread: str) -> None:
        """Let a hidden conversation stand in its list again."""
        self._call("POST", "reveal", json={"thread": thread})

    def change_ids(self, page: str) -> None:
        """Give every conversation of a Page another id."""
        self._call("POST", "change_ids", json={"page": page})

    def delete(self, thread: str) -> None:
        """Delete the conversation."""
        self._call("POST", "delete", json={"thread": thread})

    def delete_person(self, thread: str) -> None:
        """Delete the account of the conversation's person."""
        self._call("POST", "delete_person", json={"thread": thread})

    def instant_reply(self, page: str, text: str) -> None:
        """See `simulator.world.World.instant_reply`."""
        self._call("POST", "instant_reply", json={"page": page, "text": text})

    def kill_token(self, page: str, subcode: int = 463) -> None:
        """Make the Page's token invalid; see `simulator.world.World.kill_token`."""
        self._call("POST", "kill_token", json={"page": page, "subcode": subcode})

    def issue_token(self, page: str) -> str:
        """Give the Page a new token and return it."""
        return str(self._call("POST", "issue_token", json={"page": page})["token"])

    def date_token(self, page: str, **ends: float) -> None:
        """Change when the Page's token ends; see `simulator.world.World.date_token`."""
        self._call("POST", "date_token", json={"page": page, **ends})

    def fail(self, match: str, times: int | None = 1, kind: str = "error", **how: Any) -> None:
        """Add a fault; see `simulator.faults.Fault`."""
        self._call("POST", "fail", json={"match": match, "times": times, "kind": kind, **how})

    def clear(self) -> None:
        """Drop all faults."""
        self._call("POST", "clear")

    def usage(self, header: str, **figures: Any) -> None:
        """Set a usage header; see `simulator.limits.UsageHeaders.set`."""
        self._call("POST", "usage", json={"header": header, **figures})

    def rules(self, **changed: Any) -> dict[str, Any]:
        """Change some of `simulator.rules.Rules`; returns all of them."""
        rules: dict[str, Any] = self._call("POST", "rules", json=changed)
        return rules

    def _call(self, method: str, operation: str, **options: Any) -> Any:
        reply = self._session.request(method, self._base + operation, **options)
        body = reply.json()
        if reply.status_code != 200:
            raise ControlError(body["error"])
        return body
