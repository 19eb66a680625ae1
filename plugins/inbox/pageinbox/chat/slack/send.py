"""Announcing and answering in Slack, through the connection of the bot, whose backend is errbot-backend-slackv3.

Facts about Slack are from the reference of its methods (https://docs.slack.dev/reference/methods); those about slackv3
were seen in 0.3.2, those about slack_sdk in 3.47. Neither is imported, so that a bot elsewhere needs neither.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from errbot.backends.base import REACTION_REMOVED, Room

from pageinbox.chat.files import Files
from pageinbox.chat.reactions import Reacted, sign_of
from pageinbox.chat.slack import content as slack
from pageinbox.chat.slack import examining
from pageinbox.chat.slack.arriving import listen
from pageinbox.chat.slack.calls import Calls
from pageinbox.chat.slack.channels import find_channels_at_once
from pageinbox.chat.slack.finding import SHOWN_LATE, found, marked
from pageinbox.chat.slack.gesture import message_of
from pageinbox.chat.slack.hearing import follow_channels, hear_all
from pageinbox.chat.slack.incoming import Heard, called, replied, typed
from pageinbox.chat.slack.interactive import Interactive
from pageinbox.chat.slack.moved import Moved
from pageinbox.chat.slack.people import member, whom
from pageinbox.chat.slack.places import Places
from pageinbox.chat.slack.posting import PATIENCE, posted
from pageinbox.chat.slack.reacting import gesture_of, hear_reactions, is_persons, met_as
from pageinbox.chat.slack.refusal import LASTING, PAUSED, RESTRICTED, UNREADABLE, Refused
from pageinbox.chat.slack.sharing import share
from pageinbox.chat.slack.turns import Turns
from pageinbox.chat.slack.whisper import said, whisper
from pageinbox.model.act import Person
from pageinbox.model.chat import CarryOut, ChatError, Doubt, Misread, Uneditable
from pageinbox.model.checkup import Clicked
from pageinbox.model.finding import Finding, good, unknown
from pageinbox.model.post import Attachment, Foreign, Mention, Post
from pageinbox.model.watch import Ping

log = logging.getLogger(__name__)

LATE = 10.0
"""Seconds an announcement waits for its turn; longer would hold up others."""

LONGEST_PAUSE = 60.0
"""Seconds an answer waits in all when Slack asks for pauses."""

CLOCKS_APART = 3600.0
"""Seconds by which our clock may be ahead of Slack's when a message is looked for."""

EDITS = "edits"
"""Slack counts edits of all channels together: https://docs.slack.dev/reference/methods/chat.update"""


class SlackChat:
    """Says posts in Slack through `bot`. A `Chat`, safe for several threads.

    `prefix` is what commands begin with. `clock` tells seconds that never go back, `sleep` waits for some.
    """

    def __init__(self, bot: Any, prefix: str, *, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._bot = bot
        self._calls = Calls(bot)
        self._prefix = prefix
        self._sleep = sleep
        self._places = Places(bot, self._calls, clock)
        self._turns = Turns(clock, sleep)
        self._files = Files()
        self._heard = Heard()
        self._interactive: Interactive | None = None
        self._moved = Moved(self._calls.once)
        self._unreadable: set[str] = set()
        """Channels that can't be looked through, and are already in the log as such."""
        self._clock = clock
        self._missed: dict[str, float] = {}
        """By its key, when a message that may have arrived was first looked for in vain, whichever bot sent it."""

    def send(self, room: str, post: Post, key: str, under: str = "") -> str:
        """Say `post` in `room`, and give the message's `ts`. See `send`.

        `key` is in the message's metadata. Where the thread `under` is gone, the message goes into the channel itself.
        Its files follow, later; why one can't is said in the message's own thread.
        """
        channel = self._places.channel(room)
        self._turns.expect(channel, PATIENCE)
        self._missed.pop(key, None)
        with self._turns.turn(channel, LATE):
            receipt = self._announced(channel, post, under, marked(key))
        self._files.put_later(
            post.attachments,
            lambda file, content: self._share(file, content, channel, under),
            lambda failure: self._add(channel, failure, under or receipt),
        )
        return receipt

    def _announced(self, channel: str, post: Post, under: str, metadata: dict[str, Any]) -> str:
        quiet = post.unpinged()
        try:
            return self._posted(channel, slack.message(post, self._prefix), under, PATIENCE, metadata=metadata)
        except Refused as refusal:  # a workspace may let only some ping @here
            self._moved.look(refusal, channel)
            if quiet == post or not refusal.code.startswith(RESTRICTED):
                raise
        log.warning("Slack doesn't let me write in %s, perhaps because of a ping: I try without", channel)
        return self._posted(channel, slack.message(quiet, self._prefix), under, PATIENCE, metadata=metadata)

    def connected(self) -> None:
        """See `Network`: from now on no command and no reaction is lost to a lookup, and no channel to a new id."""
        hear_all(self._bot, self._sleep)
        hear_reactions(self._bot)
        find_channels_at_once(self._bot)
        follow_channels(self._bot, self._moved.follow)
        if self._interactive is not None:
            listen(self._bot, self._interactive.hear)
            self._bot._handle_app_home_opened = lambda client, event: self._interactive.opened(event)

    def hears(self) -> bool:
        """Whether Socket Mode is connected. See `Network`."""
        socket = self._bot.slack_socket_mode
        return socket is None or socket.is_connected()

    def accept(self, carry_out: CarryOut, misread: Misread, home: Sequence[str]) -> None:
        """Take commands at a click, in forms and as slash commands, too. See `Interactive`."""
        self._interactive = Interactive(
            self._bot,
            self._calls,
            carry_out,
            misread=misread,
            say=lambda message, post: self.answer(message, post, private=False, threaded=False),
            share=self._share,
            files=self._files,
            home=home,
            prefix=self._prefix,
            sleep=self._sleep,
        )

    def examine(self, rooms: Sequence[str]) -> list[Finding]:
        """The app's scopes, whether anybody clicks, and the channels. See `Network`."""
        clicked = self._interactive.heard_at if self._interactive is not None else None
        now = time.time()
        return [
            examining.scopes(self._calls.scopes),
            unknown(Clicked(None, now)) if clicked is None else good(Clicked(clicked, now)),
            *examining.rooms(rooms, self._places.channel, self._calls.once),
        ]

    def whom(self, room: str, name: str) -> Ping:
        """Everybody who is here, a user group or a person. See `Network`."""
        return whom(self._calls.patiently, name)

    def member(self, room: str, name: str) -> tuple[Person, Mention]:
        """A person, by Slack's id for them. See `Network`."""
        return member(self._calls.patiently, name)

    def finds_again(self, message: Any) -> bool:
        """Yes: names are ids. See `Network`."""
        return True

    def heard_before(self, message: Any) -> bool:
        """Whether Slack delivers the message again, or only tells of an edit. See `Network`."""
        event = message.extras.get("slack_event")
        return event is not None and self._heard.before(event)

    def moved(self) -> dict[str, str]:
        """The channels that have got another id since the bot was started. See `Network`."""
        return self._moved.known()

    def called(self) -> tuple[str, ...]:
        """A mention of the bot, and its name before a colon. See `Network`."""
        return called(self._bot)

    def typed(self, message: Any, text: str) -> str:
        """The text without Slack's escapes. See `Network`."""
        return typed(text)

    def replied(self, message: Any) -> tuple[str, ...]:
        """The `ts` of the message that began its thread. See `Network`."""
        return replied(message.extras.get("slack_event") or {})

    def reacted(self, reaction: Any) -> Reacted | None:
        """What it asks for. See `Network`."""
        sign = sign_of(reaction.reaction_name)
        if sign is None or not is_persons(self._bot, reaction) or self._heard.met(*met_as(reaction)):
            return None
        taken_back = reaction.action == REACTION_REMOVED
        given = gesture_of(reaction, sign.command_for(taken_back))
        return Reacted(sign, taken_back, given.thread, message_of(self._bot, given))

    def whisper(self, message: Any, post: Post) -> None:
        """Say it where the person alone sees it. Raises ChatError."""
        channel, user = message.extras["slack_event"]["channel"], message.extras["slack_event"]["user"]
        if not message.is_group:
            self.answer(message, post, private=False, threaded=False)
            return
        whisper(self._calls, [slack.message(post, self._prefix)], channel=channel, user=user)

    def answer(self, message: Any, post: Post, *, private: bool, threaded: bool) -> None:
        """Answer a command where Errbot would, in as many messages as it takes.

        `private` answers the person alone, `threaded` in the thread of `message`; in a thread the answer stays there.
        Where Slack asks for pauses they are kept. Raises ChatError, also when only the end did not arrive.
        """
        reply = self._bot.build_reply(message, "", private=private, threaded=threaded)
        if isinstance(reply.to, Room) and self._bot.bot_config.GROUPCHAT_NICK_PREFIXED:
            nick = message.frm.nick or message.frm.fullname  # many people in Slack have only that
            post = replace(post, headline=(Foreign(f"@{nick}"), ": ", *post.headline)) if nick else post
        channel = self._places.channel_of(reply.to, self._calls.patiently)
        event = message.extras["slack_event"]
        under = reply.extras.get("thread_ts", "")
        if reply.parent is not None:
            under = event.get("message", event)["ts"]
        if channel != event["channel"]:
            under = ""  # slackv3 would name a thread of another channel
        with self._turns.turn(channel):
            for part in slack.messages(post, self._prefix):
                self._posted(channel, part, under, LONGEST_PAUSE)
        self._files.put(
            post.attachments,
            lambda file, content: self._share(file, content, channel, under),
            lambda failure: self._add(channel, failure, under),
        )

    def edit(self, room: str, post: Post, receipt: str) -> None:
        """Let the message with this `ts` say `post`; its metadata stay. See `edit`."""
        message = slack.message(post, self._prefix)
        channel = self._places.channel(room)
        place = {"channel": channel, "ts": receipt, "link_names": False, "parse": "none"}

        def take(**arguments: Any) -> None:
            self._turns.expect(EDITS, PATIENCE)
            # Without any, the blocks would stay as they were.
            self._turns.take(EDITS, lambda: self._calls.once("chat_update", **{"blocks": []} | arguments))

        with self._turns.turn(EDITS, LATE):
            try:
                said(take, place, message)
            except Refused as refusal:
                if refusal.code in PAUSED:
                    self._turns.hold(EDITS, refusal.retry_after)
                if refusal.code not in LASTING:
                    raise
                raise Uneditable(str(refusal)) from None

    def settle(self, room: str, key: str, since: float, under: str = "") -> str | Doubt:
        """Look for the message with this key. See `settle`. That it is not there, Slack can't say at once."""
        channel = self._places.channel(room)
        place = {"channel": channel, "oldest": f"{max(0.0, since - CLOCKS_APART):.6f}"}
        try:
            # One whose thread was gone went into the channel.
            inside = under and found(self._calls.once, key, under, place)
            if there := inside or found(self._calls.once, key, "", place):
                self._missed.pop(key, None)
                return there
        except Refused as refusal:
            if refusal.code not in UNREADABLE:
                raise
            if channel not in self._unreadable:
                self._unreadable.add(channel)
                log.warning("A message that was cut off in %s may appear there twice: %s", channel, refusal)
            return Doubt.OPEN
        now = self._clock()
        if (early := self._missed.setdefault(key, now) + SHOWN_LATE - now) > 0:
            raise ChatError("Slack may not show yet what it took", early)
        self._missed.pop(key, None)
        return Doubt.SAFE

    def _share(self, file: Attachment, content: bytes, channel: str, thread: str = "") -> None:
        share(self._calls, file, content, channel=channel, thread=thread, sleep=self._sleep)

    def _add(self, channel: str, post: Post, under: str) -> None:
        """Say what nobody waits for."""
        with self._turns.turn(channel):
            self._posted(channel, slack.message(post, self._prefix), under, LONGEST_PAUSE)

    def _posted(self, channel: str, message: slack.Message, under: str, patience: float, **more: Any) -> str:
        return posted(self._calls, self._turns, channel, message, under=under, patience=patience, **more)
