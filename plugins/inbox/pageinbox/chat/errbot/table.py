"""Rows as lines of plain text that fit a terminal, with their cells below each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import zip_longest
from textwrap import wrap

from msgspec.structs import replace

from pageinbox.chat.plain import END_ISOLATE, ISOLATE
from pageinbox.model.post import Foreign, Line, Link, Moment, Time
from pageinbox.words.english import coarse

WIDEST = 100
"""Columns of a row."""

NARROWEST = 24
"""Columns that a cell is left, however many the others take."""

PREVIEW = 60
"""Characters of a text that is a mere preview, and can be cut; a longer one goes on in further lines."""

BELOW = "\n" + " " * 5
"""What begins a line below a row."""

LONGEST = WIDEST - len(BELOW)

TextOf = Callable[[Line], str]


def table(rows: Sequence[Sequence[Line]], text_of: TextOf) -> list[str]:
    """Each row as a text of one line or several: two blanks between cells, numbers in the first cell to the right.

    Columns that are empty in every row are left out, and links stand below their rows. Where rows are too wide, old
    times are only exact, and previews are cut, or stand below too, as does what comes last; or that goes on in further
    lines.
    """
    columns = [column for column in zip(*rows, strict=True) if any(map(text_of, column))]
    links = [column for column in columns if all(not cell or isinstance(cell[0], Link) for cell in column)]
    columns = [column for column in columns if column not in links]
    found = [list(map(text_of, column)) for column in columns]
    if wide(found) > WIDEST:
        columns = [tuple(map(in_short, column)) for column in columns]
        found = [list(map(text_of, column)) for column in columns]
    previews = next((place for place, column in enumerate(columns) if any(map(is_preview, column))), None)
    below = [list(map(text_of, column)) for column in links]
    if previews is not None and (over := wide(found) - WIDEST) > 0:
        room = widest(found[previews]) - over
        if room < NARROWEST:
            below.insert(0, found.pop(previews))
        else:
            found[previews] = [cut(cell, text_of, room) for cell in columns[previews]]
    broken = [[[cell] for cell in cells] for cells in found]
    while (over := wide(found) - WIDEST) > 0:
        room = widest(found[-1]) - over
        if len(found) == 1 or room >= NARROWEST:
            broken[-1] = [
                wrap(cell, room, break_long_words=False, break_on_hyphens=False) or [""] for cell in found[-1]
            ]
            break
        below.insert(0, found.pop())
        broken.pop()
    ends = [
        "".join(BELOW + line for text in texts for line in wrap(text, LONGEST, break_long_words=False))
        for texts in zip(*below, strict=True)
    ]
    return [row + end for row, end in zip_longest(aligned(broken), ends, fillvalue="")]


def aligned(columns: Sequence[Sequence[Sequence[str]]]) -> list[str]:
    """Each row of columns whose cells are lines, as a text."""
    widths = [max(width(line) for cell in column for line in cell) for column in columns]
    rows = []
    for cells in zip(*columns, strict=True):
        lines = []
        for at in range(max(map(len, cells))):
            parts = []
            for place, (cell, most) in enumerate(zip(cells, widths, strict=True)):
                text = cell[at] if at < len(cell) else ""
                pad = " " * (most - width(text))
                parts.append(pad + text if place == 0 and text.isdecimal() else text + pad)
            lines.append(" " + "  ".join(parts).rstrip())
        rows.append("\n".join(lines))
    return rows


def widest(cells: Sequence[str]) -> int:
    return max(map(width, cells))


def wide(columns: Sequence[Sequence[str]]) -> int:
    """The columns of a terminal that a row of these takes."""
    return 1 + sum(map(widest, columns)) + 2 * (len(columns) - 1)


def in_short(cell: Line) -> Line:
    """The cell without how long ago a time was that is given exactly."""
    return tuple(
        Time(piece.at, piece.now, dated=True) if isinstance(piece, Moment) and coarse(piece.at, piece.now) else piece
        for piece in cell
    )


def is_preview(cell: Line) -> bool:
    return any(isinstance(piece, Foreign) and piece.quoted and piece.most <= PREVIEW for piece in cell)


def cut(cell: Line, text_of: TextOf, room: int) -> str:
    """A cell as a text that takes no more than `room` columns, if that is possible."""
    text, most = text_of(cell), PREVIEW
    while width(text) > room and most > 1:
        most -= 1
        text = text_of(tuple(replace(p, most=min(p.most, most)) if isinstance(p, Foreign) else p for p in cell))
    return text


def width(text: str) -> int:
    """The columns a text takes in a terminal."""
    if text.isascii():
        return len(text)
    from wcwidth import wcswidth  # a tenth of the plugin's start, if it were imported there

    return max(0, wcswidth(text.replace(ISOLATE, "").replace(END_ISOLATE, "")))
