"""From the words behind `!inbox` to what is said to them: a command of the table, carried out."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from msgspec import structs

from pageinbox.ask.answers import Answers, NothingAsked, UnknownRef
from pageinbox.chat.reactions import Reacted
from pageinbox.checkup.bot import Around
from pageinbox.commands import leads
from pageinbox.commands.command import Command
from pageinbox.commands.reacted import react
from pageinbox.commands.replied import completed
from pageinbox.commands.request import Going, Request
from pageinbox.commands.table import WORDS, command_of, show_help
from pageinbox.graph.pages import Stopped
from pageinbox.language.reader import QueryError, WriteAsked
from pageinbox.language.vocabulary import MAX_TEXT
from pageinbox.model.act import Person
from pageinbox.model.chat import NotPinged
from pageinbox.model.errors import AskedTooOften, LedgerError
from pageinbox.model.fault import Fault
from pageinbox.model.post import Mention, Post
from pageinbox.model.text import bare, storable
from pageinbox.model.watch import Detail, Ping, least
from pageinbox.settings.reading import Settings
from pageinbox.tell.ceilings import Ceilings
from pageinbox.tell.whereabouts import whereabouts
from pageinbox.words import refusals
from pageinbox.words.elsewhere import unnamed
from pageinbox.words.ledger import without_ledger

if TYPE_CHECKING:
    from pageinbox.tell.service import WatchService


log = logging.getLogger(__name__)

HELP = {"help", "h"}
ASKS_HELP = re.compile(
    r"about( you)?|who are you|what are you|what (can|do) (you|i) (do|ask|know|say|type|understand)( here)?"
    r"|how (do|does|can|to) ?(i|this|it|you)? ?(use|work)( this| it| you)?"
)
"""Questions about the bot itself, which are made of words that a question about the inbox passes over."""

ADDRESS = re.compile(r"<?(https://[^\s|>]+)(?:\|[^>]*)?>?")
"""A link, as some chats mark it."""


def wants_help(words: str) -> bool:
    """Whether the words behind a command ask what it does: `?`, `--help`, `-h` or `help`."""
    plain = bare(words)
    asked = plain.lstrip("-—–") in HELP or ASKS_HELP.fullmatch(plain) is not None
    return bool(words) and (asked or (not plain and "?" in words))


def pasted(request: Request) -> Request:
    """The request with the ref of the conversation whose address at Meta its words begin with."""
    found = ADDRESS.match(request.words)
    named = request.answers.linked(found[1]) if found else None
    return structs.replace(request, words=f"{named.ref}{request.words[found.end() :]}") if found and named else request


def nobody(room: str, name: str) -> tuple[Person, Mention]:
    """Where nobody can be found by a name. Raises NotPinged."""
    raise NotPinged("I know nobody by name here")


class Commands:
    """What `!inbox` does with the words after it.

    `service` gives what announces without being asked, or raises LedgerError. `clock` tells seconds since 1970,
    `refusal` is what is wrong with newer settings that were refused. `whom` finds whom a name means in a room, and
    `member` which one person, or they raise NotPinged and ChatError. `faults` gives what the bot can't get done by
    itself. `ceiling` gives what a room may see at most; by default that is what the settings say. `around` is where the
    bot runs.
    """

    def __init__(
        self,
        answers: Answers,
        settings: Settings,
        service: Callable[[], WatchService],
        *,
        clock: Callable[[], float],
        refusal: str = "",
        whom: Callable[[str, str], Ping],
        member: Callable[[str, str], tuple[Person, Mention]] = nobody,
        faults: Callable[[], Sequence[Fault]] = tuple,
        ceiling: Callable[[str], Detail] | None = None,
        around: Around | None = None,
    ) -> None:
        self._answers = answers
        self._settings = settings
        self._service = service
        self._clock = clock
        self._refusal = refusal
        self._whom = whom
        self._member = member
        self._faults = faults
        self._ceiling = ceiling or Ceilings(settings).of
        self._around = around

    def answer(
        self,
        room: str,
        text: str,
        *,
        person: Person,
        direct: bool = False,
        replied: Sequence[str] = (),
        alone: bool = False,
        admin: bool = False,
        private: bool = False,
        allowed: Callable[[str, str], bool] = lambda name, words: True,
        later: Callable[[str, Callable[[Going], Post | None]], bool] = lambda room, made: False,
        finds_again: Callable[[], bool] = lambda: True,
    ) -> Post:
        """What to say in `room` to `text`, the words after `!inbox`. Raises nothing: Errbot would show it raw.

        `person` is who gives the command, `direct` says that the room is that person alone, `replied` are the receipts
        of what the message replies to. `alone` says that only the person is shown the answer, also in a room of many,
        `admin` that they run the bot, `private` that it is answered in the direct chat.

        `allowed` tells whether they may give a command, by its name for Errbot and the words behind it: one command may
        be answered as another. `later` begins what takes too long to be waited for, in a room, and says there what it
        gives unless that is nothing; it tells whether it did. `finds_again` tells whether announcements get to `room`.
        """
        command, words = command_of(storable(text))
        person = Person(person.id, storable(person.name))
        request = Request(
            room=room,
            words=words,
            direct=direct,
            person=person,
            answers=self._answers,
            settings=self._settings,
            service=self._service,
            clock=self._clock,
            refusal=self._refusal,
            commands=WORDS,
            allowed=allowed,
            whom=lambda name: self._whom(room, name),
            member=lambda name: self._member(room, name),
            replied=replied,
            faults=self._faults,
            later=lambda made: later(room, lambda going: self._made(made, going)),
            alone=alone,
            admin=admin,
            ceiling=least(map(self._ceiling, {room, person.id})) if private else self._ceiling(room),
            around=self._around,
            finds_again=finds_again,
        )
        post, zone = unnamed(self._answer(command, request), request.sees), self._settings.timezone
        return post if post.zone is zone else replace(post, zone=zone)

    def react(self, reacted: Reacted, room: str, person: Person, *, carry_out: Callable[[Any], Post]) -> Post | None:
        """What to tell somebody whose reaction in `room` was done; see `commands.reacted`. Raises LedgerError."""
        return react(reacted, room, person, service=self._service(), carry_out=carry_out)

    def _made(self, made: Callable[[Going], Post], going: Going) -> Post | None:
        """What was made in the background; nothing where it was not to go on."""
        try:
            return replace(made(going), zone=self._settings.timezone)
        except Stopped:
            return None
        except Exception as error:
            log.error("What a command began failed: %s", whereabouts(error))
            return refusals.broken(type(error).__name__)

    def _answer(self, command: Command, request: Request) -> Post:
        try:
            return self._carried_out(command, request)
        except LedgerError as error:
            return without_ledger(error.kind, error.where, again=command.changes)
        except AskedTooOften as error:
            return refusals.asked_too_often(error.asked, error.retry_after, direct=request.direct or request.alone)
        except WriteAsked as error:
            post = leads.reads_only(request, error.verb)
        except QueryError as error:
            post = leads.misunderstood(request, command, error)
        except NothingAsked:
            post = refusals.nothing_asked()
        except UnknownRef as error:
            post = leads.unknown_conversation(request, command.word, str(error))
        except Exception as error:
            log.error("A command failed: %s", whereabouts(error))  # its text may be a customer's
            return refusals.broken(type(error).__name__)
        about = command.word if command.word != "help" else ""
        return refusals.with_help(post, f"inbox help {about}".strip())

    def _carried_out(self, command: Command, request: Request) -> Post:
        if len(request.words) > MAX_TEXT:
            raise QueryError(f"That is too long for me: I read up to {MAX_TEXT:,} characters.")
        if wants_help(request.words):
            return show_help(structs.replace(request, words=command.word))
        request = pasted(request)
        if command.admins_alone and not request.admin:
            return refusals.not_allowed(command.word, admins_alone=True)
        if not command.needs_ledger:
            return handled(command, request)
        service = self._service()
        for fault in self._faults():
            if fault.ledger is not None and fault.ledger.kind == "silent":
                raise fault.ledger  # Errbot has ten threads, which are not to wait for it as well
        with service.asked():
            return handled(command, request)


def handled(command: Command, request: Request) -> Post:
    """A command carried out, for the conversation that it replies to where it names none."""
    about_one = command.about_one if request.replied else None
    meant = request if about_one is None else completed(request, command.word, about_one)
    return command.handler(meant) if isinstance(meant, Request) else meant
