"""What a reaction to an announcement means, the same on every network that has reactions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pageinbox.model.act import ActKind
from pageinbox.model.post import Offer


@dataclass(frozen=True, slots=True)
class Sign:
    """A reaction that means an act: the emoji, and `name`, by which some networks call it.

    `command` is what may be typed instead below the announcement, behind `inbox`, and `back` what takes it back.
    """

    kind: ActKind
    emoji: str
    name: str
    command: str
    back: str

    def command_for(self, taken_back: bool) -> str:
        """What the reaction, or taking it back, stands for, as it may be typed behind the bot's prefix."""
        return f"inbox {self.back if taken_back else self.command}"


SIGNS = (
    Sign(ActKind.CLAIM, "👀", "eyes", "claim", "release"),
    Sign(ActKind.DONE, "✅", "white_check_mark", "done", "reopen"),
    Sign(ActKind.SNOOZE, "💤", "zzz", "snooze for 2h", "unsnooze"),
)

LOOKS = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]|::skin-tone-[2-6]")
"""What makes an emoji look otherwise and means nothing: selectors of variants, and tones of skin."""

BY_NAME = {name: sign for sign in SIGNS for name in (sign.emoji, sign.name)}


@dataclass(frozen=True, slots=True)
class Reacted:
    """What somebody's reaction asks for: an act, or the end of one, about the message with this receipt.

    `message` is one of Errbot's, as if the same person had written the command for it below that one.
    """

    sign: Sign
    taken_back: bool
    receipt: str
    message: Any


def sign_of(name: str) -> Sign | None:
    """What a reaction means, by its emoji or its name; None for all that mean nothing to us."""
    return BY_NAME.get(LOOKS.sub("", name[:40]).strip(":"))


def signs(offers: Sequence[Offer]) -> list[Sign]:
    """The signs of what a post offers as a whole; none where it is about several conversations."""
    words = {offer.command.split()[1] for offer in offers if offer.row is None and " " in offer.command}
    return [sign for sign in SIGNS if sign.command.split()[0] in words]
