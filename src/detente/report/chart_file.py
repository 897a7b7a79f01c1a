"""A chart as a file, by the ending of its name: a page, a drawing or a picture that needs no network."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from detente.files import cannot_write, write_whole


def write_chart(chart: Any, path: Path) -> None:
    """Write an Altair chart as .html, .svg, .png (print resolution) or .json; raises `InputError` where it cannot."""
    ending = path.suffix.lower().removeprefix(".")
    made: io.StringIO | io.BytesIO = io.BytesIO() if ending == "png" else io.StringIO()
    chart.save(made, format=ending, inline=ending == "html", scale_factor=2 if ending == "png" else 1)
    try:
        write_whole(path, made.getvalue())
    except (OSError, ValueError) as error:
        raise cannot_write(path, error) from None
