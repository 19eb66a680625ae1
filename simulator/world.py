"""What the simulator serves: the conversations of Pages, and everything that can happen to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from simulator import demo, kinds, seeding
from simulator.folders import FOLDERS, PENDING, Folders
from simulator.owners import Owners
from simulator.page import Page
from simulator.thread import (
    Attachment,
    Message,
    Person,
    Thread,
    message_id,
    message_numbers,
    person_id,
    thread_number,
)

INSTANT: Final = 2.0


class World(Owners):
    """Pages and their conversations. Every operation is safe to call from any thread.

    `clock` gives UNIX seconds. Each of `pages`, which are names, gets a made-up id, token, secret and Instagram
    account.
    """

    def __init__(self, clock: Callable[[], float], pages: Sequence[str] = ("acme",)) -> None:
        super().__init__()
        self.clock = clock
        self.watchers: list[Callable[[Thread, Message], object]] = []
        """Told of each message, right after it was written."""
        self._folders = Folders()
        for name in pages:
            self.add_page(name)

    @classmethod
    def seeded(
        cls,
        seed: int,
        clock: Callable[[], float],
        *,
        conversations: int = 60,
        pages: Sequence[str] = ("acme",),
    ) -> World:
        """A world with this many `conversations` across all `pages`; always the same for the same seed and time."""
        world = cls(clock, pages)
        owners = list(world.pages.values())
        world.add_all(seeding.conversations(owners, now=clock(), seed=seed, count=conversations))
        return world

    @classmethod
    def demo(cls, clock: Callable[[], float]) -> World:
        """The README's world of one Page, written by hand; its ages count from the time of this call."""
        world = cls(clock, ())
        page = world.add_page("acme", token=demo.TOKEN, app_secret=demo.APP_SECRET)
        for thread in demo.conversations(page, now=clock()):
            world._folders.take(thread)
        return world

    def thread(self, id: str) -> Thread:
        """The conversation with this Graph id; raises `KeyError` if there is none."""
        with self.lock:
            found = self._folders.numbered(thread_number(id))
        if found is None or found.id != id:
            raise KeyError(f"no conversation has the id {id!r}")
        return found

    def thread_by_number(self, number: int) -> Thread | None:
        """The conversation with this internal number, if it still exists."""
        return self._folders.numbered(number)

    def message(self, id: str) -> tuple[Thread, Message]:
        """The message with this Graph id, after its conversation; raises `KeyError` if there is none."""
        number, item = message_numbers(id)
        with self.lock:
            thread = self._folders.numbered(number)
            for message in thread.messages if thread else ():
                if thread and message.number == item and message_id(thread, message) == id:
                    return thread, message
        raise KeyError(f"no message has the id {id!r}")

    def of_person(self, page: Page | str, platform: str, person: str) -> Thread | None:
        """The one conversation with a person, by their id; by name or username too, except after `add_all`."""
        with self.lock:
            return self._folders.of_person(self.page(page), platform, person)

    def conversations(self, page: Page | str, platform: str, folder: str) -> list[Thread]:
        """The conversations in one folder, newest first; raises `KeyError` for an unknown Page, platform or folder."""
        with self.lock:
            return self._folders.oldest_first(self.page(page), platform, folder)[::-1]

    def oldest_first(self, page: Page, platform: str, folder: str) -> list[Thread]:
        """The list that holds one folder, sorted by `age_key`: read it only under `lock`, and never change it.

        Empty for a folder that there is none of.
        """
        return self._folders.oldest_first(page, platform, folder) if folder in (*FOLDERS, PENDING) else []

    def add(
        self,
        page: Page | str,
        person: Person | None = None,
        *,
        platform: str = "messenger",
        folder: str = "inbox",
    ) -> Thread:
        """Add an empty conversation, by default with a new person whose name is not shared.

        Raises `KeyError` for an unknown Page, platform or folder.
        """
        with self.lock:
            number = self._folders.last_number + 1
            thread = Thread(
                number,
                self.page(page),
                platform,
                folder=folder,
                person=person or Person(person_id(platform, number)),
                updated=self.clock(),
            )
            self._folders.take(thread)
            return thread

    def add_all(self, threads: Sequence[Thread]) -> None:
        """Add many finished conversations at once, with numbers that are new; their people are found by id only."""
        with self.lock:
            self._folders.take_all(threads)

    def write(
        self,
        page: Page | str,
        who: Thread | Person | str | None,
        text: str = "",
        *,
        platform: str = "messenger",
        folder: str = "inbox",
        attachments: Sequence[Attachment] = (),
        sticker: str | None = None,
        kind: str = "",
        more: Mapping[str, object] | None = None,
        at: float | None = None,
    ) -> Thread:
        """Let a customer write; returns the conversation, which is now the newest in its folder.

        `who` is a conversation or its id; a person or their id, name or (on Instagram) username; or None for a new
        person whose name is not shared. Anyone without a conversation gets one, in `folder`. `at` is the time of the
        message in UNIX seconds, by default now; it is never earlier than that of the message before. `kind` is one of
        `simulator.kinds.KINDS`. To a first message the Page's Instant Reply comes `INSTANT` seconds later.
        """
        with self.lock:
            thread = self._conversation_with(page, who, platform, folder)
            more = {**(kinds.fields_of(kind, thread.platform) if kind else {}), **(more or {})}
            self._append(thread, from_page=False, at=at, text=text, attachments=attachments, sticker=sticker, more=more)
            thread.unread += 1
            if thread.page.instant_reply and len(thread.messages) == 1:
                text = thread.page.instant_reply.replace("NAME", thread.person.name or thread.person.username or "")
                self.answer(thread, text, automatic=True, at=thread.updated + INSTANT)
            return thread

    def answer(
        self,
        thread: Thread | str,
        text: str = "",
        *,
        attachments: Sequence[Attachment] = (),
        automatic: bool = False,
        staff: str = "",
        at: float | None = None,
    ) -> Message:
        """Let the Page answer, or a person of its `staff` as themselves.

        That marks the conversation as read, unless the answer is `automatic`.
        """
        with self.lock:
            found = self._resolved(thread)
            message = self._append(
                found, from_page=True, at=at, text=text, attachments=attachments, automatic=automatic, staff=staff
            )
            if not automatic:
                found.unread = 0
            return message

    def note(self, thread: Thread | str, text: str) -> Message:
        """Let Meta write a note into the conversation, in the Page's name, which the person does not see."""
        with self.lock:
            return self._append(self._resolved(thread), from_page=True, at=None, text=text, attachments=())

    def unsend(self, thread: Thread | str) -> None:
        """Let whoever wrote last take that back; the conversation stays where it is."""
        with self.lock:
            found = self._resolved(thread)
            last = found.messages[-1]
            found.loaded[-1] = Message(last.number, last.at, from_page=last.from_page, more={"is_deleted": True})

    def read(self, thread: Thread | str) -> None:
        """Mark the conversation as read, as opening it in the Page's inbox does."""
        with self.lock:
            self._resolved(thread).unread = 0

    def move(self, thread: Thread | str, folder: str) -> None:
        """Move the conversation to another folder, with its `updated_time` unchanged.

        Raises `KeyError` for an unknown conversation or folder.
        """
        with self.lock:
            found = self._resolved(thread)
            self._folders.move(found, folder)

    def hide(self, thread: Thread | str) -> None:
        """Take the conversation out of its list, until it is `reveal`ed or somebody writes in it."""
        with self.lock:
            found = self._resolved(thread)
            self._folders.take_out(found)
            found.hidden = True

    def reveal(self, thread: Thread | str) -> None:
        """Let a hidden conversation stand in its list again, with its `updated_time` unchanged."""
        with self.lock:
            found = self._resolved(thread)
            if found.hidden:
                found.hidden = False
                self._folders.put(found)

    def change_ids(self, page: Page | str) -> None:
        """Give every conversation of a Page another id, as Meta did in 2018; the old ones mean nothing any more."""
        with self.lock:
            for thread in self._folders.of_page(self.page(page)):
                self._folders.renumber(thread)

    def delete(self, thread: Thread | str) -> None:
        """Delete the conversation; cursors that point to it are dead."""
        with self.lock:
            self._folders.remove(self._resolved(thread))

    def delete_person(self, thread: Thread | str) -> None:
        """Delete the account of the conversation's person; the conversation stays."""
        with self.lock:
            self._resolved(thread).deleted = True

    def _resolved(self, thread: Thread | str) -> Thread:
        return thread if isinstance(thread, Thread) else self.thread(thread)

    def _conversation_with(
        self, page: Page | str, who: Thread | Person | str | None, platform: str, folder: str
    ) -> Thread:
        if isinstance(who, Thread):
            return who
        if who is None:
            return self.add(page, None, platform=platform, folder=folder)
        if isinstance(who, Person):
            return self.of_person(page, platform, who.id) or self.add(page, who, platform=platform, folder=folder)
        if (known := self._folders.numbered(thread_number(who))) and known.id == who:
            return known
        label = who.removeprefix("@") if platform == "instagram" else who
        if known := self.of_person(page, platform, label):
            return known
        id = person_id(platform, self._folders.last_number + 1)
        person = Person(id, username=label) if platform == "instagram" else Person(id, name=label)
        return self.add(page, person, platform=platform, folder=folder)

    def _append(
        self,
        thread: Thread,
        *,
        from_page: bool,
        at: float | None,
        text: str,
        attachments: Sequence[Attachment],
        sticker: str | None = None,
        more: Mapping[str, object] | None = None,
        automatic: bool = False,
        staff: str = "",
    ) -> Message:
        """Add a message, which makes its conversation the newest in its folder."""
        last = thread.messages[-1] if thread.messages else None
        time = self.clock() if at is None else at
        message = Message(
            last.number + 1 if last else 1,
            max(time, last.at) if last else time,
            from_page=from_page,
            text=text,
            attachments=tuple(attachments),
            sticker=sticker,
            more=dict(more or {}),
            automatic=automatic,
            staff=staff,
        )
        thread.messages.append(message)
        self._folders.take_out(thread)
        thread.updated = message.at
        self._folders.put(thread)
        for watcher in self.watchers:
            watcher(thread, message)
        return message
