"""The chart of statistics: what it is made of, what it says to who can't see it, and that it can be read."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from matplotlib.colors import to_hex
from matplotlib.text import Text

from pageinbox.model.statistics import BOUNDS, Compared, DayFigures, Figures, Part, Period, Statistics
from pageinbox.words import charts, drawing
from pageinbox.words.charts import chart_of, drawn
from pageinbox.words.drawing import Chart, laid_out, percent, shade, short, steps_to
from tests.hostile.corpus import CORPUS

ROME = ZoneInfo("Europe/Rome")
SIZES = (0, 1, 9, 47_000)


def statistics(
    days: int, most: int = 9, first: tuple[int, int, int] = (2026, 11, 2), zone: tzinfo = ROME
) -> Statistics:
    """Days on which up to `most` conversations were new, and about as many answered."""
    begins = [datetime(*first, tzinfo=zone) + timedelta(days=day) for day in range(days + 1)]
    figures = [
        DayFigures(begin.timestamp(), most * (day * 7 % 10) // 9, most * (day * 3 % 10) // 9)
        for day, begin in enumerate(begins[:-1])
    ]
    hours = {(begin.weekday(), day * 5 % 24): most for day, begin in enumerate(begins[:-1]) if most}
    answered = sum(day.answered for day in figures)
    lengths = [answered, *[0] * len(BOUNDS)] if answered < 9 else [answered // 9] * 9
    all_ = Figures(new=sum(day.new for day in figures), answered=answered)
    return Statistics(
        period=Period(begins[0].timestamp(), begins[-1].timestamp()),
        before=Period(0, 0),
        all=Compared(all_, all_),
        waiting=most,
        looked=0.97,
        looked_before=1.0,
        since=None,
        days=figures,
        hours=hours,
        lengths=lengths,
    )


CHARTS = {
    f"{days} days, {most}": chart_of(statistics(days, most), ROME)
    for days, most in ((1, 0), (1, 9), (7, 1), (7, 9), (8, 47_000), (31, 0), (31, 9), (92, 9), (366, 47_000))
}


def texts(chart: Chart) -> list[Text]:
    """All texts of a chart that can be seen."""
    return [text for text in laid_out(chart).findobj(Text) if isinstance(text, Text) and text.get_text()]


@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)
def test_every_text_can_be_read_whatever_there_is_to_show(chart: Chart) -> None:
    figure = laid_out(chart)
    figure.canvas.draw()
    there = [text for text in figure.findobj(Text) if isinstance(text, Text) and text.get_text() and text.get_visible()]
    boxes = [(text.get_text(), text.get_window_extent()) for text in there]
    assert len(boxes) > 20
    for number, (words, box) in enumerate(boxes):
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= 2 * drawing.WIDTH and box.y1 <= 2 * drawing.HEIGHT, words
        for others, other in boxes[number + 1 :]:
            apart = box.x1 <= other.x0 or other.x1 <= box.x0 or box.y1 <= other.y0 or other.y1 <= box.y0
            assert apart, f"{words} and {others} stand on each other"
    assert min(text.get_fontsize() for text in there) >= drawing.px(12), "at a phone's width"


def luminance(colour: str) -> float:
    """The relative luminance of WCAG 2.2."""
    parts = [int(colour[begin : begin + 2], 16) / 255 for begin in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_all_that_is_written_and_drawn_stands_out_from_the_card_that_it_brings_along() -> None:
    for name in ("7 days, 9", "31 days, 0"):
        for text in texts(CHARTS[name]):
            assert contrast(to_hex(text.get_color()), drawing.CARD) >= 4.5, text
    assert min(contrast(colour, drawing.CARD) for colour in (drawing.BLUE, drawing.RED)) >= 3
    assert laid_out(CHARTS["7 days, 9"]).get_facecolor() == (1.0, 1.0, 1.0, 1.0), "no background shines through"


def test_more_is_darker_for_whoever_sees_no_colours() -> None:
    lights = [luminance(colour) for colour in (drawing.EMPTY, *drawing.SHADES)]
    assert lights == sorted(lights, reverse=True)
    assert min(one / other for one, other in pairwise(lights)) > 1.1


def test_new_and_answered_differ_by_form_and_the_legend_names_them() -> None:
    figure = laid_out(CHARTS["31 days, 9"])
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["new", "answered"]
    bars, _, dots = figure.axes[0].patches, *figure.axes[0].lines[::-1]
    assert len(bars) == 31 and [round(bar.get_height()) for bar in bars] == CHARTS["31 days, 9"].new
    assert dots.get_marker() == "o" and list(dots.get_ydata()) == CHARTS["31 days, 9"].answered


def test_the_same_statistics_are_the_same_bytes() -> None:
    chart = CHARTS["7 days, 9"]
    first, second = drawing.draw(chart), drawing.draw(chart)
    assert first == second and first.startswith(b"\x89PNG")
    assert b"tEXt" not in first and b"Software" not in first and len(first) < 300_000


def test_no_name_reaches_the_chart_or_what_is_said_of_it() -> None:
    figures = Compared(Figures(3, 3), Figures())
    parts = {part: {text: figures for text in CORPUS.values()} for part in Part}
    plain = statistics(7)
    hostile = replace(plain, parts=parts)
    assert chart_of(hostile, ROME) == chart_of(plain, ROME)
    alone, both = drawn(plain, ROME), drawn(hostile, ROME)
    assert alone and both and (alone.name, alone.kind, alone.alt) == (both.name, both.kind, both.alt)


def test_no_text_is_a_formula() -> None:
    odd = ["$\\frac{1", "$x^2$", "a_{b}$", "\\usetex", "%", "$$", "\\$"]
    chart = replace(
        CHARTS["7 days, 9"], heading=odd[0], summary=odd[:2], steps=odd, ticks=range(7), bounds=[*odd, "", ""]
    )
    there = texts(chart)
    assert {one.get_text() for one in there} >= set(odd) and not any(one.get_parse_math() for one in there)
    assert drawing.draw(chart), "half a formula would be an error"


@pytest.mark.parametrize(
    ("days", "unit", "steps", "first"),
    [(1, "day", 1, "2 Nov"), (31, "day", 31, "2 Nov"), (92, "week", 14, "2 Nov"), (366, "month", 13, "Nov 26")],
)
def test_many_days_are_drawn_as_weeks_or_months(days: int, unit: str, steps: int, first: str) -> None:
    chart = chart_of(statistics(days), ROME)
    assert (chart.by, len(chart.steps), chart.steps[0]) == (f"By {unit}", steps, first)
    assert sum(chart.new) == statistics(days).all.now.new and sum(chart.answered) == statistics(days).all.now.answered
    assert len(chart.ticks) <= charts.TICKS and chart.ticks[0] == 0


def test_days_are_those_of_the_teams_clocks_also_where_these_change() -> None:
    chart = chart_of(statistics(4, first=(2026, 10, 24)), ROME)
    assert list(chart.steps) == ["24 Oct", "25 Oct", "26 Oct", "27 Oct"] and chart.heading == "24–27 Oct 2026"


@pytest.mark.parametrize(
    ("first", "days", "said"),
    [
        ((2026, 11, 23), 1, "23 Nov 2026"),
        ((2026, 11, 1), 30, "1–30 Nov 2026"),
        ((2026, 10, 26), 14, "26 Oct – 8 Nov 2026"),
        ((2025, 12, 28), 7, "28 Dec 2025 – 3 Jan 2026"),
    ],
)
def test_the_heading_is_the_period(first: tuple[int, int, int], days: int, said: str) -> None:
    assert chart_of(statistics(days, first=first, zone=UTC), UTC).heading == said


def alt(given: Statistics, zone: tzinfo = ROME) -> str:
    chart = drawn(given, zone)
    assert chart
    return chart.alt


def test_who_cannot_see_the_chart_is_told_what_it_shows() -> None:
    given = replace(
        statistics(3),
        all=Compared(Figures(1234, 30), Figures()),
        days=[DayFigures(day.begin, new, 10) for day, new in zip(statistics(3).days, (4, 1229, 1), strict=True)],
        hours={(1, 9): 12, (1, 23): 1200},
        lengths=(5, 5, 5, 5, 4, 4, 1, 1, 0),
    )
    assert alt(given) == (
        "Chart for 2–4 Nov 2026: 1,234 new conversations, 30 answered. Most new ones came on 3 Nov: 1,229. "
        "The busiest hour was Tuesday from 23:00 to 24:00: 1,200. "
        "Of the first answers, 50% took up to an hour and 7% over a day."
    )
    assert alt(statistics(30, 0)) == "Chart for 2 Nov – 1 Dec 2026: no new conversations, none answered."
    few = replace(given, hours={(1, 9): 1, (1, 8): 1}, lengths=(1, 0, 0, 0, 0, 0, 0, 0, 0))
    assert alt(few).endswith("on 3 Nov: 1,229. Of the first answers, all took up to an hour and none over a day.")
    assert all(len(alt(statistics(days, most))) < 500 for days in (1, 31, 366) for most in SIZES)


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0"), (999, "999"), (1000, "1k"), (1250, "1.2k"), (9999, "9.9k"), (10_400, "10k"), (2_500_000, "2.5M")],
)
def test_numbers_are_short(number: int, said: str) -> None:
    assert short(number) == said


def test_a_share_is_neither_nought_nor_all_unless_it_is() -> None:
    assert [percent(*pair) for pair in ((0, 9), (1, 999), (998, 999), (9, 9), (1, 3))] == [
        "0%", "<1%", ">99%", "100%", "33%",
    ]  # fmt: skip


@pytest.mark.parametrize("most", [1, 2, 3, 4, 5, 7, 40, 41, 99, 67_048, 10**9])
def test_an_axis_has_a_few_round_numbers_and_every_shade_a_use(most: int) -> None:
    there = steps_to(most)
    assert 2 <= len(there) <= 5 and there[0] == 0 and there[-1] <= most
    assert shade(most, most) == len(drawing.SHADES) - 1 and shade(1, max(most, 5)) == 0


@pytest.mark.processes
def test_the_chart_is_drawn_by_a_process_that_knows_nothing_of_ours() -> None:
    chart = drawn(statistics(7), ROME)
    assert chart and callable(chart.content)
    assert chart.content() == drawing.draw(chart_of(statistics(7), ROME))
    tells = "import json, os, sys; json.load(sys.stdin); print(*os.environ)"
    known = charts.png(CHARTS["7 days, 9"], [sys.executable, "-c", tells]).decode().split()
    assert set(known) <= {*charts.INHERITED, "OPENBLAS_NUM_THREADS", "LC_CTYPE"}


@pytest.mark.processes
@pytest.mark.parametrize(
    ("program", "how"),
    [
        ([sys.executable, "-c", "import sys; sys.exit(3)"], "ended with 3: it said nothing"),
        ([sys.executable, "-c", "raise RuntimeError('no such\\ninstruction')"], "RuntimeError: no such instruction"),
        (["/no/such/python"], "FileNotFoundError"),
    ],
)
def test_what_could_not_be_drawn_is_in_the_log(
    program: Sequence[str], how: str, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(charts.NotDrawn):
        charts.png(CHARTS["7 days, 9"], program)
    assert how in caplog.text


@pytest.mark.processes
def test_without_matplotlib_there_is_no_chart_and_nothing_breaks(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['matplotlib'] = None\n", encoding="utf-8")
    program = (
        "from datetime import UTC\nfrom pageinbox.model.statistics import *\nfrom pageinbox.words.charts import drawn\n"
        "none = Compared(Figures(), Figures())\n"
        "print(drawn(Statistics(Period(0, 1), Period(0, 1), none, 0, 1, 1, None), UTC))"
    )
    path = os.pathsep.join([str(tmp_path), *sys.path])
    done = subprocess.run([sys.executable, "-c", program], env={"PYTHONPATH": path}, capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == ("None", "")


def test_what_is_given_to_the_process_is_json_of_words_and_numbers() -> None:
    given = json.loads(json.dumps(asdict(CHARTS["31 days, 9"])))
    assert Chart(**given).new == CHARTS["31 days, 9"].new
    assert re.fullmatch(r"[\w\s·–:,%/.>]+", " ".join([given["heading"], *given["summary"], *given["steps"]]))
