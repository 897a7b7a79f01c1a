"""The figure of `detente rates --from --to --plot`: average duty by day, stacked by authority, with the measure dates."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd

from detente.errors import InputError
from detente.law.ledger import coverage_warning
from detente.law.series import Jump, Series
from detente.report.chart_file import write_chart
from detente.report.language import ENGLISH

#: Okabe and Ito (2008): told apart with every kind of colour vision, and in grey by order.
PALETTE = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#F0E442", "#999999", "#000000"]
#: A change without a new measure (rates changed, claims of the month) is labelled from this many points.
OTHER_CHANGES = 0.25
WIDTH, HEIGHT = 980, 380
#: Letters of a name above the figure, and pixels that one takes.
LONGEST_NAME, LETTER = 44, 5.1


def draw(series: Series, path: str | Path, record: Mapping[str, str]) -> None:
    """Write the figure as PNG, SVG or HTML by the suffix of `path`, with the `record` of what it rests on.

    Raises `InputError` for another suffix.
    """
    file = Path(path)
    if file.suffix.lower() not in (".png", ".svg", ".html"):
        raise InputError(f"a figure cannot be written to {file.name!r}: expected a name ending in .png, .svg or .html.")
    if not file.parent.is_dir():
        raise InputError(f"folder {str(file.parent)!r} does not exist: create it, or write the figure elsewhere.")
    write_chart(chart(series, record), file, record)


def chart(series: Series, record: Mapping[str, str]) -> alt.VConcatChart:
    """The figure as an Altair chart: labels of the dates above, stacked average below."""
    stacked, totals = _tables(series)
    order = stacked.groupby("part")["points"].max().sort_values(ascending=False).index.tolist()
    days = [series.steps[0].begins, series.steps[-1].until]
    domain = [alt.DateTime(year=day.year, month=day.month, date=day.day) for day in days]
    span = alt.Scale(domain=domain)
    months = alt.Axis(title=None, format="%b %Y", tickCount="month", labelAngle=-45)
    x = alt.X("day:T", scale=span, axis=months)
    legend = alt.Legend(title=None, orient="bottom", columns=4, labelLimit=400)
    areas = (
        alt.Chart(stacked)
        .mark_area(interpolate="step-after")
        .encode(
            x=x,
            y=alt.Y("points:Q", stack="zero", title="added duty, percent of the value of imports"),
            color=alt.Color("part:N", sort=order, scale=alt.Scale(domain=order, range=PALETTE), legend=legend),
            order=alt.Order("rank:Q"),
        )
    )
    bounds = (
        alt.Chart(totals)
        .mark_line(interpolate="step-after", strokeDash=[3, 2], strokeWidth=1, color="#333333")
        .encode(x=x, y="points:Q", detail="bound:N")
    )
    labels = _labels(series)
    rules = (
        alt.Chart(labels).mark_rule(strokeWidth=0.6, color="#555555", opacity=0.55).encode(x=alt.X("day:T", scale=span))
    )
    space = 32 + LETTER * labels["text"].str.len().max() if len(labels) else 0.0
    below = alt.layer(areas, bounds, rules).properties(width=WIDTH, height=HEIGHT)
    return (
        alt.vconcat(_label_strip(labels, domain, space), below, spacing=0)
        .resolve_scale(x="shared")
        .properties(title=_title(series, record))
        .configure_view(stroke=None)
        .configure_axis(grid=False, labelFontSize=11, titleFontSize=12)
        .configure_title(fontSize=17, subtitleFontSize=12, anchor="start", offset=8)
    )


def _label_strip(labels: pd.DataFrame, domain: list[alt.DateTime], space: float) -> Any:
    x = alt.Scale(domain=domain)
    y = alt.Scale(domain=[0, space])
    leaders = (
        alt.Chart(labels)
        .mark_rule(strokeWidth=0.6, color="#555555", opacity=0.55)
        .encode(x=alt.X("day:T", scale=x, axis=None), x2="place:T", y=alt.Y("foot:Q", scale=y, axis=None), y2="head:Q")
    )
    texts = (
        alt.Chart(labels)
        .mark_text(angle=270, align="left", baseline="middle", fontSize=9.5, color="#222222")
        .encode(x=alt.X("place:T", scale=x, axis=None), y=alt.Y("text_at:Q", scale=y, axis=None), text="text:N")
    )
    return alt.layer(leaders, texts).properties(width=WIDTH, height=space)


def _tables(series: Series) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Points of the central average by part and day, and the low and high average by day."""
    parts = _parts(series)
    rows: list[dict[str, Any]] = []
    totals: list[dict[str, Any]] = []
    everything = sorted({part for by_part in parts for part in by_part})
    # A step drawn by its first and last instant; the last day is drawn in full.
    for step, by_part in zip(series.steps, parts, strict=True):
        for day in (step.begins, step.until + timedelta(days=1)):
            rows += [{"day": day, "part": part, "points": by_part.get(part, 0.0)} for part in everything]
        for bound, number in (("low", 0), ("high", 2)):
            totals.append({"day": step.begins, "bound": bound, "points": float(step.rates.average[number])})
    stacked = pd.DataFrame(rows)
    stacked = stacked.drop_duplicates(["day", "part"], keep="last")
    order = stacked.groupby("part")["points"].max().sort_values(ascending=False).index.tolist()
    stacked["rank"] = stacked["part"].map({part: number for number, part in enumerate(order)})
    last = [{**row, "day": series.steps[-1].until + timedelta(days=1)} for row in totals[-2:]]
    lines = pd.DataFrame([*totals, *last])
    for table in (stacked, lines):
        table["day"] = pd.to_datetime(table["day"])
    return stacked, lines


def _parts(series: Series) -> list[dict[str, float]]:
    """Points by authority at each step; by measure where one or two authorities act through few measures."""
    authorities = {name for step in series.steps for name in step.rates.by_authority}
    measures = {name for step in series.steps for name in step.rates.by_measure}
    by_measure = len(authorities) <= 2 and len(measures) <= len(PALETTE)
    return [step.rates.by_measure if by_measure else step.rates.by_authority for step in series.steps]


def _labels(series: Series) -> pd.DataFrame:
    """One label a jump: the measures that begin or end, or what else moved it; pushed apart so that each can be read."""
    space = (series.steps[-1].until - series.steps[0].begins).days / WIDTH * 12.0  # days that a line of text needs
    rows: list[dict[str, Any]] = []
    free: date | None = None
    for jump in series.jumps:
        if not (jump.begins or jump.ends) and abs(jump.change) < OTHER_CHANGES:
            continue
        place = jump.day if free is None or jump.day >= free else free
        free = place + timedelta(days=max(1, round(space)))
        rows.append({"day": jump.day, "place": place, "text": _label(jump)})
    table = pd.DataFrame(rows, columns=["day", "place", "text"]).assign(foot=0, head=24, text_at=27)
    for column in ("day", "place"):
        table[column] = pd.to_datetime(table[column])
    return table


def _label(jump: Jump) -> str:
    points = f"{jump.change:+.1f}" if abs(jump.change) >= 0.05 else "0.0"
    if not (jump.begins or jump.ends):
        return f"{jump.cause.split(' of the')[0].split(':')[0]} ({points})"
    names = [_plain(name) for name in (jump.begins or jump.ends)]
    text = textwrap.shorten(names[0], LONGEST_NAME, placeholder="…") + (f" +{len(names) - 1}" if names[1:] else "")
    return f"{text if jump.begins else 'end of ' + text} ({points})"


def _plain(measure: str) -> str:
    """A measure in plain words, without its legal ground, which the colours say; its mark where it has no name."""
    return re.sub(r" \([^()]*\)$", "", ENGLISH.texts.get(f"measure.{measure}", measure))


def _title(series: Series, record: Mapping[str, str]) -> alt.TitleParams:
    first, last = series.steps[0], series.steps[-1]
    peak = max(series.steps, key=lambda step: step.rates.average[1])
    start, end, most = (step.rates.average[1] for step in (first, last, peak))
    importer, exporter = (ENGLISH.the(code) for code in (series.importer, series.exporter))
    finding = f"Duties of {importer} on {exporter}: from {start:.1f} to {end:.1f} percent of imports"
    if most > max(start, end) + 0.05:
        finding += f", {most:.1f} at the peak of {peak.begins.day} {peak.begins:%B %Y}"
    low, _, high = last.rates.average
    how = f"Dashed: low and high ({low:.1f} to {high:.1f} at the end). Labels: what begins or ends, and the change in points."
    notes = [how, f"Weights: {last.rates.notes[0]}.", *coverage_warning(last.until)]
    notes.append(f"Source: Détente {record['detente']}, ledger {record['ledger_sha256']}.")
    return alt.TitleParams(finding, subtitle=notes)
