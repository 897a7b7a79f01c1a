"""Draw duty collected against the prediction and the statute: ``python docs/figures/make_collected.py``."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import altair as alt
import pandas as pd

FIGURE = Path(__file__).parent / "collected.svg"
SHOWN = ("CAN", "MEX", "CHN", "JPN", "KOR", "DEU", "GBR", "TWN", "IND")
LINES = {"collected_pct": "collected", "predicted_pct": "predicted", "statutory_pct": "statutory"}


def draw(path: Path = FIGURE) -> Path:
    """Nine partners, each month of 2025 to August: three lines and the range of the prediction, percent of imports."""
    with (resources.files("detente.law") / "data" / "collection_fit.csv").open(encoding="utf-8") as file:
        rows = pd.read_csv(file)
    rows = rows[rows["partner"].isin(SHOWN)]
    lines = rows.melt(["partner", "month"], list(LINES), "rate", "percent").replace({"rate": LINES})
    month = alt.X("month:O", title=None, axis=alt.Axis(labelAngle=-90))
    colour = alt.Color(
        "rate:N", title=None, scale=alt.Scale(domain=list(LINES.values()), range=["#111111", "#1f77b4", "#d62728"])
    )
    parts = [
        alt.layer(
            alt.Chart(rows[rows["partner"] == partner])
            .mark_area(opacity=0.2, color="#1f77b4")
            .encode(month, alt.Y("low_pct:Q", title="percent of imports"), alt.Y2("high_pct:Q")),
            alt.Chart(lines[lines["partner"] == partner])
            .mark_line(point=True)
            .encode(month, alt.Y("percent:Q"), colour),
            title=partner,
        ).properties(width=190, height=130)
        for partner in SHOWN
    ]
    alt.concat(
        *parts, columns=3, title="US duty over imports: collected, predicted without that month, and statutory"
    ).save(path)
    return path


if __name__ == "__main__":
    print(draw())
