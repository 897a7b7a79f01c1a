"""Four kinds of chart, drawn to be read on a phone, on a desk and in print: bars, dots, lines, and a grid of numbers."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable, Sequence

import altair as alt
import numpy as np
import pandas as pd
import vl_convert

from detente.report import palette
from detente.report.language import ENGLISH, Language

LABEL = 23  # characters of a label before it folds
LINE = 13  # pixels
PLOT, FIRST, SECOND = 104, 58, 92  # widths: of the bars, and of the two columns of numbers to the right of them


def bars(
    labels: Iterable[str],
    values: Iterable[float],
    numbers: Sequence[tuple[str, str]],
    unit: str,
    ends: tuple[Iterable[float], Iterable[float]] | None = None,
    language: Language = ENGLISH,
) -> str:
    """Bars to both sides of zero, from the first label down, with two columns of numbers on the right; SVG.

    `ends`: low and high end of the range of each value, drawn as a line.
    """
    frame, height = _rows(labels)
    frame["value"] = list(values)
    frame["first"], frame["second"] = zip(*numbers, strict=True) if len(frame) else ([], [])
    frame["low"], frame["high"] = (frame.value, frame.value) if ends is None else map(list, ends)
    frame["colour"] = np.where(frame.value > 0, palette.MORE, palette.LESS)
    domain, ticks = _axis(np.array([0.0, *frame.value, *frame.low, *frame.high]))
    x = alt.X(
        "value:Q",
        axis=alt.Axis(title=unit, values=ticks, labelOverlap=False, titleAnchor="start"),
        scale=alt.Scale(domain=domain, nice=False),
    )
    base = alt.Chart(frame).encode(y=alt.Y("label:N", sort=None, axis=_folded_labels()))
    layers = [
        base.mark_bar(height={"band": 0.6}).encode(x=x, color=alt.Color("colour:N", scale=None)),
        alt.Chart(pd.DataFrame({"zero": [0.0]})).mark_rule(color=palette.QUIET).encode(x="zero:Q"),
        base.mark_text(align="right", x=PLOT + FIRST).encode(text="first:N"),
        base.mark_text(align="right", x=PLOT + FIRST + SECOND).encode(text="second:N"),
    ]
    if ends is not None:
        layers.append(base.mark_rule(color=palette.INK, strokeWidth=2).encode(x=alt.X("low:Q"), x2="high:Q"))
    return svg(alt.layer(*layers).properties(width=PLOT, height=alt.Step(height)), language)


def dots(
    labels: Sequence[str], values: np.ndarray, series: Sequence[str], unit: str, language: Language = ENGLISH
) -> str:
    """`values` [label, series] as dots on a line for each label; the series differ in colour and in shape; SVG."""
    rows, height = _rows(labels)
    frame = pd.DataFrame(
        [(rows.label[r], name, values[r, s]) for r in range(len(rows)) for s, name in enumerate(series)],
        columns=["label", "series", "value"],
    )
    domain = list(series)
    y = alt.Y("label:N", sort=None, axis=_folded_labels(grid=True))
    colour = alt.Color(
        "series:N", scale=alt.Scale(domain=domain, range=list(palette.SERIES[: len(domain)])), legend=alt.Legend()
    )
    shape = alt.Shape("series:N", scale=alt.Scale(domain=domain, range=list(palette.SHAPES[: len(domain)])))
    points = (
        alt.Chart(frame)
        .mark_point(filled=True, size=75, opacity=1)
        .encode(
            x=alt.X("value:Q", axis=alt.Axis(title=unit, tickCount=5, titleAnchor="start")),
            y=y,
            color=colour,
            shape=shape,
        )
    )
    zero = alt.Chart(pd.DataFrame({"zero": [0.0]})).mark_rule(color=palette.QUIET).encode(x="zero:Q")
    drawn = alt.layer(zero, points).properties(width=PLOT + FIRST + SECOND, height=alt.Step(height + 4))
    return svg(drawn, language)


def lines(
    years: Sequence[int],
    values: np.ndarray,
    series: Sequence[str],
    unit: str,
    ends: tuple[np.ndarray, np.ndarray] | None = None,
    language: Language = ENGLISH,
) -> str:
    """`values` [year, series] as lines over the years, with a mark on each year; SVG.

    `ends`: low and high end of the range of each value, drawn as a band.
    """
    low, high = (values, values) if ends is None else ends
    frame = pd.DataFrame(
        [
            (year, name, values[t, s], low[t, s], high[t, s])
            for t, year in enumerate(years)
            for s, name in enumerate(series)
        ],
        columns=["year", "series", "value", "low", "high"],
    )
    domain = list(series)
    encoding = {
        "x": alt.X("year:O", axis=alt.Axis(title=None, labelAngle=0, labelOverlap=True)),
        "y": alt.Y("value:Q", axis=alt.Axis(title=unit, tickCount=5)),
        "color": alt.Color(
            "series:N", scale=alt.Scale(domain=domain, range=list(palette.SERIES[: len(domain)])), legend=alt.Legend()
        ),
    }
    shape = alt.Shape("series:N", scale=alt.Scale(domain=domain, range=list(palette.SHAPES[: len(domain)])))
    base = alt.Chart(frame)
    zero = alt.Chart(pd.DataFrame({"zero": [0.0]})).mark_rule(color=palette.QUIET).encode(y="zero:Q")
    marks = base.mark_point(filled=True, size=45, opacity=1).encode(**encoding, shape=shape)
    bands = [  # one by one: together they would fade the legend
        alt.Chart(frame[frame.series == name])
        .mark_area(fill=colour, fillOpacity=0.18)
        .encode(x=encoding["x"], y=alt.Y("low:Q"), y2="high:Q")
        for name, colour in zip(series, palette.SERIES, strict=False)
        if ends is not None
    ]
    drawn = alt.layer(*bands, zero, base.mark_line(strokeWidth=2).encode(**encoding), marks)
    return svg(drawn.properties(width=PLOT + FIRST + SECOND + 110, height=190), language)


def grid(rows: Sequence[str], columns: Sequence[str], values: np.ndarray, numbers: np.ndarray) -> str:
    """`values` [row, column] as a grid: the number is written on the colour; NaN is an empty cell; SVG."""
    frame = pd.DataFrame(
        [
            (_fold(row), column, values[r, c], numbers[r, c])
            for r, row in enumerate(rows)
            for c, column in enumerate(columns)
            if np.isfinite(values[r, c])
        ],
        columns=["row", "column", "value", "number"],
    )
    top = float(frame.value.abs().max()) or 1.0
    # the square root keeps small changes visible beside the largest
    frame["shade"] = np.sign(frame.value) * np.sqrt(frame.value.abs() / top)
    frame["ink"] = np.where(frame["shade"].abs() > 0.8, "#fffffe", "#222221")  # on the tile, the same on a dark page
    above = alt.Axis(orient="top", title=None, labelAngle=0)
    base = alt.Chart(frame).encode(
        x=alt.X("column:N", sort=list(columns), axis=above),
        y=alt.Y("row:N", sort=[_fold(row) for row in rows], axis=_folded_labels()),
    )
    colour = alt.Color(
        "shade:Q", scale=alt.Scale(domain=[-1, 1], range=list(palette.DIVERGING), interpolate="rgb"), legend=None
    )
    return svg(
        alt.layer(
            base.mark_rect(stroke=palette.GRID).encode(color=colour),
            base.mark_text(fontSize=11).encode(text="number:N", fill=alt.Fill("ink:N", scale=None)),
        ).properties(width=alt.Step(54), height=alt.Step(32))
    )


def svg(chart: alt.LayerChart | alt.FacetChart, language: Language = ENGLISH) -> str:
    """A chart as SVG that scales to the width it is given; silent to screen readers, who get the figure's own words."""
    drawn: str = vl_convert.vegalite_to_svg(
        json.dumps(chart.to_dict()), config=palette.CONFIG, format_locale=language.axis_numbers
    )
    return re.sub(r' (?:role|aria-[a-z]+)="[^"]*"', "", drawn).replace("<svg ", '<svg aria-hidden="true" ', 1)


def _rows(labels: Iterable[str]) -> tuple[pd.DataFrame, int]:
    folded = [_fold(label) for label in labels]
    lines = max((label.count("\n") + 1 for label in folded), default=1)
    return pd.DataFrame({"label": folded}), 9 + LINE * lines


def _fold(label: str, width: int = LABEL) -> str:
    return "\n".join(textwrap.wrap(label, width))


def _folded_labels(grid: bool = False) -> alt.Axis:
    fold = "split(datum.label, '\\n')"
    return alt.Axis(title=None, grid=grid, labelExpr=fold, labelLimit=190, labelLineHeight=LINE, minExtent=150)


def _axis(values: np.ndarray) -> tuple[list[float], list[float]]:
    """The domain of the values, a little wider, and two to five round numbers in it."""
    reach = float(np.ptp(values)) or 1.0
    low, high = float(values.min()) - 0.03 * reach, float(values.max()) + 0.03 * reach
    power = 10.0 ** np.floor(np.log10(reach))
    for step in (power * part for part in (10, 5, 2, 1, 0.5)):
        ticks = [float(k * step) for k in range(int(np.ceil(low / step)), int(np.floor(high / step)) + 1)]
        if len(ticks) > 1:
            break
    return [low, high], ticks
