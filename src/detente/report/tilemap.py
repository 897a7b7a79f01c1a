"""A tile for every state, province and territory: one number each, written, coloured by its sign and size."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path

import altair as alt
import numpy as np
import pandas as pd

from detente.accounts.places import Places
from detente.errors import InputError
from detente.report.chart_file import write_chart
from detente.report.language import ENGLISH, Language
from detente.report.palette import DIVERGING, FONT, INK, NO_DATA, QUIET

FORMATS = (".png", ".svg", ".html", ".json")

TILE = 62  # pixels
GAP = 0.04  # of a tile, on each side
BORDER = 0.45  # of a tile, between the two countries
TITLE_LETTERS = 66  # of a line of the title


def tilemap(
    values: np.ndarray,
    places: Places,
    *,
    title: str,
    unit: str,
    subtitle: str = "",
    assumed: np.ndarray | None = None,
    digits: int = 1,
    largest: float | None = None,
    language: Language = ENGLISH,
) -> alt.LayerChart:
    """The tile map of `values` [place], in `unit`, as an Altair chart; `title` says the finding.

    The number on a tile is its value with a sign; the colour runs from orange (loss) over grey to blue (gain), the same
    distance from zero on both sides up to `largest` (default: the largest value). Where `assumed` [place] is True the
    tile has a wavy equals sign. NaN is a grey tile without a number. Raises `InputError` for the wrong length.
    """
    values = np.asarray(values, float)
    marks = np.zeros(len(places.places), bool) if assumed is None else np.asarray(assumed, bool)
    if values.shape != (len(places.places),) or marks.shape != values.shape:
        raise InputError(
            f"A tile map needs one value per place ({len(places.places)}); it got {values.shape} values and "
            f"{marks.shape} marks."
        )
    top = float(np.nanmax(np.abs(values), initial=0.0)) if largest is None else largest
    tiles = _tiles(values, places, marks, digits, top or 1.0, language)
    note = language.t("places.assumed") if marks[np.isfinite(values)].any() else ""
    lines = [line for line in (subtitle, note) if line]

    x = alt.X("left:Q", axis=None, scale=alt.Scale(domain=[0, 12], nice=False))
    y = alt.Y("top:Q", axis=None, scale=alt.Scale(domain=[10 + BORDER, 0], nice=False))
    colour = alt.Color(
        "shade:Q",
        scale=alt.Scale(domain=[-(top or 1.0), top or 1.0], range=list(DIVERGING), interpolate="rgb", clamp=True),
        legend=alt.Legend(
            title=unit,
            orient="none",
            direction="horizontal",
            legendX=1.1 * TILE,
            legendY=(3.05 + BORDER) * TILE,
            gradientLength=5 * TILE,
            gradientThickness=12,
            titleLimit=8.5 * TILE,
        ),
    )
    base = alt.Chart(tiles)
    known, unknown = base.transform_filter("isValid(datum.value)"), base.transform_filter("!isValid(datum.value)")
    centre_x, ink = alt.X("centre:Q", axis=None), alt.Color("ink:N", scale=None)
    layers = (
        unknown.mark_rect(color=NO_DATA).encode(x=x, x2="right:Q", y=y, y2="bottom:Q"),
        known.mark_rect().encode(x=x, x2="right:Q", y=y, y2="bottom:Q", color=colour, tooltip=["name", "text"]),
        base.mark_text(fontSize=11, opacity=0.85).encode(x=centre_x, y=alt.Y("upper:Q"), text="code:N", color=ink),
        base.mark_text(fontSize=14, fontWeight="bold").encode(x=centre_x, y=alt.Y("lower:Q"), text="text:N", color=ink),
        base.mark_text(fontSize=12).encode(x=alt.X("corner:Q"), y=alt.Y("upper:Q"), text="mark:N", color=ink),
        alt.Chart(_headings(language))
        .mark_text(align="left", fontSize=15, color=QUIET, fontStyle="italic")
        .encode(x="left:Q", y="top:Q", text="heading:N"),
    )
    return (
        alt.layer(*layers)
        .properties(
            width=12 * TILE,
            height=int((10 + BORDER) * TILE),
            title=alt.TitleParams(
                textwrap.wrap(title, TITLE_LETTERS),
                subtitle=lines,
                anchor="start",
                fontSize=19,
                subtitleFontSize=13,
                subtitleColor="#555555",
                offset=12,
            ),
            padding=14,
        )
        .configure(font=FONT, background="white")
        .configure_view(stroke=None)
        .configure_rect(cornerRadius=4, stroke="#8a8a8a", strokeWidth=0.5)
        .configure_legend(titleFontSize=13, labelFontSize=12, titleFontWeight="normal", labelColor=INK, titleColor=INK)
    )


def save(chart: alt.LayerChart, path: str | Path, record: Mapping[str, object] | None = None) -> Path:
    """Write a chart as .png (print resolution), .svg, .html or .json (Vega-Lite), without the network.

    `record`: what it rests on, kept in the file.
    """
    path = Path(path)
    if path.suffix not in FORMATS:
        raise InputError(f"Figures are written as {', '.join(FORMATS)}; {path.name} is none of them.")
    write_chart(chart, path, record or {})
    return path


def _tiles(
    values: np.ndarray, places: Places, marks: np.ndarray, digits: int, top: float, language: Language
) -> pd.DataFrame:
    row, column = places.tile.T
    upper = row + BORDER * places.inside("USA")
    dark = np.abs(values) > 0.78 * top
    return pd.DataFrame(
        {
            "name": [language.place(code, name) for code, name in zip(places.places, places.names, strict=True)],
            "code": [place[3:] for place in places.places],
            "value": values,
            "shade": np.clip(values, -top, top),
            "text": [language.cell(v, digits) if np.isfinite(v) else language.t("no_data") for v in values],
            "mark": np.where(marks & np.isfinite(values), "≈", ""),
            "ink": np.where(dark, "#fffffe", "#222221"),
            "left": column + GAP,
            "right": column + 1 - GAP,
            "centre": column + 0.5,
            "corner": column + 0.84,
            "top": upper + GAP,
            "bottom": upper + 1 - GAP,
            "upper": upper + 0.28,
            "lower": upper + 0.62,
        }
    )


def _headings(language: Language) -> pd.DataFrame:
    headings = [language.region("CAN"), language.region("USA")]
    return pd.DataFrame({"heading": headings, "left": [4.1, 1.1], "top": [0.5, 2.5 + BORDER]})
