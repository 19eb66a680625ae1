"""What is said of how an inbox fared, and what is left unsaid where it is not known well enough."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from errbot.rendering import text
from msgspec import structs

from pageinbox.chat.errbot.content import messages
from pageinbox.language.statistics import StatisticsAsked, parse_statistics
from pageinbox.model.post import Attachment, Post
from pageinbox.model.secret import Secret
from pageinbox.model.source import Folder, Page, Platform, Source
from pageinbox.model.statistics import DAY, Answered, Arrived, Compared, DayFigures, Figures, Lengths, Part, Statistics
from pageinbox.words import statistics as words
from pageinbox.words.sparklines import spark
from pageinbox.words.spreadsheet import MOST_ROWS, spreadsheet
from pageinbox.words.statistics import lasted, percent

ROME = ZoneInfo("Europe/Rome")
NOW = datetime(2026, 11, 29, 14, 2, tzinfo=ROME).timestamp()
HOSTILE = "=HYPERLINK(*x*) @here"
PAGES = {name: Page(name, str(number), Secret("token")) for number, name in enumerate(("acme", "beta", HOSTILE))}
NONE = Compared(Figures(), Figures())


def figures(new: int, answered: int, *, minutes: int = 42, opened: bool = False) -> Figures:
    took = Lengths(answered, minutes * 60, 5 * 3600) if answered else Lengths()
    within = (answered * 6 // 10, answered * 9 // 10, answered)
    return Figures(new, answered, took, took if opened else None, *within)


def asked(typed: str = "") -> StatisticsAsked:
    return parse_statistics(typed, list(PAGES), zone="Europe/Rome", now=NOW)


def found(typed: str = "", **changes: object) -> Statistics:
    period = asked(typed).period
    both = Compared(figures(134, 120), figures(130, 125, minutes=55))
    every = Statistics(period.period, period.before, both, 5, 0.97, 1.0, NOW - 60 * DAY)
    return replace(every, **changes)  # type: ignore[arg-type]


def said(statistics: Statistics, typed: str = "", *, retention: float = 90 * DAY) -> list[str]:
    """The lines that a terminal shows."""
    post = words.statistics(statistics, asked(typed), "Acme", pages=PAGES, zone=ROME, now=NOW, retention=retention)
    return shown(replace(post, zone=ROME))


def shown(post: Post) -> list[str]:
    told = str(text().convert(messages(post, tame=True)[0]))
    return [line.strip() for line in told.splitlines() if line.strip()]


def content(post: Post) -> str:
    """What the file of a post holds."""
    made = post.attachments[0].content
    return (made if isinstance(made, bytes) else made()).decode("utf-8-sig")


def row(lines: list[str], label: str) -> str:
    """The row with this label, with single blanks."""
    (line,) = (line for line in lines if line.startswith(f"{label}  "))
    return " ".join(line.removeprefix(label).split())


def test_figures_are_told_with_how_they_have_changed() -> None:
    lines = said(found())
    assert lines[:2] == [
        "Acme · last 7 days: 134 new, 120 answered, 5 waiting now",
        "22 Nov 14:02 to 29 Nov 14:02; looked 97% of the time; ↑ and ↓ compare with the 7 days before.",
    ]
    assert row(lines, "new") == "134 ↑ from 130"
    assert row(lines, "answered") == "120 ↓ from 125"
    assert row(lines, "first answer") == "median 42 min, 90% within 5 h ↓ from 55 min, as before"
    assert row(lines, "answered within 1 h") == "60% as before"
    assert row(lines, "in Meta's reply window") == "100% as before"
    assert not any(line.startswith("in opening hours") for line in lines)
    assert lines[-2:] == ["Days and hours are in Europe/Rome.", "The rows as a file: !inbox stats csv 7d"]
    opened = said(found(all=Compared(figures(1, 20, opened=True), figures(1, 20))))
    assert row(opened, "in opening hours") == "median 42 min, 90% within 5 h"


@pytest.mark.parametrize(
    ("answered", "took", "share"),
    [
        (1, "1 answer, too few for a median", "0 of 1"),
        (4, "4 answers, too few for a median", "2 of 4"),
        (5, "median 42 min", "60%"),
        (9, "median 42 min", "56%"),
        (10, "median 42 min, 90% within 5 h", "60%"),
    ],
)
def test_few_answers_have_no_percentiles(answered: int, took: str, share: str) -> None:
    both = Compared(figures(3, answered), figures(3, answered - 1))
    lines = said(found(all=both))
    assert row(lines, "first answer").startswith(took)
    assert row(lines, "answered within 1 h").startswith(share)
    assert ("↑" in row(lines, "first answer")) is False


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"looked_before": 0.9}, "Not compared with the 7 days before: I looked only 90% of that time."),
        ({"looked_before": 0.0, "since": NOW - 6 * DAY},
         "Not compared with the 7 days before: I wasn't watching then."),
        ({"looked_before": 0.5, "since": NOW - 10 * DAY},
         "Not compared with the 7 days before: I have been watching only since 19 Nov 14:02 CET."),
    ],
)  # fmt: skip
def test_nothing_is_compared_with_a_time_that_is_not_known(changes: dict[str, float], why: str) -> None:
    lines = said(found(**changes))
    assert why in lines
    assert not any("↑" in line or "↓" in line or "as before" in line for line in lines)


def test_what_is_kept_no_more_is_told() -> None:
    lines = said(found(), retention=5 * DAY)
    assert "I keep figures for 5 days (RETENTION_DAYS); what happened before 24 Nov 14:02 CET may be missing." in lines
    assert "Not compared with the 7 days before: I no longer keep all of its figures." in lines


def test_times_without_looks_are_told() -> None:
    assert "Who wrote and was answered while nobody looked may be missing." in said(found(looked=0.9))
    assert not any("may be missing" in line for line in said(found(looked=0.96)))
    lines = said(found(looked=0.25, since=NOW - 3.5 * DAY, looked_before=0.0))
    assert "I have been watching since 26 Nov 02:02 CET; what happened before that is missing." in lines
    assert (
        "Since then I looked 50% of the time: who wrote and was answered while nobody looked may be missing." in lines
    )
    lines = said(found(looked=0.5, since=NOW - 3.5 * DAY, looked_before=0.0))
    assert not any(line.startswith("Since then") for line in lines)
    assert said(found(since=None)) == [
        "Acme · last 7 days: no figures, 5 waiting now",
        "None of this has been read yet. To see why: !inbox status",
    ]


def test_no_figure_is_told_of_a_time_before_anybody_watched() -> None:
    lines = said(found("october", since=NOW - DAY, all=NONE, looked=0.0, looked_before=0.0), "october")
    assert lines == [
        "Acme · October: no figures, 5 waiting now",
        "I have been watching only since 28 Nov 14:02 CET.",
    ]


def test_nothing_that_happened_is_one_line_and_when() -> None:
    assert said(found("yesterday", all=NONE, waiting=0), "yesterday") == [
        "Acme · yesterday: none new, none answered, none waiting now",
        "Saturday, 28 Nov; looked 97% of the time; ↑ and ↓ compare with the day before.",
    ]


def test_parts_have_a_row_each_where_there_are_several() -> None:
    one, many = Compared(figures(10, 9), figures(8, 9)), Compared(figures(1050, 1021), figures(1050, 900))
    parts = {
        Part.PLATFORM: {"messenger": many, "instagram": one},
        Part.PAGE: {"acme": one, HOSTILE: many},
        Part.FOLDER: {"inbox": one},
        Part.PERSON: {"Ann": Compared(figures(0, 9), figures(0, 9)), "Bo": Compared(figures(0, 0), figures(0, 2))},
    }
    lines = said(found(parts=parts))
    assert row(lines, "Messenger") == "1,050 new, 1,021 answered, median 42 min as before, ↑ from 900"
    assert row(lines, "Acme") == "10 new, 9 answered, median 42 min ↑ from 8, as before"
    assert row(lines, "=HYPERLINK(∗x∗) ＠he…") == "1,050 new, 1,021 answered, median 42 min as before, ↑ from 900"
    assert row(lines, "by Ann") == "9 answered, median 42 min as before"
    assert not any(line.startswith(("inbox", "by Bo")) for line in lines)
    assert "A person's figures are the answers to what they had claimed; Meta doesn't say who answered." in lines
    assert all(len(line) <= 99 for line in lines)


def test_of_many_pages_those_with_most_new_have_a_row() -> None:
    parts = {f"p{number:02}": Compared(figures(number, 0), Figures()) for number in range(30)}
    lines = said(found(parts={Part.PAGE: parts}))
    assert [line.split()[0] for line in lines if line.startswith("P")] == [f"P{number}" for number in range(20, 30)]
    assert row(lines, "20 more") == "name one to see it"


def test_days_become_weeks_and_months_where_there_are_too_many() -> None:
    for days, unit, bars in ((8, "day", 8), (60, "week", 9), (300, "month", 10), (2000, "quarter", 23)):
        begin = NOW - days * DAY + DAY
        each = [DayFigures(begin + number * DAY, 1, 0) for number in range(days)]
        lines = said(found(days=each, since=NOW - 4000 * DAY), retention=4000 * DAY)
        bar, _, rest = row(lines, f"new by {unit}").partition(" ")
        assert len(bar) == bars and "29 Nov, up to" in rest
        assert not any(line.startswith("answered by") for line in lines)  # nothing was


def test_hours_are_those_of_the_clocks_and_weekdays_are_told_of_two_weeks() -> None:
    hours = {(0, 9): 8, (1, 9): 4, (6, 23): 1}
    lines = said(found(hours=hours))
    assert row(lines, "new by hour") == f"{'▁' * 9}█{'▁' * 13}▂ 0 to 24 h, busiest 09–10 h (12)"
    assert not any(line.startswith("new by weekday") for line in lines)
    lines = said(found("14d", hours=hours), "14d")
    assert row(lines, "new by weekday") == "█▅▁▁▁▁▂ Mon to Sun, busiest Monday (8)"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (59.2, "1 min"), (61, "2 min"), (3600, "1 h"), (3601, "1 h 1 min"), (86_340, "23 h 59 min"),
     (86_399, "1 day"), (86_401, "1 day 1 h"), (2.5 * DAY, "2 days 12 h"), (3 * DAY - 1, "3 days")],
)  # fmt: skip
def test_lengths_are_rounded_up(seconds: float, said: str) -> None:
    assert lasted(seconds) == said


def test_bars_and_shares_never_look_like_nothing_or_all_where_it_is_not_so() -> None:
    assert spark([0, 1, 1000]) == "▁▂█"
    assert spark([0, 0]) == "▁▁"
    assert [percent(part) for part in (0, 0.001, 0.5, 0.999, 1)] == [
        "0%",
        "less than 1%",
        "50%",
        "more than 99%",
        "100%",
    ]


def test_a_chart_comes_with_figures_or_how_to_get_one() -> None:
    chart = Attachment("stats.png", "image/png", b"", "Chart.")
    some, none = Post(("Acme",), rows=((("new",),),)), Post(("Acme",))
    assert words.with_chart(some, chart).attachments == (chart,)
    assert shown(words.with_chart(some, None))[-1].endswith("can install what draws it: pip install matplotlib")
    assert words.with_chart(none, chart) == words.with_chart(none, None) == none


def test_rows_become_a_file_without_formulas() -> None:
    source = Source(HOSTILE, Platform.INSTAGRAM, Folder.DONE)
    rows = [
        Answered(source, NOW - 3600.4, NOW, 1800, True),
        Answered(Source("acme", Platform.MESSENGER, Folder.INBOX), NOW - 60, NOW, None, False),
        Arrived(source, NOW - NOW % 900, 3),
    ]
    post = spreadsheet(rows, asked("csv last week"), "Acme", zone=ROME)
    assert shown(post)[0] == "Acme · last week: 3 rows in inbox_2026-11-16_2026-11-22.csv"
    (file,) = post.attachments
    assert file.kind == "text/csv"
    head, *told = csv.reader(io.StringIO(content(post)))
    assert head[:6] == ["kind", "page", "platform", "folder", "begin", "end"]
    begin, end, zone = "2026-11-29 13:02:00", "2026-11-29 14:02:00", "UTC+01:00"
    assert told[0] == ["answered", f"'{HOSTILE}", "instagram", "done", begin, end, "1", "3600", "1800", "yes", zone]
    assert told[1][5:] == [end, "1", "60", "", "", zone]
    assert told[2][4:] == ["2026-11-29 14:00:00", "2026-11-29 14:15:00", "3", "", "", "", zone]


def test_a_spreadsheet_reads_the_letters_and_the_times_of_any_row() -> None:
    """Excel takes UTF-8 for what it is by its mark alone, and a time that tells its zone for a text."""
    zone = ZoneInfo("America/New_York")
    back = datetime(
        2026, 11, 1, 6, 10, tzinfo=UTC
    ).timestamp()  # an hour after the clocks showed 01:10 for the first time
    rows = [Answered(Source("café", Platform.MESSENGER, Folder.INBOX), back - 3600, back, None, False)]
    (file,) = spreadsheet(rows, asked("csv"), "Café", zone=zone).attachments
    made = file.content if isinstance(file.content, bytes) else file.content()
    assert made.startswith("\ufeffkind,page,".encode())
    (told,) = csv.DictReader(io.StringIO(made.decode("utf-8-sig")))
    assert (told["page"], told["zone"], told["seconds"]) == ("café", "UTC-05:00", "3600")
    assert [datetime.strptime(told[end], "%Y-%m-%d %H:%M:%S") for end in ("begin", "end")] == [
        datetime(2026, 11, 1, 1, 10)
    ] * 2


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@sum", "\t=1", " =1", "＝1"])
def test_no_name_of_a_page_begins_a_formula(name: str) -> None:
    post = spreadsheet([Arrived(Source(name, Platform.MESSENGER, Folder.INBOX), NOW, 1)], asked(), "x", zone=ROME)
    assert content(post).splitlines()[1].startswith(f"new,'{name}")


def test_too_many_rows_are_no_file() -> None:
    row = Arrived(Source("acme", Platform.MESSENGER, Folder.INBOX), NOW, 1)
    post = spreadsheet([row] * (MOST_ROWS + 1), asked("csv"), "Acme", zone=ROME)
    assert shown(post) == ["Acme · last 7 days: more than 100,000 rows, too many for a file. Choose a shorter period."]
    assert not post.attachments


def test_lists_that_differ_by_page_are_named_apart() -> None:
    acme, beta = Source("acme", Platform.INSTAGRAM, Folder.INBOX), Source("beta", Platform.INSTAGRAM, Folder.INBOX)
    both = [structs.replace(beta, platform=Platform.MESSENGER), beta]
    assert words.lists([acme, beta], PAGES) == "Acme and Beta · Instagram · inbox"
    assert words.lists([acme, *both], PAGES) == "Acme · Instagram · inbox and Beta · inbox"
    many = [Source(f"p{number}", platform, Folder.INBOX) for number in range(9) for platform in Platform]
    assert words.lists(many[1:], PAGES).startswith("17 lists of 9 Pages (")
