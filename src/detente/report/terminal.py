"""Tables in the terminal, the same in every command."""

from __future__ import annotations


def show(title: str, columns: list[str], rows: list[list[str]]) -> None:
    """Print a titled table: numbers to the right, no number ever cut, text folded to the width of the terminal."""
    from rich import box
    from rich.console import Console
    from rich.measure import Measurement
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for k, column in enumerate(columns):
        number = all(_is_number(row[k]) for row in rows)
        kept = [row[k] for row in rows] if number else [word for row in rows for word in row[k].split() if k == 0]
        whole = [*column.split(), *kept]
        table.add_column(column, justify="right" if number else "left", min_width=max(map(len, whole)))
    for row in rows:
        table.add_row(*row)
    console = Console()
    least = Measurement.get(console, console.options.update(width=1000), table).minimum
    console.width = max(console.width, least + len(columns))  # the measure leaves the gaps between columns out
    print(title)
    console.print(table)
    print()


def _is_number(text: str) -> bool:
    if text == "-":
        return True
    try:
        float(text.replace(",", ""))
    except ValueError:
        return False
    return True
