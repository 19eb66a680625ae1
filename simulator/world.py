"""What the simulator serves: Pages, their tokens, their conversations, and everything that can happen to those."""

from __future__ import annotations

import threading
from bisect import bisect_left, insort
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from simulator import demo, kinds, seeding
from simulator.page import Instagram, Page, Token
from simulator.thread import (
    Attachment,
    Message,
    Person,
    Thread,
    age_key,
    message_id,
    message_numbers,
    person_id,
    thread_number,
)

PLATFORMS: Final = ("messenger", "instagram")
INSTANT: Final = 2.0
FOLDERS: Final = ("inbox", "other", "page_done", "spam")


class World:
    """Pages and their conversations. Every operation is safe to call from any thread.

    `clock` gives UNIX seconds. Each of `pages`, which are names, gets a made-up id, token, secret and Instagram
    account.
    """

    def __init__(self, clock: Callable[[], float], pages: Sequence[str] = ("acme",)) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self.pages: dict[str, Page] = {}
        self.tokens: dict[str, Token] = {}
        self._threads: dict[int, Thread] = {}
        self._last_number = 0
        self._lists: dict[tuple[str, str, str], list[Thread]] = {}
        self._people: dict[tuple[str, str], dict[str, Thread]] = {}
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
            world._take_in(thread)
        return world

    # Pages and tokens

    def add_page(self, name: str, title: str = "", *, token: str = "", app_secret: str = "") -> Page:
        """Add a Page with a linked Instagram account and a valid token; what is not given is made up from its name."""
        with self.lock:
            n = len(self.pages)
            page = Page(
                name,
                title=title or name.replace("_", " ").title(),
                id=str(200_300_400 + n),
                token=token or f"EAASIM{name}PageToken{n}",
                app_secret=app_secret or f"{name}-app-secret-{n}",
                instagram=Instagram(str(17_841_400_000_000_001 + n), f"{name}_shop"),
            )
            self.pages[name] = page
            self.tokens[page.token] = Token(page.token, page)
            for platform in PLATFORMS:
                self._people[name, platform] = {}
                for folder in FOLDERS:
                    self._lists[name, platform, folder] = []
            return page

    def page(self, which: Page | str) -> Page:
        """The Page with this name or id, or the Page itself; raises `KeyError` if there is none."""
        if isinstance(which, Page):
            return which
        with self.lock:
            for page in self.pages.values():
                if which in (page.name, page.id):
                    return page
        raise KeyError(f"no Page is called {which!r}")

    def instant_reply(self, page: Page | str, text: str) -> None:
        """What is answered in the Page's name to each first message from now on; nothing if the text is empty."""
        with self.lock:
            self.page(page).instant_reply = text

    def user_token(self) -> str:
        """A valid token of the person who administers every Page, as `/me/accounts` needs it."""
        with self.lock:
            return self.tokens.setdefault("EAASIMUserToken", Token("EAASIMUserToken", None)).text

    def kill_token(self, page: Page | str, subcode: int = 463) -> None:
        """Make the Page's token invalid: it gets 190 with `subcode` from now on (463 is expired, 460 revoked)."""
        with self.lock:
            self.tokens[self.page(page).token].dead = subcode

    def issue_token(self, page: Page | str, *, expires_at: float = 0) -> str:
        """Give the Page a new token and return it; the old one stays as it is.

        `expires_at` is in UNIX seconds, 0 for never.
        """
        with self.lock:
            owner = self.page(page)
            text = f"{owner.token.partition('#')[0]}#{len(self.tokens)}"
            owner.token = text
            self.tokens[text] = Token(text, owner, expires_at)
            return text

    # Conversations

    def thread(self, id: str) -> Thread:
        """The conversation with this Graph id; raises `KeyError` if there is none."""
        with self.lock:
            found = self._threads.get(thread_number(id))
        if found is None or found.id != id:
            raise KeyError(f"no conversation has the id {id!r}")
        return found

    def thread_by_number(self, number: int) -> Thread | None:
        """The conversation with this internal number, if it still exists."""
        return self._threads.get(number)

    def message(self, id: str) -> tuple[Thread, Message]:
        """The message with this Graph id, after its conversation; raises `KeyError` if there is none."""
        number, item = message_numbers(id)
        with self.lock:
            thread = self._threads.get(number)
            for message in thread.messages if thread else ():
                if thread and message.number == item and message_id(thread, message) == id:
                    return thread, message
        raise KeyError(f"no message has the id {id!r}")

    def of_person(self, page: Page | str, platform: str, person: str) -> Thread | None:
        """The one conversation with a person, by their id; by name or username too, except after `add_all`."""
        with self.lock:
            return self._people[self.page(page).name, platform].get(person)

    def conversations(self, page: Page | str, platform: str, folder: str) -> list[Thread]:
        """The conversations in one folder, newest first; raises `KeyError` for an unknown Page, platform or folder."""
        with self.lock:
            return self._lists[self.page(page).name, platform, folder][::-1]

    def oldest_first(self, page: Page, platform: str, folder: str) -> list[Thread]:
        """The list that holds one folder, sorted by `age_key`: read it only under `lock`, and never change it."""
        return self._lists.get((page.name, platform, folder), [])

    def add(
        self,
        page: Page | str,
        person: Person | None = None,
        *,
        platform: str = "messenger",
        folder: str = "inbox",
        updated: float | None = None,
    ) -> Thread:
        """Add an empty conversation, by default with a new person whose name is not shared.

        `updated` is in UNIX seconds, by default now. Raises `KeyError` for an unknown Page, platform or folder.
        """
        with self.lock:
            number = self._last_number + 1
            thread = Thread(
                number,
                self.page(page),
                platform,
                folder=folder,
                person=person or Person(person_id(platform, number)),
                updated=self.clock() if updated is None else updated,
            )
            self._take_in(thread)
            return thread

    def add_all(self, threads: Sequence[Thread]) -> None:
        """Add many finished conversations at once, with numbers that are new; their people are found by id only."""
        with self.lock:
            for thread in threads:
                self._threads[thread.number] = thread
                self._people[thread.page.name, thread.platform][thread.person.id] = thread
                self._lists[thread.page.name, thread.platform, thread.folder].append(thread)
            self._last_number = max([self._last_number, *(thread.number for thread in threads)])
            for ordered in self._lists.values():
                ordered.sort(key=age_key)

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
            target = self._lists[found.page.name, found.platform, folder]
            self._unlist(found)
            found.folder = folder
            insort(target, found, key=age_key)

    def hide(self, thread: Thread | str) -> None:
        """Take the conversation out of its list, until it is `reveal`ed or somebody writes in it."""
        with self.lock:
            found = self._resolved(thread)
            self._unlist(found)
            found.hidden = True

    def reveal(self, thread: Thread | str) -> None:
        """Let a hidden conversation stand in its list again, with its `updated_time` unchanged."""
        with self.lock:
            found = self._resolved(thread)
            if found.hidden:
                found.hidden = False
                insort(self._lists[found.page.name, found.platform, found.folder], found, key=age_key)

    def change_ids(self, page: Page | str) -> None:
        """Give every conversation of a Page another id, as Meta did in 2018; the old ones mean nothing any more."""
        with self.lock:
            owner = self.page(page)
            mine = sorted((thread for thread in self._threads.values() if thread.page is owner), key=age_key)
            for thread in mine:
                del self._threads[thread.number]
                self._last_number += 1
                thread.number = self._last_number
                self._threads[thread.number] = thread

    def delete(self, thread: Thread | str) -> None:
        """Delete the conversation; cursors that point to it are dead."""
        with self.lock:
            found = self._resolved(thread)
            self._unlist(found)
            del self._threads[found.number]
            people = self._people[found.page.name, found.platform]
            for label in (found.person.id, found.person.name, found.person.username):
                if label and people.get(label) is found:
                    del people[label]

    def delete_person(self, thread: Thread | str) -> None:
        """Delete the account of the conversation's person; the conversation stays."""
        with self.lock:
            self._resolved(thread).deleted = True

    def _take_in(self, thread: Thread) -> None:
        people = self._people[thread.page.name, thread.platform]
        ordered = self._lists[thread.page.name, thread.platform, thread.folder]
        self._last_number = thread.number
        self._threads[thread.number] = thread
        people[thread.person.id] = thread
        for label in (thread.person.name, thread.person.username):
            if label:
                people.setdefault(label, thread)
        insort(ordered, thread, key=age_key)

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
        if (known := self._threads.get(thread_number(who))) and known.id == who:
            return known
        label = who.removeprefix("@") if platform == "instagram" else who
        if known := self.of_person(page, platform, label):
            return known
        id = person_id(platform, self._last_number + 1)
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
        self._unlist(thread)
        thread.updated = message.at
        insort(self._lists[thread.page.name, thread.platform, thread.folder], thread, key=age_key)
        return message

    def _unlist(self, thread: Thread) -> None:
        if thread.hidden:
            thread.hidden = False
            return
        ordered = self._lists[thread.page.name, thread.platform, thread.folder]
        del ordered[bisect_left(ordered, age_key(thread), key=age_key)]
