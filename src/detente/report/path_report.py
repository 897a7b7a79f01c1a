"""The years after a change, as a table in the terminal and as a figure."""

from __future__ import annotations

import numpy as np
import pandas as pd

from detente.report import charts
from detente.report.figure import Figure, in_words
from detente.report.findings import principals, sectors_shown
from detente.report.language import ENGLISH, Language, sentence, signed
from detente.report.terminal import say, show
from detente.study.path import RULE
from detente.study.run import Study
from detente.study.uncertainty.draws import LEVEL


def show_path(study: Study) -> None:
    """Print welfare of the parties, and output and jobs of the sector that moves most in each, year by year."""
    data = path_data(study)
    welfare, sectors = {}, {}
    for name in data.columns[2:]:
        if name.endswith(" low"):
            ends = zip(data[name], data[name.replace(" low", " high")], strict=True)
            welfare[f"{LEVEL:.0%} range, {name.split()[0]}"] = [f"{signed(a, 3)} to {signed(b, 3)}" for a, b in ends]
        elif name.endswith(" welfare"):
            welfare[name.removesuffix(" welfare")] = [signed(value, 3) for value in data[name]]
        elif not name.endswith(" high"):
            sectors[name.replace("_", " ")] = [signed(value, 1) for value in data[name]]
    years = [[str(year), f"{age:.1f}"] for year, age in zip(data.year, data.mean_age_years, strict=True)]
    for title, columns in (
        ("Year by year: welfare, change in percent of income", welfare),
        ("Year by year: output, change in percent, and jobs in thousand, where they move most", sectors),
    ):
        rows = [[*year, *row] for year, *row in zip(years, *columns.values(), strict=True)]
        show(title, ["", "years since", *columns], rows)
    say(f"Years: {RULE}.{_of_draws(study)}", hanging="  ")
    print()


def _of_draws(study: Study) -> str:
    draws = study.path[0].draws if study.path else None
    return "" if draws is None else f" Ranges: the middle {LEVEL:.0%} of {len(draws.sample)} draws in each year."


def path_data(study: Study) -> pd.DataFrame:
    """One row per year: `year`, `mean_age_years`, and for each party welfare, its range, and its sector that moves most."""
    path = study.path or []
    data = pd.DataFrame({"year": [one.year for one in path], "mean_age_years": [one.age for one in path]})
    for region in principals(study):
        n = study.economy.regions.index(region)
        data[f"{region} welfare"] = [one.result.arrays["welfare"][n] for one in path]
        ends = [[float(end[n]) for end in one.draws.range("welfare")] for one in path if one.draws is not None]
        if ends:
            data[f"{region} welfare low"], data[f"{region} welfare high"] = zip(*ends, strict=True)
    for region in principals(study):
        n = study.economy.regions.index(region)
        for j in sectors_shown(study, region, 1):
            label = f"{region} {study.economy.sectors[j]}"
            data[f"{label} output"] = [one.result.arrays["output"][n, j] for one in path]
            data[f"{label} jobs"] = [one.result.arrays["employment_kjobs"][n, j] for one in path]
    return data


def path_figure(study: Study, language: Language = ENGLISH) -> Figure:
    """Welfare of the parties year by year."""
    data, t = path_data(study), language.t
    regions = principals(study)
    values = data[[f"{region} welfare" for region in regions]].to_numpy()
    names = [language.region(region) for region in regions]
    ends, unit = None, t("path.unit")
    if f"{regions[0]} welfare low" in data:
        low, high = (data[[f"{region} welfare {end}" for region in regions]].to_numpy() for end in ("low", "high"))
        ends, unit = (low, high), t("path.unit.ranges")
    drawing = charts.lines(list(data.year), values, names, t("axis.income"), ends, language)
    mark = int(np.argmax(np.abs(values[-1] - values[0]))) if len(values) else 0
    first, last = values[0, mark], values[-1, mark]
    alike = bool(np.sign(first) == np.sign(last))
    then, now = (language.percent(v) if alike else language.number(signed(v, 3)) for v in (first, last))
    title = t(
        f"path.{'loss' if last < 0 else 'gain'}" if alike else "path.turn",
        region=language.name(regions[mark]),
        first=then,
        first_year=data.year.iloc[0],
        last=now,
        last_year=data.year.iloc[-1],
    )
    words = [
        ", ".join(t("path.year", year=year, n=language.cell(v, 3)) for year, v in zip(data.year, column, strict=True))
        for column in values.T
    ]
    return Figure("path", sentence(title), unit, drawing, data, in_words(names, words, language))
