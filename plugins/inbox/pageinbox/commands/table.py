"""The table of commands. All else that knows commands reads it here.

A command is one entry of `COMMANDS`. What Errbot offers as methods with their access rules, what is carried out,
`!inbox help`, `!help`, "did you mean", the README's tables and the tests' lists follow from it. A new command takes

1. its entry here, with examples that work in the demo,
2. its handler, in `questions` or `watches`: from a `Request` to a `Post`,
3. its sentences, in `pageinbox.words`,
4. a transcript, in `tests/transcripts`, and the tables of the README, which a test writes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pageinbox.ask.answers import Answers, NothingAsked, UnknownRef
from pageinbox.commands import leads, questions, watches
from pageinbox.commands.replied import completed
from pageinbox.commands.request import Request
from pageinbox.language.reader import QueryError, WriteAsked
from pageinbox.model.errors import LedgerError
from pageinbox.model.fault import Fault
from pageinbox.model.post import Post
from pageinbox.model.text import EDGES, bare
from pageinbox.model.watch import Ping
from pageinbox.settings.table import Settings
from pageinbox.words import refusals
from pageinbox.words.help import command_help, usage
from pageinbox.words.ledger import without_ledger

if TYPE_CHECKING:
    from pageinbox.tell.service import WatchService


log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command.

    `word` follows `!inbox`; it is empty for `!inbox` itself. `example` can be typed behind `!inbox`, and `help` says in
    a line what it does; `more` are further examples and what they do. `takes` are the words it understands. One that
    `needs_ledger` is answered with what is wrong with the ledger while that can't be used. One that is `about_one` and
    names no conversation takes that of the announcement it replies to.
    """

    word: str
    handler: Callable[[Request], Post]
    help: str
    example: str
    takes: str = ""
    more: tuple[tuple[str, str], ...] = ()
    needs_ledger: bool = False
    about_one: bool = False

    @property
    def name(self) -> str:
        """What Errbot and its access controls call it: `inbox_watch`."""
        return f"inbox_{self.word}".rstrip("_")

    @property
    def description(self) -> str:
        """What Errbot's `!help` says of it. Without the prefix, which Errbot garbles where it is not the default."""
        example, _ = self.examples[0]
        return (
            f"{self.help[:1].upper()}{self.help[1:]}\n\nFor example: {example}. More: inbox help {self.word or 'inbox'}"
        )

    @property
    def examples(self) -> tuple[tuple[str, str], ...]:
        """What can be typed, and what that does; the prefix of the bot is missing."""
        return tuple((f"inbox {example}".strip(), does) for example, does in ((self.example, self.help), *self.more))


def show_help(request: Request) -> Post:
    """Every command, or one that is named. Raises QueryError."""
    word = leads.command_asked(request, request.words)
    if word is None:
        first = [command.examples[0] for command in COMMANDS if command.word]
        return usage([*QUESTION.examples, *first])
    command = BY_WORD.get(word, QUESTION)
    return command_help(f"inbox {command.word}".strip(), command.takes, command.examples)


QUESTION = Command(
    word="",
    handler=questions.ask,
    help="show every Page's inbox, on both platforms",
    example="",
    takes=(
        '[folder|all] [platform] [page] [user ID|@name] [unread|read] [waiting|answered] [text "…"] '
        "[since 2h|monday|14:00] [limit N], in any order"
    ),
    more=(
        ("spam instagram", "one folder of one platform: inbox, other, done, spam; messenger, instagram"),
        ("junk on ig please", "the same in everyday words"),
        ("unread since 2h limit 20", "filters, in any order"),
        ("waiting", "who is waiting for an answer, the longest first; answered is the opposite"),
        ("all unread", "every folder: inbox, other, done and spam"),
        (
            'text "news" since monday',
            "only with these words in the latest message; also since yesterday, today or 14:00",
        ),
        ("@ann.example", "one person's conversations in every folder; add spam, other, done or inbox for only one"),
        ('@"Bo Lindqvist"', "the same for a name with a space"),
        ("user 1602000000000001", "the same for the ID that Meta gives a person"),
    ),
)
COMMANDS = (
    QUESTION,
    Command(
        word="more",
        handler=questions.more,
        help="show the next rows of this room's last answer",
        example="more",
        takes="the number of rows to show",
        more=(("more 20", "the next 20"),),
    ),
    Command(
        word="show",
        handler=questions.show,
        help="show the latest messages of one conversation",
        example="show jxx3",
        takes="a ref, or a row's number in this room's last list",
        more=(("show 3", "the same for row 3 of the last list"),),
        about_one=True,
    ),
    Command(
        word="pages",
        handler=questions.pages,
        help="show the Pages I read, and who they are at Meta",
        example="pages",
        takes="a Page, or nothing for all of them",
    ),
    Command(
        word="status",
        handler=questions.status,
        help="show how fresh each list is, what is wrong, and how much Meta still allows",
        example="status",
        takes="a Page or a platform, or nothing for everything",
    ),
    Command(
        word="help",
        handler=show_help,
        help="show what you can ask",
        example="help",
        takes="a command, or nothing for all of them",
        more=(("help watch", "all that a watch understands"),),
    ),
    Command(
        word="watch",
        handler=watches.watch,
        help="announce every new conversation in this room; in a direct chat, to you alone",
        example="watch spam instagram",
        takes=(
            '[folder] [platform] [page] [unread|read] [waiting|answered] [from @…] [text "…"] [every new|message] '
            "[later edit|thread|nothing] [quiet 22:00-08:00 Europe/Rome] [as count|initials|name|snippet] "
            "[ping @…], in any order"
        ),
        more=(
            ("watch", "every new conversation in any inbox"),
            ("watch unread", "only what nobody has read yet"),
            ("watch waiting", "only what nobody has answered yet"),
            ("watch from @ann.example", "only from one person"),
            ('watch text "refund"', "only with these words"),
            ("watch every message", "also when somebody writes again in a known conversation"),
            ("watch later thread", "put later messages into the thread of the announcement"),
            ("watch later edit", "edit the announcement when the conversation goes on; this is the default"),
            ("watch later nothing", "leave the announcement as it is"),
            (
                "watch quiet 22:00-08:00 Europe/Rome",
                "announce what comes in during these hours when they end, in one message",
            ),
            ("watch as count", "how much this room sees of whoever wrote: count, initials, name or snippet"),
            ("watch ping @here", "notify people with each announcement: everybody here, a group or a person"),
        ),
        needs_ledger=True,
    ),
    Command(
        word="watches",
        handler=watches.watches,
        help="show this room's watches by number, and what is muted here",
        example="watches",
        needs_ledger=True,
    ),
    Command(
        word="unwatch",
        handler=watches.unwatch,
        help="end one of this room's watches",
        example="unwatch 1",
        takes="a watch's number",
        needs_ledger=True,
    ),
    Command(
        word="mute",
        handler=watches.mute,
        help="stop announcing one conversation here, for a day unless you say how long",
        example="mute jxx3 for 2h",
        takes="a ref, a row's number or a watch, and a length of time",
        more=(
            ("mute 3 for 2h", "the same for row 3 of the list you were just shown"),
            ("mute watch 1 for 2h", "stop announcing what watch 1 finds"),
        ),
        needs_ledger=True,
        about_one=True,
    ),
    Command(
        word="unmute",
        handler=watches.unmute,
        help="announce a muted conversation here again",
        example="unmute jxx3",
        takes="a ref, a row's number or a watch",
        more=(("unmute watch 1", "the same for watch 1"),),
        needs_ledger=True,
        about_one=True,
    ),
    Command(
        word="outbox",
        handler=watches.waiting,
        help="show the announcements that are not delivered yet, and why",
        example="outbox",
        needs_ledger=True,
    ),
    Command(
        word="why",
        handler=watches.why,
        help="show which rooms were told about a conversation, when, or why not",
        example="why jxx3",
        takes="a ref, or a row's number in this room's last list",
        needs_ledger=True,
        about_one=True,
    ),
)
WORDS = tuple(command.word for command in COMMANDS if command.word)
BY_WORD = {command.word: command for command in COMMANDS if command.word}

HELP = {"help", "h"}


def command_of(text: str) -> tuple[Command, str]:
    """The command that the words after `!inbox` begin with, or `!inbox` itself; and the words behind it."""
    word, *rest = text.split(maxsplit=1) or [""]
    command = BY_WORD.get(word.casefold().rstrip(EDGES))
    return (command, "".join(rest).strip()) if command else (QUESTION, text.strip())


def wants_help(words: str) -> bool:
    """Whether the words behind a command ask what it does: `?`, `--help`, `-h` or `help`."""
    return bare(words).lstrip("-—–") in HELP or (not bare(words) and "?" in words)


class Commands:
    """What `!inbox` does with the words after it.

    `service` gives what announces without being asked, or raises LedgerError. `clock` tells seconds since 1970,
    `refusal` is what is wrong with newer settings that were refused. `allowed` tells whether whoever asks may give a
    command, by its name for Errbot and the words behind it: one command may be answered as another. `whom` finds whom a
    name means in a room, or raises NotPinged and ChatError. `faults` gives what the bot can't get done by itself.
    """

    def __init__(
        self,
        answers: Answers,
        settings: Settings,
        service: Callable[[], WatchService],
        *,
        clock: Callable[[], float],
        refusal: str = "",
        allowed: Callable[[str, str], bool] = lambda name, words: True,
        whom: Callable[[str, str], Ping],
        faults: Callable[[], Sequence[Fault]] = tuple,
    ) -> None:
        self._answers = answers
        self._settings = settings
        self._service = service
        self._clock = clock
        self._refusal = refusal
        self._allowed = allowed
        self._whom = whom
        self._faults = faults

    def answer(self, room: str, text: str, *, direct: bool = False, replied: Sequence[str] = ()) -> Post:
        """What to say in `room` to `text`, the words after `!inbox`. Raises nothing: Errbot would show it raw.

        `direct` says that the room is one person, `replied` are the receipts of what the message replies to.
        """
        command, words = command_of(text)
        request = Request(
            room=room,
            words=words,
            direct=direct,
            answers=self._answers,
            settings=self._settings,
            service=self._service,
            clock=self._clock,
            refusal=self._refusal,
            commands=WORDS,
            allowed=self._allowed,
            whom=lambda name: self._whom(room, name),
            replied=replied,
            faults=self._faults,
        )
        return replace(self._answer(command, request), zone=self._settings.timezone)

    def _answer(self, command: Command, request: Request) -> Post:
        try:
            return self._carried_out(command, request)
        except LedgerError as error:
            return without_ledger(error.kind, error.where)
        except WriteAsked as error:
            post = leads.reads_only(request, error.verb)
        except QueryError as error:
            post = refusals.misunderstood(error.sentence, error.guess, error.example)
        except NothingAsked:
            post = refusals.nothing_asked()
        except UnknownRef as error:
            post = leads.unknown_conversation(request, command.word, str(error))
        except Exception as error:
            log.exception("A command failed")
            return refusals.broken(type(error).__name__)
        about = command.word if command.word != "help" else ""
        return refusals.with_help(post, f"inbox help {about}".strip())

    def _carried_out(self, command: Command, request: Request) -> Post:
        if wants_help(request.words):
            return show_help(replace(request, words=command.word))
        if command.needs_ledger:
            self._service()
        meant = completed(request, command.word) if command.about_one and request.replied else request
        return command.handler(meant) if isinstance(meant, Request) else meant
