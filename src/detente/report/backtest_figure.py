"""Predicted against actual change of imports, a point a cell, with names on the outliers."""

from __future__ import annotations

import altair as alt
import pandas as pd

from detente.report import palette
from detente.report.backtest_tables import fed_with, misses
from detente.report.charts import svg
from detente.study.backtest.observed import EU
from detente.study.backtest.run import HEADLINE, Backtest, Cell

NAMED = 8
#: Okabe and Ito's colours (2008), which the colour-blind can tell apart.
COLOURS = ("#0072b2", "#d55e00", "#cc79a7", "#009e73", "#e69f00", "#56b4e9")
#: Changes are drawn between these, percent; what lies beyond is drawn at the edge.
LEAST, MOST = -90.0, 120.0


#: Names nearer to each other than this would lie on one another: percent across (a name is as wide) and up.
APART = (38.0, 7.0)


def _apart(found: Backtest) -> set[tuple[str, str]]:
    """The largest misses whose names do not lie on one another; the larger keeps its name."""
    kept: list[Cell] = []
    for cell in misses(found, 2 * NAMED):
        across, up = APART
        if len(kept) < NAMED and all(
            abs(cell.predicted_pct - other.predicted_pct) > across or abs(cell.actual_pct - other.actual_pct) > up
            for other in kept
        ):
            kept.append(cell)
    return {(cell.partner, cell.sector) for cell in kept}


def scatter(found: Backtest) -> str:
    """Every scored cell: predicted change across, actual change up, area by imports; SVG."""
    cells = pd.DataFrame([cell for cell in found.cells() if cell.scored])
    cells["imports"] = cells["imports_before_musd"] / 1000
    cells["who"] = ["EU" if one in EU else one if one in HEADLINE else "others" for one in cells["partner"]]
    for name in ("actual_pct", "predicted_pct"):
        cells[name] = cells[name].clip(LEAST, MOST)
    named = _apart(found)
    pairs = zip(cells["partner"], cells["sector"], strict=True)
    cells["label"] = [f"{partner} {sector}" if (partner, sector) in named else "" for partner, sector in pairs]
    every = found.scores["all"]
    x = alt.X("predicted_pct:Q", title="predicted change of US imports, percent")
    y = alt.Y("actual_pct:Q", title="actual change, percent", scale=alt.Scale(domain=[LEAST, MOST]))
    who = [name for name in HEADLINE if (cells["who"] == name).any()]
    colours = [*COLOURS[: len(who)], palette.STILL]
    points = (
        alt.Chart(cells)
        .mark_circle(opacity=0.75)
        .encode(
            x=x,
            y=y,
            size=alt.Size("imports:Q", title="imports before, bn USD", scale=alt.Scale(range=[12, 700])),
            color=alt.Color("who:N", title="partner", scale=alt.Scale(domain=[*who, "others"], range=colours)),
        )
    )
    texts = (
        alt.Chart(cells[cells["label"] != ""])
        .mark_text(align="left", dx=7, fontSize=10)
        .encode(x=x, y=y, text="label:N")
    )
    ends = pd.DataFrame({"predicted_pct": [LEAST, 40.0], "actual_pct": [LEAST, 40.0]})
    line = alt.Chart(ends).mark_line(color=palette.STILL, strokeDash=[4, 4]).encode(x=x, y=y)
    title = alt.TitleParams(
        f"{found.episode.title}: error {every.rmse:.0f} percent, 'no change' {every.no_change:.0f}",
        subtitle=[
            found.episode.window,
            fed_with(found),
            "Source: US Census Bureau; on the dashed line the prediction is exact",
        ],
        anchor="start",
    )
    return svg(alt.layer(line, points, texts).properties(width=620, height=430, title=title))
