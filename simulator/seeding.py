"""Any number of conversations, generated from one seed."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from simulator.page import Page
from simulator.people import ANSWERS, NAMES, QUESTIONS, SPAM
from simulator.thread import Attachment, Message, Person, Thread, person_id

# How a small business's threads are spread over the folders.
_FOLDERS = ("inbox",) * 11 + ("page_done",) * 5 + ("spam",) * 3 + ("other",)
_DAY = 86_400.0
# On Instagram the Graph leaves out conversations without a message in the last 30 days.
_OLDEST = {"messenger": 300 * _DAY, "instagram": 29 * _DAY}


def conversations(pages: Sequence[Page], *, now: float, seed: int, count: int) -> list[Thread]:
    """`count` conversations over `pages`, numbered from 1, two thirds of them on Messenger.

    Their ages, counted from `now` in UNIX seconds, run from a minute to most of a year, and most are recent.
    """
    draw = Random(seed).random
    history = _History(seed)
    threads = []
    for number in range(1, count + 1):
        platform = "messenger" if draw() < 0.66 else "instagram"
        age = 60 + (_OLDEST[platform] - 60) * draw() ** 3
        folder = _FOLDERS[int(draw() * len(_FOLDERS))]
        page = pages[int(draw() * len(pages))]
        person = _person(platform, number, draw())
        unread = int(1 + 3 * draw()) if draw() < 0.25 else 0
        threads.append(
            Thread(
                number,
                page,
                platform,
                folder=folder,
                person=person,
                updated=now - age,
                unread=unread,
                history=history,
            )
        )
    return threads


def _person(platform: str, number: int, luck: float) -> Person:
    id = person_id(platform, number)
    if luck < 0.04:
        return Person(id)
    name = NAMES[int(luck * 1e6) % len(NAMES)]
    if platform == "messenger":
        return Person(id, name=name)
    first = "".join(c for c in name.lower() if "a" <= c <= "z")[:8] or "user"
    return Person(id, username=f"{first}.{number}")


class _History:
    """Writes the messages of a thread, always the same ones for the same seed."""

    __slots__ = ("seed",)

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def __call__(self, thread: Thread) -> list[Message]:
        rng = Random(self.seed * 1_000_003 + thread.number)
        draw = rng.random
        # A few threads are longer than the twenty messages whose details the Graph gives.
        count = thread.unread + int(8 * draw() ** 2) + (25 if draw() < 0.03 else 0) + 1
        says = SPAM if thread.folder == "spam" else QUESTIONS
        times = [thread.updated]
        for _ in range(count - 1):
            times.append(times[-1] - 20 - 20_000 * draw() ** 4)
        answered = thread.unread == 0 and count > 1 and draw() < 0.7
        messages = []
        for number, at in enumerate(reversed(times), 1):
            left = count - number
            from_page = answered if left == 0 else left >= thread.unread and number > 1 and draw() < 0.45
            if from_page:
                messages.append(Message(number, at, from_page=True, text=ANSWERS[int(draw() * len(ANSWERS))]))
            elif (luck := draw()) < 0.05:
                messages.append(Message(number, at, from_page=False, attachments=(Attachment(f"photo-{number}.jpg"),)))
            elif luck < 0.08:
                sticker = f"https://scontent.example/stickers/{number}.png"
                messages.append(Message(number, at, from_page=False, sticker=sticker))
            else:
                messages.append(Message(number, at, from_page=False, text=says[int(draw() * len(says))]))
        return messages
