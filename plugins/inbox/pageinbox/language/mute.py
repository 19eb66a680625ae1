"""From what people type after `!inbox mute` to what is muted, and for how long."""

from __future__ import annotations

import re
from itertools import islice

from pageinbox.language.reader import QueryError, Reading
from pageinbox.language.times import CALENDAR
from pageinbox.language.vocabulary import FILLERS
from pageinbox.model.text import bare, cut

MUTE = 86_400  # seconds, where none are said
MAX_MUTE = 90 * 86_400


def parse_mute(text: str, prefix: str = "!") -> tuple[str, int]:
    """What to mute, a ref or a watch's number as folded text, and for how many seconds: `k7fq for 2h`.

    A day where no length of time is said; 90 days at most. Raises `QueryError`.
    """
    reading = Reading(text, (), prefix)
    words = reading.words
    while words and bare(words[0]) in FILLERS | {"", "watch", "ref", "number"}:
        words.popleft()
    target = bare(words.popleft()).lstrip("#") if words else ""
    known = re.fullmatch("[0-9]+|[0-9a-z]{4,26}", target)
    reading.next()
    count, seconds = reading.span()
    said = " ".join(map(bare, islice(words, count)))
    rest = [word for word in islice(words, count, None) if bare(word) not in FILLERS | {""}]
    wrong = ""
    if not known:
        wrong = f"“{cut(target)}” is no ref and no number of a watch." if target else "Mute what, and for how long?"
    elif rest and not count:
        if CALENDAR.fullmatch(bare(rest[-1])):
            wrong = f"“{cut(bare(rest[-1]))}” depends on the time zone; I count from now."
        elif re.fullmatch("[0-9]+", bare(rest[0])):
            wrong = f"“{cut(rest[0])}” needs a unit: m, h, d or w."
        else:
            wrong = f"I don't know the time “{cut(' '.join(rest))}”; I count in m, h, d or w."
    elif rest:
        wrong = f"I don't know “{cut(rest[0])}”; one at a time, and for how long."
    elif count and not seconds:
        wrong = f"“{cut(said)}” is no time at all."
    elif seconds > MAX_MUTE:
        wrong = "I mute for 90 days at most."
    if wrong:
        example = f"{target if known else 'k7fq'} for {'90d' if seconds > MAX_MUTE else said if seconds else '2h'}"
        raise QueryError(f"{wrong} For example: {prefix}inbox mute {example}")
    return target, seconds or MUTE
