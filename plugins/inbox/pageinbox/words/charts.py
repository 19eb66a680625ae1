"""Statistics as one picture: what came and was answered, when it comes, and how long answers took.

No name is in it, nor any other word from outside. It is drawn by a process of its own (`drawing`), once it is wanted.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime, tzinfo
from functools import partial
from importlib.util import find_spec
from typing import TypeVar

from pageinbox.model.calendar import WEEKDAYS
from pageinbox.model.post import Attachment, Post
from pageinbox.model.statistics import BOUNDS, DAY, HOUR, Statistics
from pageinbox.words import drawing
from pageinbox.words.drawing import Chart, percent
from pageinbox.words.english import MONTHS, counted
from pageinbox.words.sparklines import grouped

log = logging.getLogger(__name__)

Key = TypeVar("Key")

NAME = "stats.png"

PATIENCE = 60.0
"""Seconds a chart may take: two as a rule, more where matplotlib lists the machine's fonts for the first time."""

INHERITED = ("HOME", "LD_LIBRARY_PATH", "MPLCONFIGDIR", "PATH", "PYTHONHOME", "PYTHONPATH", "TMPDIR", "XDG_CACHE_HOME")
"""What the process may know of our environment, in which the tokens are."""

LENGTHS = ("up to 5 min", "5–15 min", "15–60 min", "1–4 h", "4–12 h", "12–24 h", "1–3 days", "3–7 days", "over 7 days")
"""What the groups that `BOUNDS` tell apart are called."""

WHEN = {"day": "on", "week": "in the week of", "quarter": "in the three months from"}
"""What stands before a step of the calendar; `in` before the others."""

SAID = 300
"""Characters that the log has of what a process said last before it failed."""

TICKS = 5
"""The most steps that are named below the bars."""

one_at_a_time = threading.Lock()


class NotDrawn(Exception):
    """The chart could not be drawn, as its text says; the log says how that went."""


def drawn(statistics: Statistics, zone: tzinfo) -> Attachment | None:
    """The chart of some statistics, by the clocks of `zone`; None where matplotlib is missing.

    Its content is drawn when it is asked for, or raises NotDrawn.
    """
    if find_spec("matplotlib") is None:
        return None
    return Attachment(NAME, "image/png", partial(png, chart_of(statistics, zone)), told(statistics, zone))


def charted(post: Post, statistics: Statistics, zone: tzinfo) -> Post:
    """The post with the chart of some statistics, where there is one and anything to see in it."""
    figures = statistics.all.now
    chart = drawn(statistics, zone) if figures.new or figures.answered else None
    return post if chart is None else replace(post, attachments=(*post.attachments, chart))


def chart_of(statistics: Statistics, zone: tzinfo) -> Chart:
    """What is drawn."""
    now = statistics.all.now
    unit, steps = grouped(statistics.days, zone)
    looked = f"looked {percent(round(statistics.looked * 10_000), 10_000)} of the time"
    return Chart(
        heading=period(statistics, zone),
        summary=(
            f"{now.new:,} new · {now.answered:,} answered · {statistics.waiting:,} waiting now",
            f"{looked} · times: {zone}"[:60],
        ),
        by=f"By {unit}",
        steps=[called(day, unit) for day in steps],
        ticks=named(len(steps)),
        new=[new for new, _ in steps.values()],
        answered=[answered for _, answered in steps.values()],
        hours_title="When new ones begin",
        weekdays=[day[:3].title() for day in WEEKDAYS],
        hours=[[statistics.hours.get((day, hour), 0) for hour in range(24)] for day in range(7)],
        lengths_title="How long first answers took",
        bounds=LENGTHS,
        lengths=list(statistics.lengths),
        nothing=("nothing new, nothing answered", "nothing new", "no answers"),
    )


def told(statistics: Statistics, zone: tzinfo) -> str:
    """What the chart shows, for who can't see it."""
    now = statistics.all.now
    answered = f"{now.answered:,}" if now.answered else "none"
    sentences = [f"Chart for {period(statistics, zone)}: {counted(now.new, 'new conversation')}, {answered} answered."]
    unit, steps = grouped(statistics.days, zone)
    if len(steps) > 1 and (day := outstanding({day: new for day, (new, _) in steps.items()})):
        sentences.append(f"Most new ones came {WHEN.get(unit, 'in')} {called(day, unit)}: {steps[day][0]:,}.")
    if busiest := outstanding(statistics.hours):
        weekday, hour = WEEKDAYS[busiest[0]].title(), busiest[1]
        sentences.append(
            f"The busiest hour was {weekday} from {hour:02}:00 to {hour + 1:02}:00: {statistics.hours[busiest]:,}."
        )
    if total := sum(statistics.lengths):
        within = share(sum(statistics.lengths[: BOUNDS.index(HOUR) + 1]), total)
        later = share(sum(statistics.lengths[BOUNDS.index(DAY) + 1 :]), total)
        sentences.append(f"Of the first answers, {within} took up to an hour and {later} over a day.")
    return " ".join(sentences)


def outstanding(numbers: Mapping[Key, int]) -> Key | None:
    """What has more than all others, and more than one."""
    *_, second, most = sorted([1, 1, *numbers.values()])
    return next(key for key, number in numbers.items() if number == most) if most > second else None


def share(number: int, total: int) -> str:
    return "none" if not number else "all" if number == total else percent(number, total)


def period(statistics: Statistics, zone: tzinfo) -> str:
    """The first and the last day: `23 Nov 2026`, `1–30 Nov 2026`, `28 Dec 2025 – 3 Jan 2026`."""
    first = datetime.fromtimestamp(statistics.period.begin, zone).date()
    last = max(first, datetime.fromtimestamp(statistics.period.end - 1, zone).date())
    end = f"{last.day} {MONTHS[last.month - 1]} {last.year}"
    if first == last:
        return end
    if (first.month, first.year) == (last.month, last.year):
        return f"{first.day}–{end}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first.day} {MONTHS[first.month - 1]}{year} – {end}"


def called(day: date, unit: str) -> str:
    """What the step of the calendar that begins with `day` is called; a week by its Monday."""
    month = MONTHS[day.month - 1]
    match unit:
        case "month" | "quarter":
            return f"{month} {day.year % 100:02}"
        case "year":
            return str(day.year)
    return f"{day.day} {month}"


def named(count: int) -> list[int]:
    """Which of so many steps are named: as many as there is room for, as far apart as each other."""
    apart = -(-count // TICKS) or 1
    return list(range(0, count, apart))


def png(chart: Chart, program: Sequence[str] = (sys.executable, "-P", drawing.__file__)) -> bytes:
    """The chart, drawn by `program`. Raises NotDrawn."""
    given = json.dumps(asdict(chart)).encode()
    environment: Mapping[str, str] = {name: os.environ[name] for name in INHERITED if name in os.environ}
    with one_at_a_time:
        try:
            done = subprocess.run(
                program, input=given, capture_output=True, timeout=PATIENCE, check=True,
                env={**environment, "OPENBLAS_NUM_THREADS": "1"},
            )  # fmt: skip
        except (OSError, subprocess.SubprocessError) as error:
            log.warning("A chart could not be drawn: its process %s", ending(error))
            raise NotDrawn("it could not be drawn; my log says why") from None
    return done.stdout


def ending(error: OSError | subprocess.SubprocessError) -> str:
    """How the process ended, and what it said last: that can hold paths, but nothing of what was to be drawn."""
    if not isinstance(error, subprocess.CalledProcessError):
        return f"failed ({type(error).__name__})"
    said = " ".join(error.stderr.decode(errors="replace").split())
    return f"ended with {error.returncode}: {said[-SAID:] or 'it said nothing'}"
