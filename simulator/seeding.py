"""Filling a world of any size from one number."""

from __future__ import annotations

from random import Random

from simulator.page import Page
from simulator.people import ANSWERS, NAMES, QUESTIONS, SPAM
from simulator.thread import Attachment, Message, Person, Thread, person_id
from simulator.world import World

# How the threads of a small business spread over the folders. Instagram's are all quite young, as the Graph leaves
# out what has been inactive for 30 days there.
_FOLDERS = ("inbox",) * 11 + ("page_done",) * 5 + ("spam",) * 3 + ("other",)
_DAY = 86_400.0
_OLDEST = {"messenger": 300 * _DAY, "instagram": 29 * _DAY}


def fill(world: World, seed: int, conversations: int) -> None:
    """Add ``conversations`` threads to the world's Pages, two thirds of them on Messenger.

    Ages run from a minute to most of a year, denser towards now.
    """
    rng = Random(seed)
    draw = rng.random
    now = world.clock()
    pages: list[Page] = list(world.pages.values())
    past = _Past(seed)
    threads = []
    for number in range(1, conversations + 1):
        platform = "messenger" if draw() < 0.66 else "instagram"
        age = 60 + (_OLDEST[platform] - 60) * draw() ** 3
        folder = _FOLDERS[int(draw() * len(_FOLDERS))]
        threads.append(
            Thread(
                number,
                pages[int(draw() * len(pages))],
                platform,
                folder,
                _person(platform, number, draw()),
                now - age,
                int(1 + 3 * draw()) if draw() < 0.25 else 0,
                past=past,
            )
        )
    world.add_all(threads)


def _person(platform: str, number: int, luck: float) -> Person:
    id = person_id(platform, number)
    if luck < 0.04:
        return Person(id)
    name = NAMES[int(luck * 1e6) % len(NAMES)]
    if platform == "messenger":
        return Person(id, name=name)
    first = "".join(c for c in name.lower() if "a" <= c <= "z")[:8] or "user"
    return Person(id, username=f"{first}.{number}")


class _Past:
    """Writes a thread's history, always the same for one seed."""

    __slots__ = ("seed",)

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def __call__(self, thread: Thread) -> list[Message]:
        rng = Random(self.seed * 1_000_003 + thread.number)
        draw = rng.random
        # A few threads are longer than the twenty messages whose details the Graph still gives out.
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
                messages.append(Message(number, at, True, ANSWERS[int(draw() * len(ANSWERS))]))
            elif (luck := draw()) < 0.05:
                messages.append(Message(number, at, False, attachments=(Attachment(f"photo-{number}.jpg"),)))
            elif luck < 0.08:
                sticker = f"https://scontent.example/stickers/{number}.png"
                messages.append(Message(number, at, False, sticker=sticker))
            else:
                messages.append(Message(number, at, False, says[int(draw() * len(says))]))
        return messages
