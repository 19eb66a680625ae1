"""The words for what a message is or carries besides text, in square brackets: `[2 photos]`, `[file a.pdf]`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

PHOTO, GIF, VIDEO, VOICE, STICKER = "photo", "GIF", "video", "voice message", "sticker"
FILE, PRODUCT, TEMPLATE = "file", "product", "template"
POST, REEL, LOCATION, REACTION = "shared post", "shared reel", "location", "reaction"
APPOINTMENT = "appointment"
COUNTED = (PHOTO, GIF, VIDEO, VOICE, STICKER, FILE, PRODUCT, TEMPLATE, POST, REEL, LOCATION, REACTION, APPOINTMENT)

MENTION, STORY_REPLY, STORY, UNSENT = "story mention", "reply to a story", "shared story", "unsent"
HIDDEN = "something Meta does not show to apps"
NOT_IN_EUROPE = "media not available in Europe"
ALONE = (MENTION, STORY_REPLY, STORY, UNSENT, HIDDEN, NOT_IN_EUROPE)

LONGEST = 60
"""Characters of a title: a file's name, a template's."""

ONLY_CARRIED = re.compile(
    rf"(\[((\d+ )?({'|'.join(COUNTED)})s?( [^\[\]]*)?|{'|'.join(ALONE)})\] ?)+",
)
"""A message that has no words but these."""


def in_brackets(carried: Iterable[tuple[str, str]]) -> str:
    """What a message carries, each thing a word of the above and its title or nothing; those alike are counted."""
    told = []
    for (word, title), number in Counter(carried).items():
        shown = " ".join(title.translate(NO_BRACKETS).split())[:LONGEST]
        if shown or number == 1 or word in ALONE:
            told.append(f"[{word} {shown}]" if shown else f"[{word}]")
        else:
            told.append(f"[{number} {word}s]")
    return " ".join(told)


def typed(words: str) -> str:
    """What somebody wrote; in other brackets where it could be taken for something carried."""
    return words.translate(OTHER_BRACKETS) if words.startswith("[") and ONLY_CARRIED.fullmatch(words) else words


OTHER_BRACKETS = str.maketrans("[]", "［］")
NO_BRACKETS = str.maketrans("", "", "[]")
NOT_SHOWN = in_brackets([(HIDDEN, "")])
"""What is said of a message of which Meta gives nothing."""


TAKEN_BACK = in_brackets([(UNSENT, "")])
"""What is left of a message that was taken back."""
