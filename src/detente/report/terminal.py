"""Tables and text in the terminal, the same in every command."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

GAP = 2
#: Columns of tables that go to a file or another program: wide enough that nothing is cut.
PIPED = 200


def console() -> Console:
    """Where rich's tables are printed: as wide as the terminal, and never cut where there is none."""
    from rich.console import Console

    return Console() if sys.stdout.isatty() else Console(width=PIPED)


def say(text: str, hanging: str = "") -> None:
    """Print a paragraph folded to the terminal; `hanging` starts its second and later lines."""
    print(textwrap.fill(text, min(_width(), 100), subsequent_indent=hanging, break_long_words=False))


def show(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a titled table: numbers to the right, no number ever cut, text folded to the width of the terminal."""
    cells = [[row[k] for row in rows] for k in range(len(columns))]
    number = [all(_is_number(text) for text in column) for column in cells]
    least = [
        max(map(len, [*heading.split(), *(column if number[k] else _words(column)), " "]))
        for k, (heading, column) in enumerate(zip(columns, cells, strict=True))
    ]
    widths = [
        least[k] if number[k] else max(map(len, [heading, *column, " "]))
        for k, (heading, column) in enumerate(zip(columns, cells, strict=True))
    ]
    room = _width() - GAP * (len(columns) - 1)
    while sum(widths) > room and widths != least:
        widest = max((k for k in range(len(widths)) if widths[k] > least[k]), key=lambda k: widths[k])
        widths[widest] -= 1
    say(title)
    _line(columns, widths, number, bottom=True)
    print("─" * (sum(widths) + GAP * (len(columns) - 1)))
    for row in rows:
        _line(row, widths, number)
    print()


def _line(texts: Sequence[str], widths: Sequence[int], right: Sequence[bool], bottom: bool = False) -> None:
    folded = [textwrap.wrap(text, width, break_on_hyphens=False) for text, width in zip(texts, widths, strict=True)]
    height = max(map(len, folded))
    for k in range(height):
        line = []
        for lines, width, to_right in zip(folded, widths, right, strict=True):
            at = k - (height - len(lines)) if bottom else k
            text = lines[at] if 0 <= at < len(lines) else ""
            line.append(text.rjust(width) if to_right else text.ljust(width))
        print((" " * GAP).join(line).rstrip())


def _words(texts: Sequence[str]) -> list[str]:
    return [word for text in texts for word in text.split()]


def _width() -> int:
    return shutil.get_terminal_size().columns


def _is_number(text: str) -> bool:
    if text == "-":
        return True
    try:
        float(text.replace(",", ""))
    except ValueError:
        return False
    return True
