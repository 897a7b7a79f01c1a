"""A chart as a file, by the ending of its name: a page, a drawing or a picture that needs no network."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from detente.files import cannot_write, write_whole
from detente.report.sourced import png_with, svg_metadata


def write_chart(chart: Any, path: Path, record: Mapping[str, object]) -> None:
    """Write an Altair chart as .html, .svg, .png (print resolution) or .json, with the `record` of what it rests on in it.

    Raises `InputError` where it cannot.
    """
    if record:
        chart = chart.properties(usermeta={"provenance": dict(record)})
    ending = path.suffix.lower().removeprefix(".")
    made: io.StringIO | io.BytesIO = io.BytesIO() if ending == "png" else io.StringIO()
    chart.save(made, format=ending, inline=ending == "html", scale_factor=2 if ending == "png" else 1)
    data = made.getvalue()
    if isinstance(data, bytes) and record:
        data = png_with(data, record)
    elif isinstance(data, str) and ending == "svg" and record:
        data = data.replace(">", ">" + svg_metadata(record), 1)
    try:
        write_whole(path, data)
    except (OSError, ValueError) as error:
        raise cannot_write(path, error) from None
