"""Figures of talks: the frontier with the solutions on it, and who concedes what."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import cast

import altair as alt
import pandas as pd

from detente.errors import InputError
from detente.files import claimed, write_together
from detente.report import palette
from detente.report.charts import bars, svg
from detente.report.sourced import sourced
from detente.report.wording import region_name
from detente.study.documents import TalksDocument
from detente.study.negotiation.study import Outcome, TalksStudy

CONCEPT_NAMES = {
    "nash": "Nash",
    "kalai_smorodinsky": "Kalai-Smorodinsky",
    "egalitarian": "egalitarian",
    "utilitarian": "utilitarian",
}


def frontier_figure(outcome: Outcome) -> str:
    """The frontier as SVG."""
    return svg(frontier_chart(outcome).properties(width=420, height=300))


def frontier_chart(outcome: Outcome) -> alt.LayerChart:
    """Gains of the two sides against the threat: frontier, solutions, and the threat at the origin.

    Raises `InputError` where there is no agreement, or more than two parties.
    """
    edge, found = outcome.frontier, outcome.deal
    if edge is None or found is None:
        raise InputError(
            f"There is no frontier to draw against the {outcome.threat}: that takes two parties and an agreement."
        )
    pair = [outcome.negotiation.payoff_model.party(name) for name in edge.parties]
    line = pd.DataFrame(edge.gain_pct[:, pair], columns=["a", "b"])
    rows = [(*one.gain_vs_threat_pct[pair], CONCEPT_NAMES[name]) for name, one in found.agreements.items()]
    points = pd.DataFrame([*rows, (0.0, 0.0, outcome.threat)], columns=["a", "b", "what"])
    x = alt.X("a:Q", title=f"{region_name(edge.parties[0])}: gain against the {outcome.threat}, percent of real income")
    y = alt.Y("b:Q", title=f"{region_name(edge.parties[1])}, percent")
    curve = (
        alt.Chart(line).mark_line(color=palette.STILL, strokeWidth=2, point={"size": 15}).encode(x=x, y=y, order="a:Q")
    )
    names = list(points.what)
    marks = (
        alt.Chart(points)
        .mark_point(filled=True, size=90, opacity=1)
        .encode(
            x=x,
            y=y,
            color=alt.Color(
                "what:N", scale=alt.Scale(domain=names, range=[*palette.SERIES, palette.INK, palette.QUIET])
            ),
            shape=alt.Shape("what:N", scale=alt.Scale(domain=names, range=[*palette.SHAPES, "triangle-up", "cross"])),
        )
    )
    return cast(alt.LayerChart, alt.layer(curve, marks))


def concessions_figure(outcome: Outcome, party: int) -> str:
    """What each term of the agreement is worth to one side, million USD a year; SVG."""
    income = float(outcome.negotiation.incomes[party]) / 100
    kept = [one for one in outcome.concessions if abs(one.worth_pct[party] * income) >= 0.5]
    values = [float(one.worth_pct[party]) * income for one in kept]
    numbers = [(f"{value:+,.0f}", "") for value in values]
    name = region_name(outcome.negotiation.payoff_model.names[party])
    return bars([one.label for one in kept], values, numbers, f"worth to {name}, million USD a year")


def write_figures(study: TalksStudy, folder: Path, document: TalksDocument) -> None:
    """Write results.json and the figures; raises `InputError` when the folder cannot be written."""
    files: dict[str, str] = {"results.json": json.dumps(document, indent=1)}
    for number, outcome in enumerate(study.outcomes, 1):
        if outcome.deal is None:
            continue
        name = re.sub(r"[^\w.]+", "-", outcome.threat)[:60].strip("-.") or str(number)
        if (
            f"frontier-{name}.svg" in files
            or f"concessions-{name}-{outcome.negotiation.payoff_model.names[0]}.svg" in files
        ):
            name = f"{name}-{number}"
        if outcome.frontier is not None:
            files[f"frontier-{name}.svg"] = sourced(frontier_figure(outcome), study.provenance)
        for k, party in enumerate(outcome.negotiation.payoff_model.names):
            files[f"concessions-{name}-{party}.svg"] = sourced(concessions_figure(outcome, k), study.provenance)
    with claimed(folder):
        write_together(folder, files)
