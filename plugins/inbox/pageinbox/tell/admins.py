"""What the bot's admins are told is wrong with the settings."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pageinbox.model.chat import Chat, ChatDoubt, ChatError
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
        """Tell them of `wrong`, which keeps `what` from being done; no sentence in it is nothing to tell.

        Where none of them could be told, that is tried again the next time it is found wrong.
        """
        if wrong == self._told.get(what) or not any(wrong):
            return
        for admin in self._names():
            try:
                self._chat().send(admin, post, f"{what}-{self._clock():.0f}")
            except ChatDoubt:
                pass  # it may have arrived
            except ChatError:
                continue  # the log has it too
            self._told[what] = wrong
