"""Until when something is to be still, as people type it: `2h`, `tomorrow 9:00`, `monday`, `5 dec`."""

from __future__ import annotations

import re
from datetime import date

from pageinbox.language.dates import LEAP, NTH, WHOLE_DATE
from pageinbox.language.period import date_parts
from pageinbox.language.reader import Reading
from pageinbox.language.times import MORNING, PARTS, day_and_time, moment_ahead
from pageinbox.language.vocabulary import FILLERS
from pageinbox.model.calendar import MONTHS, Until
from pageinbox.model.text import bare

POINTING = frozenset({"it", "this"})
"""Words for what the message is about that is replied to."""

TO_THEN = {"until", "till", "til"}
UNTIL = TO_THEN | {"for", "in"}
"""What a time stands behind."""

TOO_LONG = {"always", "ever", "forever", "indefinitely", "permanently", "year", "years"}
"""Words for a longer time than anything is kept still."""

END_OF_DAY = re.compile(r"\b(?:the )?end of (?:the )?day\b|\beod\b|\bcob\b", re.IGNORECASE)
OTHER_WORDS = (
    (re.compile(r"\b(?:(?:until|till?) )?(?:for|over|after) the weekend\b", re.I), "until monday"),
    (re.compile(r"\b(?:until|till?) the weekend\b", re.I), "until saturday"),
    (re.compile(r"\bfor (?:the rest of )?today\b", re.I), "until tomorrow 0:00"),
    (re.compile(r"\b(?:for tonight|(?:for|over) the night|overnight)\b", re.I), "until tomorrow"),
    (re.compile(r"\ban? (hour|day|week) and a half\b", re.I), r"1.5 \1"),
    (re.compile(r"\b(\d+) and a half (hours|days|weeks)\b", re.I), r"\1.5 \2"),
    (END_OF_DAY, "today 18:00"),
)


def in_plain_words(text: str) -> str:
    """A text with times in the words that `moment` reads."""
    for pattern, instead in OTHER_WORDS:
        text = pattern.sub(instead, text)
    return text


def moment(reading: Reading) -> int | Until | None:
    """Take a length of time or a point of the calendar off the words ahead; None where there is none."""
    words, before = reading.words, ""
    while words and not reading.span()[0] and bare(words[0]) in UNTIL | POINTING | FILLERS | {""}:
        before = bare(words.popleft())  # "remind me tomorrow"
    count, seconds = reading.span()
    if count:
        reading.skip(count)
        return seconds
    found = coming_date([*words], reading.timezone) or moment_ahead(
        [*words], reading.timezone, hour=before in TO_THEN | {"at"}
    )
    if found is None:
        return None
    reading.skip(found[0])
    return found[1]


def coming_date(words: list[str], zone: str) -> tuple[int, Until] | None:
    """How many of these words name a date to come, with a time of day or without, and when that is."""
    ahead = [bare(word) for word in words]
    text = " ".join(ahead)
    if found := WHOLE_DATE.match(text):
        year, month, number = date_parts(found[0])
        try:
            date(year or LEAP, month, number)
        except ValueError:
            return None
        day = f"{year}-{month:02}-{number:02}" if year else f"{number} {MONTHS[month - 1][:3]}"
    elif (found := NTH.match(text)) and 0 < int(found[1][:-2]) < 32:
        day = found[1]
    else:
        return None
    count = found[0].count(" ") + 1
    more, _, at, _ = day_and_time(ahead[count:], {}, PARTS)
    return count + more, Until(day, at or MORNING, zone)
