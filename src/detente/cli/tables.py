"""Tables in the terminal, the same in every command."""

from __future__ import annotations


def show(title: str, columns: list[str], rows: list[list[str]]) -> None:
    """Print a titled table; columns of numbers are aligned right and never broken."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for k, column in enumerate(columns):
        number = all(_is_number(row[k]) for row in rows)
        width = max((len(row[k]) for row in rows), default=0) if number or k == 0 else None
        table.add_column(column, justify="right" if number else "left", min_width=width)
    for row in rows:
        table.add_row(*row)
    print(title)
    Console().print(table)
    print()


def _is_number(text: str) -> bool:
    try:
        return text == "-" or bool(float(text.replace(",", "")) or True)
    except ValueError:
        return False
