"""`python drawing.py`: reads a chart as JSON and writes it as a PNG. Run by `charts`, as a process that ends with it.

matplotlib takes 60 MB once it has drawn anything, and more with each chart until Python finds its garbage; a bot that
draws one a day must not have them for good. So nothing of the plugin's is imported here.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

WIDTH, HEIGHT = 400, 664
"""In the pixels of a phone, each of which is drawn as four."""

CARD, EDGE, EMPTY, LINES = "#ffffff", "#c9ced6", "#eceff3", "#dfe3e8"
INK, GREY = "#17202a", "#4a5562"
"""17:1 and 7.6:1 on the card."""

BLUE, RED = "#0072b2", "#d55e00"
"""New and answered, told apart by all kinds of colour-blindness, and by bars and dots."""

SHADES = ("#cfe3f3", "#92c1e2", "#4f98cb", "#1f6aa8", "#083d73")
"""From few to many, each darker than the one before."""

FEW = 8
"""Up to so many bars have their numbers above them."""


@dataclass(frozen=True)
class Chart:
    """What is drawn: words of ours, and numbers. No name ever.

    `new` and `answered` belong to `steps`, the days, weeks or months; `ticks` are the numbers of those that are named.
    `hours` are seven rows of 24, `lengths` belong to `bounds`. `nothing` is what each panel says that is empty.
    """

    heading: str
    summary: Sequence[str]
    by: str
    steps: Sequence[str]
    ticks: Sequence[int]
    new: Sequence[int]
    answered: Sequence[int]
    hours_title: str
    weekdays: Sequence[str]
    hours: Sequence[Sequence[int]]
    lengths_title: str
    bounds: Sequence[str]
    lengths: Sequence[int]
    nothing: Sequence[str]


def draw(chart: Chart) -> bytes:
    """The chart as a PNG, the same for the same chart. Raises ImportError without matplotlib."""
    file = BytesIO()
    laid_out(chart).savefig(file, format="png", metadata={"Software": None}, edgecolor=EDGE)
    return file.getvalue()


def laid_out(chart: Chart) -> Figure:
    """The chart before it is drawn. Changes matplotlib's settings for all of the process. Raises ImportError."""
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    matplotlib.rcdefaults()  # whatever the machine's own matplotlibrc wants
    matplotlib.rcParams.update({"font.family": "DejaVu Sans", "text.parse_math": False})
    figure = Figure(figsize=(WIDTH / 100, HEIGHT / 100), dpi=200, facecolor=CARD, edgecolor=EDGE, linewidth=px(2))
    FigureCanvasAgg(figure)
    write(figure, 16, 29, chart.heading, 18, fontweight="bold")
    for number, line in enumerate(chart.summary):
        write(figure, 16, 51 + 18 * number, line, 12.5, color=GREY)
    draw_steps(figure, chart)
    draw_hours(figure, chart)
    draw_lengths(figure, chart)
    return figure


def draw_steps(figure: Figure, chart: Chart) -> None:
    """Bars of what was new, and dots of what was answered."""
    write(figure, 16, 108, chart.by, 15, fontweight="bold")
    axes = panel(figure, left=44, top=132, width=340, height=100)
    most, count = max([*chart.new, *chart.answered, 1]), len(chart.steps)
    places = range(count)
    axes.set_xlim(-0.7 - max(0, 3 - count) / 2, count - 0.3 + max(0, 3 - count) / 2)
    axes.set_ylim(0, most * (1.22 if count <= FEW else 1.08))
    if not any([*chart.new, *chart.answered]):
        instead(axes, chart.nothing[0])
        axes.set_yticks([])
    else:
        bars = axes.bar(places, chart.new, width=0.72, color=BLUE, zorder=2)
        (dots,) = axes.plot(places, chart.answered, color=RED, linewidth=px(2), zorder=4, clip_on=False)
        axes.plot(places, chart.answered, color=CARD, linewidth=px(4), zorder=3)
        dots.set(marker="o", markersize=px(8 if count <= FEW else 6), markeredgecolor=CARD, markeredgewidth=px(1.2))
        figure.legend(
            [bars[0], dots], ["new", "answered"], loc="lower right", bbox_to_anchor=(384 / WIDTH, 1 - 110 / HEIGHT),
            ncols=2, frameon=False, fontsize=px(13), labelcolor=INK, borderpad=0, borderaxespad=0,
            handlelength=1.4, handletextpad=0.5, columnspacing=1.2,
        )  # fmt: skip
        if count <= FEW:
            for place, number in zip(places, chart.new, strict=True):
                above(axes, place, max(number, chart.answered[place]), short(number) if number else "")
        axes.set_yticks(steps_to(most), [short(number) for number in steps_to(most)])
    axes.set_xticks(list(chart.ticks), [chart.steps[tick] for tick in chart.ticks])
    axes.tick_params(axis="x", pad=px(9))
    axes.grid(axis="y", color=LINES, linewidth=px(1), zorder=0)
    axes.spines["bottom"].set_visible(True)


def draw_hours(figure: Figure, chart: Chart) -> None:
    """A square for each hour of each weekday, the darker the more began in it."""
    write(figure, 16, 282, chart.hours_title, 15, fontweight="bold")
    axes = panel(figure, left=52, top=294, width=332, height=105)
    most = max(max(row) for row in chart.hours)
    for day, row in enumerate(chart.hours):
        for hour, number in enumerate(row):
            color = SHADES[shade(number, most)] if number else EMPTY
            axes.add_patch(square(hour, day, color))
    axes.set_xlim(0, 24)
    axes.set_ylim(7, 0)
    axes.set_yticks([day + 0.5 for day in range(7)], list(chart.weekdays))
    axes.set_xticks([hour + 0.5 for hour in range(0, 24, 3)], [f"{hour:02}" for hour in range(0, 24, 3)])
    if not most:
        instead(axes, chart.nothing[1])
        return
    write(figure, 384, 282, short(most), 13, ha="right")
    samples = len(SHADES) - 1
    shades = sorted({shade(1 + sample * (most - 1) // samples, most) for sample in range(samples + 1)})
    begin = 384 - 9 * len(short(most)) - 4 - 14 * len(shades)
    for place, one in enumerate(shades):
        figure.add_artist(swatch(begin + 14 * place, 271, SHADES[one]))
    if most > 1:
        write(figure, begin - 5, 282, "1", 13, ha="right")


def draw_lengths(figure: Figure, chart: Chart) -> None:
    """Bars to the right, each with its number and share."""
    write(figure, 16, 449, chart.lengths_title, 15, fontweight="bold")
    axes = panel(figure, left=102, top=460, width=282, height=190)
    total, most = sum(chart.lengths), max([*chart.lengths, 1])
    places = range(len(chart.bounds))
    axes.set_ylim(len(chart.bounds) - 0.45, -0.55)
    axes.set_xlim(0, most * 1.5)
    axes.set_xticks([])
    axes.set_yticks(list(places), list(chart.bounds))
    axes.spines["left"].set_visible(True)
    if not total:
        instead(axes, chart.nothing[2])
        return
    axes.barh(places, chart.lengths, height=0.66, color=RED, zorder=2)
    for place, number in zip(places, chart.lengths, strict=True):
        text = f"{short(number)} · {percent(number, total)}" if number else "0"
        axes.text(number + most * 0.02, place, text, va="center_baseline", ha="left", fontsize=px(13), color=INK)


def panel(figure: Figure, *, left: float, top: float, width: float, height: float) -> Axes:
    """Axes without a frame, placed in pixels from the top left."""
    axes = figure.add_axes((left / WIDTH, 1 - (top + height) / HEIGHT, width / WIDTH, height / HEIGHT), facecolor=CARD)
    axes.tick_params(length=0, labelsize=px(13), labelcolor=INK, pad=px(5))
    for spine in axes.spines.values():
        spine.set(visible=False, color=GREY, linewidth=px(1))
    axes.set_axisbelow(True)
    return axes


def write(figure: Figure, x: float, y: float, text: str, size: float, **more: Any) -> None:
    """A line of text whose foot is `y` pixels below the top; `more` is as matplotlib calls it."""
    figure.text(x / WIDTH, 1 - y / HEIGHT, text, fontsize=px(size), va="baseline", **{"color": INK, **more})


def above(axes: Axes, x: float, y: float, text: str) -> None:
    axes.annotate(
        text, (x, y), xytext=(0, px(7)), textcoords="offset points", ha="center", fontsize=px(13), color=BLUE, zorder=5
    )


def instead(axes: Axes, text: str) -> None:
    """Words in a panel that has nothing to show."""
    axes.text(
        0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", fontsize=px(14), color=GREY, zorder=6,
        bbox={"facecolor": CARD, "edgecolor": "none", "pad": px(6)},
    )  # fmt: skip


def square(hour: int, day: int, color: str) -> Rectangle:
    """One hour of one weekday."""
    from matplotlib.patches import Rectangle

    return Rectangle((hour + 0.04, day + 0.05), 0.92, 0.9, facecolor=color, linewidth=0)


def swatch(x: float, y: float, color: str) -> Rectangle:
    """A sample of a colour, beside the axes."""
    from matplotlib.patches import Rectangle

    return Rectangle((x / WIDTH, 1 - (y + 12) / HEIGHT), 13 / WIDTH, 12 / HEIGHT, facecolor=color, linewidth=0)


def shade(number: int, most: int) -> int:
    """Which of the shades a number from 1 on has: each stands for as long a stretch up to the most."""
    return (number * len(SHADES) - 1) // most


def steps_to(most: int) -> list[int]:
    """Round numbers for an axis up to `most`: nought, and up to four more."""
    size = 1
    while most > 40 * size:
        size *= 10
    apart = next(factor * size for factor in (1, 2, 5, 10) if most <= 4 * factor * size)
    return list(range(0, most + 1, apart))


def short(number: int) -> str:
    """A number in few characters: `940`, `1.2k`, `31k`, `4.5M`."""
    for size, sign in ((1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k")):
        if number >= size:
            tenths = number * 10 // size
            return f"{tenths / 10:.1f}{sign}" if tenths < 100 and tenths % 10 else f"{tenths // 10}{sign}"
    return str(number)


def percent(number: int, total: int) -> str:
    """A share, which is neither 0 nor 100 unless it is all or nothing."""
    share = round(100 * number / total)
    if number and not share:
        return "<1%"
    return ">99%" if share == 100 and number < total else f"{share}%"


def px(pixels: float) -> float:
    """Pixels as points, in which matplotlib counts the sizes of letters and lines."""
    return pixels * 0.72


if __name__ == "__main__":
    sys.stdout.buffer.write(draw(Chart(**json.load(sys.stdin))))
