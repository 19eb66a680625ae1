"""Files through Errbot's own `send_stream_request`, for the backends that have it.

Facts about Errbot were seen in Errbot 6.2.1.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from pageinbox.model.post import Attachment

OFFERED = "irc"
"""The backend that only offers a file, to one person, who has to fetch it from the bot's own machine."""


class Named(BytesIO):
    """A file that is in no folder; some backends ask for its name."""

    name = ""


def takes_files(bot: Any, *, alone: bool) -> bool:
    """Whether files can be sent through this bot; `alone` tells that there is no network: those write them nowhere."""
    return not alone and bot.mode != OFFERED and hasattr(bot, "send_stream_request")


def hand_over(bot: Any, to: Any, file: Attachment, content: bytes) -> None:
    """Give the backend a file for a room or person, which it may send later. Raises what the backend raises."""
    stream = Named(content)
    stream.name = file.name
    bot.send_stream_request(to, stream, name=file.name, size=len(content), stream_type=kind_of(bot, file))


def kind_of(bot: Any, file: Attachment) -> str:
    """What the backend calls a file of this kind: its media type, but for Telegram, which has words of its own."""
    if bot.mode != "telegram":
        return file.kind
    return "photo" if file.is_picture else "document"
