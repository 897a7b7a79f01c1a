"""Three kinds of chart, drawn to be read on a phone, on a desk and in print: bars, dots, and a grid of numbers."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Sequence

import altair as alt
import numpy as np
import pandas as pd
import vl_convert

from detente.report import palette

LABEL = 23  # characters of a label before it folds
LINE = 13  # pixels
PLOT, NUMBERS = 125, 128  # width of the bars, and of the numbers to the right of them


def bars(labels: Iterable[str], values: Iterable[float], numbers: Sequence[str], unit: str) -> str:
    """Bars to both sides of zero, from the first label down, with the numbers written on the right; SVG."""
    frame, height = _rows(labels)
    frame["value"], frame["numbers"] = list(values), list(numbers)
    frame["colour"] = np.where(frame.value > 0, palette.MORE, palette.LESS)
    low, high = min(0.0, frame.value.min()), max(0.0, frame.value.max())
    y = alt.Y("label:N", sort=None, axis=_folded_labels())
    x = alt.X(
        "value:Q",
        axis=alt.Axis(title=unit, tickCount=3, labelOverlap=True, titleAnchor="start"),
        scale=alt.Scale(domain=[low, high] if high > low else [-1, 1], nice=3),
    )
    base = alt.Chart(frame).encode(y=y)
    return svg(
        alt.layer(
            base.mark_bar(height={"band": 0.6}).encode(x=x, color=alt.Color("colour:N", scale=None)),
            alt.Chart(pd.DataFrame({"zero": [0.0]})).mark_rule(color=palette.QUIET).encode(x="zero:Q"),
            base.mark_text(align="right", x=PLOT + NUMBERS).encode(text="numbers:N"),
        ).properties(width=PLOT, height=alt.Step(height))
    )


def dots(labels: Sequence[str], values: np.ndarray, series: Sequence[str], unit: str) -> str:
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
    return svg(alt.layer(zero, points).properties(width=PLOT + NUMBERS, height=alt.Step(height + 4)))


def grid(rows: Sequence[str], columns: Sequence[str], values: np.ndarray, numbers: np.ndarray) -> str:
    """`values` [row, column] as a grid: the number is written on the colour; NaN is an empty cell; SVG."""
    frame = pd.DataFrame(
        [
            (_fold(row), _fold(column, 11), values[r, c], numbers[r, c])
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
    fold = "split(datum.label, '\\n')"
    base = alt.Chart(frame).encode(
        x=alt.X("column:N", sort=None, axis=alt.Axis(orient="top", title=None, labelAngle=0, labelExpr=fold)),
        y=alt.Y("row:N", sort=None, axis=_folded_labels()),
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


def svg(chart: alt.LayerChart | alt.FacetChart) -> str:
    """A chart as SVG that scales to the width it is given."""
    specification = json.dumps(chart.to_dict())
    drawn: str = vl_convert.vegalite_to_svg(specification, config=palette.CONFIG)
    return drawn


def _rows(labels: Iterable[str]) -> tuple[pd.DataFrame, int]:
    folded = [_fold(label) for label in labels]
    lines = max((label.count("\n") + 1 for label in folded), default=1)
    return pd.DataFrame({"label": folded}), 9 + LINE * lines


def _fold(label: str, width: int = LABEL) -> str:
    return "\n".join(textwrap.wrap(label, width))


def _folded_labels(grid: bool = False) -> alt.Axis:
    return alt.Axis(title=None, grid=grid, labelExpr="split(datum.label, '\\n')", labelLimit=190, labelLineHeight=LINE)
