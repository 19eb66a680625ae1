"""Announcements by way of Errbot itself, for every backend without a module of its own; and how Errbot is ended.

What is said of Errbot was seen in Errbot 6.2.1.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from errbot.backends.base import RoomError, UserDoesNotExistError, UserNotUniqueError
from markdown import Markdown  # type: ignore[import-untyped]

from pageinbox.post import Post
from pageinbox.sending import ChatDoubt, ChatError, Doubt

SLACK_ROOM_NAME = re.compile(r"^(<#\w+)\|.*>$", re.DOTALL)

REFUSALS = (RoomError, UserDoesNotExistError, UserNotUniqueError)
"""What Errbot's backends raise when there is nobody to send to."""

UNREACHED = (ConnectionRefusedError, socket.gaierror)
"""How a connection fails before anything was sent over it."""


class ErrbotChat:
    """Announces through `bot`, whatever its backend. A :class:`pageinbox.sending.Chat`, safe for several threads.

    `texts` makes of a post the texts of one or more messages: Markdown as this backend takes it, each within
    MESSAGE_SIZE_LIMIT.
    """

    def __init__(self, bot: Any, texts: Callable[[Post], Sequence[str]]) -> None:
        self._bot = bot
        self._texts = texts

    def send(self, room: str, post: Post, key: str, under: str = "") -> str:
        """Say `post` in `room`, or to the person, named as :func:`room_of` or the settings name them.

        Gives the empty string: the backend has taken it and named no receipt, which on some is no more than that it did
        not object. `key` and `under` go nowhere, since Errbot has no place for them. Raises ChatError when nothing has
        arrived, and ChatDoubt when that can't be told: a backend may raise anything after it has sent.
        """
        for number, text in enumerate(self._texts(post)):
            try:
                self._say(identified(self._bot, room), text)
            except ChatError as error:
                if number and not isinstance(error, ChatDoubt):
                    raise ChatDoubt(f"{error}; the beginning has arrived", error.retry_after) from None
                raise
        return ""

    def answer(self, message: Any, post: Post, *, private: bool, threaded: bool) -> None:
        """Answer an incoming message, as Errbot answers what a command gives back. Raises what the backend raises."""
        for text in self._texts(post):
            self._bot.send_simple_reply(message, text, private, threaded)

    def edit(self, room: str, post: Post, receipt: str) -> None:
        """Nothing: Errbot can't edit a message, and gives no receipt for one."""

    def settle(self, room: str, key: str, since: float, under: str = "") -> Doubt:
        """Open: Errbot can't look a message up."""
        return Doubt.OPEN

    def _say(self, to: Any, text: str) -> None:
        message = self._bot.build_message(text)
        message.frm, message.to = self._bot.bot_identifier, to
        failure = None
        try:
            self._bot.send_message(message)
        except Exception as error:
            failure = trouble(error)
        if failure is not None:  # raised here, so that it does not hold the backend's own exception
            raise failure


def room_of(message: Any) -> str:
    """How to name the room an incoming message was written in, or the person who wrote it to the bot alone.

    The name means the same after a restart, to :class:`ErrbotChat` and to the bot's own `build_identifier`.
    """
    return name_of(message.to if message.is_group else message.frm)


def name_of(identifier: Any) -> str:
    """The name of a room or person of Errbot's: its text, on Slack without what changes when a room is renamed.

    That is ``#room`` and ``@person`` on the text backend, ``<#C…>`` and ``<@U…>`` on Slack, ``!id:server`` and
    ``@person:server`` on Matrix.
    """
    return SLACK_ROOM_NAME.sub(r"\1>", str(identifier))


def identified(bot: Any, room: str) -> Any:
    """The room or person that a name means in this bot's chat. May ask the network. Raises ChatError for nobody's."""
    failure = None
    try:
        if bot.mode == "text" and room.startswith("#"):
            # build_identifier would take whoever types at the terminal along into that room.
            from errbot.backends.text import TextRoom

            return TextRoom(room[1:], bot)
        return bot.build_identifier(room)
    except Exception as error:
        failure = trouble(error)
        if isinstance(failure, ChatDoubt):
            failure = ChatError(f"I can't find {room} ({type(error).__name__})")
    raise failure


def trouble(error: Exception) -> ChatError:
    """What a backend's exception says of a message: that it was not taken, or that it may have been.

    Of the exception only its type is told, since its text may hold an address with a token.
    """
    kind = type(error).__name__
    if isinstance(pause := getattr(error, "retry_after", None), int | float):
        return ChatError(f"the chat wants a pause ({kind})", max(0.0, float(pause)))
    if isinstance(error, REFUSALS):
        return ChatError(f"the chat did not take it ({kind})")
    root: BaseException = error
    for _ in range(20):  # deep enough, and an end where exceptions name each other
        root = root.__cause__ or root.__context__ or root
    if isinstance(root, UNREACHED):
        return ChatError(f"the chat can't be reached ({type(root).__name__})")
    return ChatDoubt(f"the chat failed, and may have taken it all the same ({kind})")


def may(bot: Any, message: Any, command: str, args: str = "") -> bool:
    """Whether the bot's access controls let the one who wrote `message` give `command` (``inbox_watch``) where it came.

    Errbot asks them only about the command it has found itself, so whoever carries out another one, as for
    ``!inbox Watch``, which to Errbot is ``inbox``, has to ask. This is how its own help asks: nothing is said or done.
    """
    try:
        for allows in bot.command_filters:
            message, command, args = allows(message, command, args, True)
            if message is None:
                return False
    except Exception:
        return False  # as Errbot does, "blocking the command in doubt"
    return True


def convert_one_at_a_time(bot: Any) -> None:
    """Let each Markdown converter of the bot convert one text at a time, and begin anew with each.

    Errbot's backends share one converter among all threads, without a lock and without resetting it, so that a room
    could be sent parts of another room's message, and gets the footnotes of earlier ones.
    """
    for converter in list(vars(bot).values()):
        if isinstance(converter, Markdown) and "convert" not in vars(converter):
            converter.convert = alone(converter)


def alone(converter: Any) -> Callable[[str], str]:
    convert, lock = converter.convert, threading.Lock()

    def one(source: str) -> str:
        with lock:
            converter.reset()
            text: str = convert(source)
            return text

    return one


def end_on_sigterm() -> bool:
    """Let SIGTERM end Errbot as Ctrl-C does: plugins deactivated, shelves closed, status 0. Tells whether it will.

    Errbot itself leaves SIGTERM to the system, which ends it at once. All its backends end on KeyboardInterrupt, and
    Python runs a signal's handler in the main thread, where they serve. Only there can a handler be installed, so this
    belongs in a plugin's `__init__`, which at a bot's start runs there with every backend; `activate` runs elsewhere
    with Slack's Socket Mode, and after `!plugin reload`. A handler, once there, stays through reloads; a plugin that is
    installed into a running bot has to wait for the next start. One of somebody else's, as `errbot --daemon` has one,
    is left alone.
    """
    main = threading.main_thread()
    if threading.current_thread() is main and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        heard, told = os.pipe()
        os.set_blocking(told, False)
        signal.signal(signal.SIGTERM, end)
        signal.set_wakeup_fd(told, warn_on_full_buffer=False)
        threading.Thread(target=insist, args=(heard, main.ident), name="inbox-sigterm", daemon=True).start()
    return signal.getsignal(signal.SIGTERM) is end


def end(number: int, frame: object) -> None:
    """Once: a second one would interrupt what is being put in order."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def insist(heard: int, main: int) -> None:
    """Wake the main thread until it has run the handler: it may be waiting for ever, in which Python sees no signal.

    slackv3's Events mode waits so, and so does the text backend for a line.
    """
    while signal.SIGTERM not in os.read(heard, 64):
        pass
    while signal.getsignal(signal.SIGTERM) is end:
        signal.pthread_kill(main, signal.SIGTERM)
        time.sleep(0.1)
