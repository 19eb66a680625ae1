"""Errbot's Text backend without the half second that it pauses after each line.

The `.plug` file is written by the tests.
"""

from __future__ import annotations

import logging

from errbot.backends import text
from errbot.backends.base import OFFLINE, ONLINE, Message, Presence
from errbot.logs import console_hdlr


class TypedBackend(text.TextBackend):  # type: ignore[misc]
    def serve_forever(self) -> None:
        """Answer line by line, as the Text backend does in its TEXT_DEMO_MODE, until the input ends."""
        self.query_room("#testroom").join()
        logging.getLogger().removeHandler(console_hdlr)
        self.connect_callback()
        self.callback_presence(Presence(identifier=self.user, status=ONLINE))
        try:
            while True:
                room = self.rooms()[0] if self._inroom else None
                message = Message("")
                message.frm = text.TextOccupant(self.user, room) if room else self.user
                message.to = room or self.bot_identifier
                message.body = input(f"\n[{message.frm} ➡ {message.to}] >>> ")
                self.callback_message(message)
        except (EOFError, KeyboardInterrupt):
            pass
        finally:
            self.callback_presence(Presence(identifier=self.user, status=OFFLINE))
            self.disconnect_callback()
            self.shutdown()
