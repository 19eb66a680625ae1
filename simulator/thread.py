"""A conversation and its parts, with the ids that the Graph gives them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Final

from simulator.escaping import escaped, unescaped
from simulator.page import Page


@dataclass(frozen=True, slots=True)
class Person:
    """A customer. Messenger shows a name, Instagram a username; either may be missing."""

    id: str
    name: str | None = None
    username: str | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in a message; `mime_type` decides how the Graph shows it, and `size` is in bytes."""

    name: str
    mime_type: str = "image/jpeg"
    size: int = 48_213


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `number` counts from 1 within its conversation; `at` is in UNIX seconds.

    `more` holds rarer fields as the Graph shows them: `shares`, `story`, `reactions`, `reply_to`, `is_unsupported`.
    `automatic` is one of the Page's that nobody wrote; `staff` is the name of a person of the Page that wrote it as
    themselves.
    """

    number: int
    at: float
    _: KW_ONLY
    from_page: bool
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    sticker: str | None = None
    more: Mapping[str, object] = field(default_factory=dict)
    automatic: bool = False
    staff: str = ""


@dataclass(slots=True, eq=False)
class Thread:
    """One conversation. Its `id` is the one the Graph shows; `updated` is in UNIX seconds.

    `deleted` tells that the person's account does not exist any more.
    `loaded` holds the messages in memory. `history` writes the earlier ones when they are first looked at, which is
    what makes a world of a million conversations affordable. One that is `hidden` stands in no list, though it can be
    asked for by its id.
    """

    number: int
    page: Page
    platform: str
    _: KW_ONLY
    folder: str
    person: Person
    updated: float
    unread: int = 0
    deleted: bool = False
    hidden: bool = False
    loaded: list[Message] = field(default_factory=list)
    history: Callable[[Thread], list[Message]] | None = None

    @property
    def id(self) -> str:
        """`t_…` on Messenger; on Instagram base64 with Meta's own escapes, as in recorded replies."""
        return thread_id(self.page, self.platform, self.number)

    @property
    def messages(self) -> list[Message]:
        """All messages, oldest first."""
        if self.history is not None:
            history, self.history = self.history, None
            self.loaded[:0] = history(self)
        return self.loaded

    @property
    def waiting(self) -> bool:
        """Whether the last message is from the customer."""
        return bool(self.messages) and not self.messages[-1].from_page


_FIRST_MESSENGER: Final = 110_022_003_300
_FIRST_INSTAGRAM: Final = 34_028_236_684_171_030


def thread_id(page: Page, platform: str, number: int) -> str:
    """The Graph's id of thread `number`."""
    if platform == "messenger":
        return f"t_{_FIRST_MESSENGER + number}"
    owner = page.instagram.id if page.instagram else page.id
    return escaped(f"ig_dm:1:IGMessageThread:{owner}:{_FIRST_INSTAGRAM + number}")


def message_id(thread: Thread, message: Message) -> str:
    """The Graph's id of a message."""
    if thread.platform == "messenger":
        return "m_" + escaped(f"mid:{thread.number}:{message.number}")
    owner = thread.page.instagram.id if thread.page.instagram else thread.page.id
    return escaped(f"ig_dm_item:1:IGMessageID:{owner}:{_FIRST_INSTAGRAM + thread.number}:{message.number}")


def age_key(thread: Thread) -> tuple[float, int]:
    """What lists of conversations are sorted by; the newest has the greatest key."""
    return thread.updated, thread.number


def person_id(platform: str, number: int) -> str:
    """The Graph's id of the person in thread `number`: a PSID on Messenger, an IGSID on Instagram."""
    return str((5_550_010_000_000_000 if platform == "messenger" else 1_602_000_000_000_000) + number)


def thread_number(id: str) -> int:
    """The internal number of the thread with this Graph id; 0 if it is not the id of a thread."""
    try:
        if id.startswith("t_"):
            return int(id[2:]) - _FIRST_MESSENGER
        return int(unescaped(id).rsplit(":", 1)[1]) - _FIRST_INSTAGRAM
    except (ValueError, IndexError):
        return 0


def message_numbers(id: str) -> tuple[int, int]:
    """The internal numbers of the thread and the message with this Graph id; zeros if it is not the id of a message."""
    try:
        if id.startswith("m_"):
            _, thread, item = unescaped(id[2:]).split(":")
            return int(thread), int(item)
        _, thread, item = unescaped(id).rsplit(":", 2)
        return int(thread) - _FIRST_INSTAGRAM, int(item)
    except ValueError:
        return 0, 0
