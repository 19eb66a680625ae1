"""Announcements and answers through Errbot itself, for every backend without a package of its own.

Facts about Errbot were seen in Errbot 6.2.1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pageinbox.chat.errbot.files import hand_over, takes_files
from pageinbox.chat.errbot.incoming import identified, is_found_again, person_of
from pageinbox.chat.errbot.refusal import refuse_lost, trouble
from pageinbox.chat.files import Files, without_files
from pageinbox.chat.whom import ping_called
from pageinbox.model.act import Person
from pageinbox.model.chat import ChatDoubt, ChatError, Doubt, NotPinged
from pageinbox.model.checkup import Unseen
from pageinbox.model.finding import Finding, unknown
from pageinbox.model.post import Mention, Post
from pageinbox.model.watch import Ping


class ErrbotChat:
    """Announces through `bot`, whatever its backend. A `Chat`, safe for several threads.

    `texts` makes of a post the texts of one or more messages: Markdown as this backend takes it, each within
    MESSAGE_SIZE_LIMIT. `alone` tells that there is no network: whoever is at the terminal reads all.
    """

    def __init__(self, bot: Any, texts: Callable[[Post], Sequence[str]], *, alone: bool = False) -> None:
        self._bot = bot
        self._texts = texts
        self._alone = alone
        self._files = Files()
        self._moved: dict[str, str] = {}

    def send(self, room: str, post: Post, key: str, under: str = "") -> str:
        """Say `post` in `room`, or to the person, named as `room_of` or the settings name them.

        Gives the empty string: the backend has taken it and named no receipt, which on some is no more than that it did
        not object. `key` and `under` go nowhere, since Errbot has no place for them; files follow later. Raises
        ChatError when nothing has arrived, and ChatDoubt when that can't be told: a backend may raise anything after it
        has sent.
        """
        files = takes_files(self._bot, alone=self._alone)
        for number, text in enumerate(self._texts(post if files else without_files(post))):
            try:
                self._say(room, text)
            except ChatError as error:
                if number and not isinstance(error, ChatDoubt):
                    raise ChatDoubt(f"{error}; the first part has arrived", error.retry_after) from None
                raise
        if files:
            self._files.put_later(
                post.attachments,
                lambda file, content: hand_over(self._bot, identified(self._bot, room), file, content),
                lambda failure: self._say(room, self._texts(failure)[0]),
            )
        return ""

    def connected(self) -> None:
        """Nothing to do. See `Network`."""

    def hears(self) -> bool:
        """Yes: Errbot has no way to tell. See `Network`."""
        return True

    def examine(self, rooms: Sequence[str]) -> list[Finding]:
        """Nothing: Errbot can't ask where it may write. See `Network`."""
        return [unknown(Unseen(tuple(rooms), "this network's backend doesn't say"))] if rooms else []

    def whom(self, room: str, name: str) -> Ping:
        """Nobody: how to notify people is every network's own. Where nobody else is, whoever reads is here."""
        if not self._alone:
            raise NotPinged("I can do that only on Slack and Matrix")
        return ping_called(name, {"here": ["here"]})

    def member(self, room: str, name: str) -> tuple[Person, Mention]:
        """Whoever Errbot's backend finds by the name, with an @ as most want it. See `Network`."""
        found = person_of(identified(self._bot, f"@{name}"))
        return found, Mention("", found.name)

    def finds_again(self, message: Any) -> bool:
        """Whether the backend makes the same of the name. See `Network`."""
        return self._alone or is_found_again(self._bot, message)

    def heard_before(self, message: Any) -> bool:
        """No: Errbot has no way to tell. See `Network`."""
        return False

    def moved(self) -> dict[str, str]:
        """The groups that Telegram has given another id, as far as it refused a message for that. See `Network`."""
        return dict(self._moved)

    def called(self) -> tuple[str, ...]:
        """Nothing: Errbot has no way to tell. See `Network`."""
        return ()

    def typed(self, message: Any, text: str) -> str:
        """The text as it is. See `Network`."""
        return text

    def replied(self, message: Any) -> tuple[str, ...]:
        """None: Errbot has no word for it. See `Network`."""
        return ()

    def reacted(self, reaction: Any) -> None:
        """Nothing: a message has no receipt here, by which it would be known what the reaction is about."""

    def whisper(self, message: Any, post: Post) -> None:
        """Say it to the person alone. Raises what the backend raises."""
        self.answer(message, post, private=True, threaded=False)

    def answer(self, message: Any, post: Post, *, private: bool, threaded: bool) -> None:
        """Answer an incoming message, as Errbot answers what a command gives back. Raises what the backend raises."""
        files = takes_files(self._bot, alone=self._alone)

        def say(post: Post) -> None:
            for text in self._texts(post):
                self._bot.send_simple_reply(message, text, private, threaded)

        say(post if files else without_files(post))
        if files and post.attachments:
            to = self._bot.build_reply(message, "", private=private, threaded=threaded).to
            self._files.put(post.attachments, lambda file, content: hand_over(self._bot, to, file, content), say)

    def edit(self, room: str, post: Post, receipt: str) -> None:
        """Nothing: Errbot can't edit a message, and gives no receipt for one."""

    def settle(self, room: str, key: str, since: float, under: str = "") -> Doubt:
        """Open: Errbot can't look a message up."""
        return Doubt.OPEN

    def _say(self, room: str, text: str) -> None:
        message = self._bot.build_message(text)
        message.frm, message.to = self._bot.bot_identifier, identified(self._bot, room)
        refuse_lost(self._bot, message.to)
        failure = None
        try:
            self._bot.send_message(message)
        except Exception as error:
            failure = trouble(error)
            if new := getattr(error, "new_chat_id", 0):
                self._moved[room] = str(new)
        if failure is not None:  # raised here, so that it does not hold the backend's own exception
            raise failure
