"""What the bot's admins are told is wrong with the settings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

from pageinbox.model.chat import Chat, ChatError
from pageinbox.model.post import Post


class Admins:
    """Tells them what is wrong, once for as long as it is the same.

    `names` gives whom to tell, `chat` where; `clock` tells seconds since 1970.
    """

    def __init__(
        self, names: Callable[[], Sequence[str]], chat: Callable[[], Chat], clock: Callable[[], float]
    ) -> None:
        self._names = names
        self._chat = chat
        self._clock = clock
        self._told: dict[str, Sequence[str]] = {}
        """What they were told last, by what it keeps from being done."""

    def tell(self, what: str, wrong: Sequence[str], post: Post) -> None:
        """Tell them of `wrong`, which keeps `what` from being done; no sentence in it is nothing to tell."""
        if wrong == self._told.get(what) or not any(wrong):
            return
        self._told[what] = wrong
        for admin in self._names():
            with suppress(ChatError):  # the log has it too
                self._chat().send(admin, post, f"{what}-{self._clock():.0f}")
