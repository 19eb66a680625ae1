"""A command as somebody gave it, and what it can be answered from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from pageinbox.ask.answers import Answers, UnknownRef
from pageinbox.checkup.bot import Around
from pageinbox.language.reader import Nearby
from pageinbox.model.act import Person
from pageinbox.model.answer import Row
from pageinbox.model.fault import Fault
from pageinbox.model.post import Mention, Post
from pageinbox.model.source import Folder
from pageinbox.model.watch import Detail, Ping
from pageinbox.settings.reading import Settings

if TYPE_CHECKING:
    from pageinbox.tell.service import WatchService

Going = Callable[[], bool]
"""Whether what was begun is to go on."""

Later = Callable[[Callable[[Going], Post]], bool]
"""Begins what takes too long to be waited for, and says there what it gives; False where another such is under way."""


class Request(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One command: `words` are what was typed behind its own word, `direct` says that the room is one person,
    `person` is who typed it.

    `service` gives what announces, or raises LedgerError. `clock` tells seconds since 1970. `refusal` is what is wrong
    with newer settings that were refused, `commands` are the words of all commands. `allowed` tells whether whoever
    asks may also give another command, by its name and the words behind it. `whom` finds whom a name behind an @ means
    in this room, and `member` which one person, with what mentions them; or they raise NotPinged and ChatError.
    `ceiling` is how much of a conversation may be shown here. `admin` says that whoever asks runs the bot. `replied`
    are the receipts of the messages that it replies to, the nearest first. `faults` gives what the bot does by itself
    and can't get done. `later` is for what takes too long to be waited for. `alone` says that only the person is shown
    the answer, also in a room of many. `finds_again` tells whether announcements get to this room. `around` is
    where the bot runs, None where that is nothing to be examined.
    """

    room: str
    words: str
    direct: bool
    person: Person
    answers: Answers
    settings: Settings
    service: Callable[[], WatchService]
    clock: Callable[[], float]
    refusal: str
    commands: Sequence[str]
    allowed: Callable[[str, str], bool]
    whom: Callable[[str], Ping]
    member: Callable[[str], tuple[Person, Mention]]
    ceiling: Detail
    replied: Sequence[str] = ()
    faults: Callable[[], Sequence[Fault]] = tuple
    later: Later = lambda made: False
    alone: bool = False
    admin: bool = False
    around: Around | None = None
    finds_again: Callable[[], bool] = lambda: True

    @property
    def sees_all(self) -> bool:
        """Whether what is said here is read by an admin alone."""
        return self.admin and (self.direct or self.alone)

    def sees(self, room: str) -> bool:
        """Whether what is said of a room may be said here."""
        return room == self.room or self.sees_all

    @property
    def reader(self) -> str:
        """Whose lists row numbers and `more` are about: the room's, or those that the person was shown alone."""
        return f"{self.person.id} alone" if self.alone else self.room

    @property
    def zone(self) -> str:
        """The IANA name of the team's time zone."""
        return str(self.settings.timezone)

    def nearby(self) -> Nearby:
        """What a word that is not understood may mean in this room."""
        return Nearby(self.commands, self.people(), self.is_conversation)

    def people(self) -> Mapping[str, Folder]:
        """The names in the room's last list, each with the folder it is in there."""
        return {row.conversation.name: row.source.folder for row in self.named_rows() if row.conversation.name}

    def named_rows(self) -> Sequence[Row]:
        """The rows of the room's last list, where names may be shown."""
        return self.answers.rows(self.reader) if self.ceiling.names else ()

    def is_conversation(self, word: str) -> bool:
        """Whether a word is a ref, or the number of a row in the room's last list."""
        try:
            self.answers.find(self.reader, word)
        except UnknownRef:
            return False
        return True
