"""Commands given otherwise than by a message: at a click, in a form, as a slash command, by opening the App Home.

Each is carried out in the name of whoever does it, by the bot's access rules, and answered where they are: to
themselves alone, in a window, or, where they want it, to the channel. What Slack sends is acknowledged at once, and all
else is done by the threads in which Errbot carries out commands: a window has to be opened within three seconds.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from errbot.backends.base import Message

from pageinbox.chat.files import Files
from pageinbox.chat.slack import content as slack
from pageinbox.chat.slack import views
from pageinbox.chat.slack.calls import Calls
from pageinbox.chat.slack.gesture import FORM, Gesture, gesture, message_of
from pageinbox.chat.slack.incoming import Heard
from pageinbox.chat.slack.offers import REFRESH, SHOWN, asks, word_of
from pageinbox.chat.slack.refusal import FAULTY, Refused
from pageinbox.chat.slack.whisper import direct, said, whisper
from pageinbox.model.chat import CarryOut, ChatError, Misread
from pageinbox.model.logged import nobody_named
from pageinbox.model.post import Attachment, Post
from pageinbox.words import clicks, refusals
from pageinbox.words.files import aside

log = logging.getLogger(__name__)

EXPIRED = {"expired_trigger_id", "trigger_expired", "exchanged_trigger_id", "trigger_exchanged", "invalid_trigger_id"}
"""Why a window can't be opened any more."""

UNSHOWN = FAULTY | {"invalid_arguments", "view_too_large"}
"""Why Slack won't show something in a window."""

GONE = "not_found"
"""Why a window can't be changed that was closed, or, as others met it, was only just opened."""

OPENING = 1.0
"""Seconds after which a window is surely known that was just opened."""

ANSWERS_MOST = 5
"""How often Slack takes an answer at the address that comes with a slash command."""

UNFURLED = {"unfurl_links": False, "unfurl_media": False}


class Interactive:
    """Hears what `arriving` passes on. `say` answers a message in its channel, `files` puts what posts have attached
    by `share`, which is given a file, its bytes and a channel.

    `home` are the App Home's commands.
    """

    def __init__(
        self,
        bot: Any,
        calls: Calls,
        carry_out: CarryOut,
        *,
        misread: Misread,
        say: Callable[[Message, Post], None],
        share: Callable[[Attachment, bytes, str], None],
        files: Files,
        home: Sequence[str],
        prefix: str,
        sleep: Callable[[float], None],
    ) -> None:
        self._bot = bot
        self._sleep = sleep
        self._calls = calls
        self._carry_out = carry_out
        self._misread = misread
        self._say = say
        self._share = share
        self._files = files
        self._home = home
        self._prefix = prefix
        self._heard = Heard()
        self.heard_at: float | None = None
        """When Slack told of a click, a form or a slash command last, in seconds since 1970."""

    def hear(self, payload: Mapping[str, Any]) -> dict[str, Any] | None:
        """What to acknowledge a payload with; None for one that is nothing of ours. What it asks for is begun."""
        try:
            done = gesture(payload)
        except ValueError as error:
            log.warning("Slack told of a click that I can't read: %s", error)
            return None
        if done is None:
            return None
        self.heard_at = time.time()
        if done.form and (wrong := self._misread(done.command)):
            return {"response_action": "errors", "errors": {FORM: wrong}}
        if not (done.trigger and self._heard.met(done.trigger)):
            self._begin(partial(self._act, done))
        if done.form:
            return {"response_action": "update", "view": views.loading(done.command)}
        return {}

    def opened(self, event: Mapping[str, Any]) -> None:
        """Somebody has opened the App Home."""
        if event.get("tab") == "home":
            self._begin(partial(self._publish, str(event.get("user"))))

    def _begin(self, work: Callable[[], None]) -> None:
        """Have it done by one of Errbot's threads; where it has none, or is changing them just now, by this one."""

        def guarded() -> None:
            try:
                work()
            except ChatError as error:
                log.error("I could not answer a click: %s", nobody_named(error))
            except Exception as error:  # its text may be a customer's
                log.error("A click failed: %s", type(error).__name__)

        try:
            self._bot.thread_pool.apply_async(guarded)
        except (AttributeError, ValueError):
            guarded()

    def _act(self, done: Gesture) -> None:
        if done.origin.isdisjoint(self._bot.auth.get(name) for name in ("team_id", "enterprise_id")):
            self._answer(replace(done, public=False), clicks.elsewhere())
        elif not done.command:
            self._answer(done, clicks.unknown())
        elif done.command == REFRESH:
            self._publish(done.user)
        elif done.slash or done.form:
            self._answer(done, self._carried_out(done))
        elif question := asks(done.command):
            place = {"channel": done.channel, "thread": done.thread}
            self._window(done, views.form(done.command, question, place))
        elif done.view or word_of(done.command) in SHOWN:
            if window := self._window(done, views.loading(done.command)):
                self._answer(replace(done, view=window, home=False), self._carried_out(done))
            if done.home:
                self._publish(done.user)
        else:
            self._answer(done, self._carried_out(done))

    def _carried_out(self, done: Gesture) -> Post:
        return self._carry_out(message_of(self._bot, done), done.alone)

    def _window(self, done: Gesture, view: views.View) -> str:
        """Show a view in the window of the click, or in a new one, and give its id; empty where none can be opened."""
        if done.view and not done.home:
            self._calls.once("views_update", view_id=done.view, view=view)
            return done.view
        try:
            opened = self._calls.once("views_open", trigger_id=done.trigger, view=view)
        except Refused as refusal:
            late = refusal.code in EXPIRED
            self._answer(replace(done, view=""), clicks.too_late(done.command) if late else clicks.closed(str(refusal)))
            return ""
        return str(opened["view"]["id"])

    def _answer(self, done: Gesture, post: Post) -> None:
        """Say it where the person is. Raises ChatError."""
        if done.view and not done.home:
            self._show(done, aside_of(post))
        elif done.public and post not in denials(done.command):
            try:
                self._say(message_of(self._bot, done), post)
                return  # its files are there as well
            except Refused:
                self._respond(done, post, "in_channel")
        else:
            self._whisper(done, aside_of(post))
        self._hand_over(done, post)

    def _hand_over(self, done: Gesture, post: Post) -> None:
        """Put files into the direct chat with the person: a window takes none, nor does what one alone is shown."""
        self._files.put(
            post.attachments,
            lambda file, content: self._share(file, content, direct(self._calls, done.user)),
            lambda failure: self._whisper(done, failure),
        )

    def _show(self, done: Gesture, post: Post) -> None:
        """Say it in the window. One who has closed that has seen enough, but for what became of a form."""
        view = views.shown(done.command, post, self._prefix)
        try:
            self._fill(done.view, view)
        except Refused as refusal:
            if refusal.code in UNSHOWN:
                view = views.shown(done.command, clicks.unshown(done.command), self._prefix)
                self._calls.patiently("views_update", view_id=done.view, view=view)
            elif refusal.code != GONE:
                raise
            elif done.form:
                self._whisper(done, post)

    def _fill(self, window: str, view: views.View) -> None:
        """Show a view in a window, which Slack may not know at once (slackapi/java-slack-sdk#1220)."""
        try:
            self._calls.patiently("views_update", view_id=window, view=view)
        except Refused as refusal:
            if refusal.code != GONE:
                raise
            self._sleep(OPENING)
            self._calls.patiently("views_update", view_id=window, view=view)

    def _whisper(self, done: Gesture, post: Post) -> None:
        """Say it to the person alone: in the channel, or where the bot is no member, at the address Slack gave."""
        parts = slack.messages(post, self._prefix)
        answered = partial(self._respond, done, post, "ephemeral") if done.address else None
        whisper(self._calls, parts, channel=done.channel, user=done.user, thread=done.thread, otherwise=answered)

    def _respond(self, done: Gesture, post: Post, to: str) -> None:
        for part in slack.messages(post, self._prefix)[:ANSWERS_MOST]:
            place = {"response_type": to, "replace_original": False, **UNFURLED}
            said(partial(self._calls.respond, done.address), place, part)

    def _publish(self, user: str) -> None:
        """Show somebody their App Home as it is now."""
        asked = Gesture(user=user, origin=frozenset(), command="", alone=True)
        posts = [self._carried_out(replace(asked, command=command)) for command in self._home]
        try:
            self._calls.patiently("views_publish", user_id=user, view=views.home(posts, self._prefix))
        except Refused as refusal:
            if refusal.code not in UNSHOWN:
                raise
            posts = [clicks.unshown(command) for command in self._home]
            self._calls.patiently("views_publish", user_id=user, view=views.home(posts, self._prefix))


def aside_of(post: Post) -> Post:
    """The post, saying where its files are."""
    return replace(post, notes=(*post.notes, aside(post.attachments))) if post.attachments else post


def denials(command: str) -> tuple[Post, ...]:
    """What somebody is told who may not give a command: nobody else in the channel is to see that."""
    word = word_of(command)
    return refusals.not_allowed(word), refusals.not_allowed(word, admins_alone=True), refusals.not_allowed("")
