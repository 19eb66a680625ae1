"""Channels that have got another id, since they were shared with another workspace."""

from __future__ import annotations

from pageinbox.chat.slack.people import Call
from pageinbox.chat.slack.refusal import Refused
from pageinbox.model.chat import ChatError

GONE = "channel_not_found"
"""What Slack says of an id that a channel had before, among other things."""


class Moved:
    """Those that the bot has learned of. `call` asks Slack once."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._known: dict[str, str] = {}

    def follow(self, old: str, new: str) -> None:
        """A channel has got another id, as an event tells."""
        self._known[f"<#{old}>"] = f"<#{new}>"

    def known(self) -> dict[str, str]:
        """Their names, by the old ones."""
        return dict(self._known)

    def look(self, refusal: Refused, channel: str) -> None:
        """See whether a channel that something was refused in has another id: the event comes only to who is there.

        A private channel's `G…` becomes `C…` when it is shared, and the rest stays, as others have recorded.
        """
        if refusal.code != GONE or channel[:1] != "G":
            return
        try:
            found = self._call("conversations_info", channel=f"C{channel[1:]}").get("channel") or {}
        except ChatError:
            return
        if found.get("id") == f"C{channel[1:]}":
            self.follow(channel, str(found["id"]))
