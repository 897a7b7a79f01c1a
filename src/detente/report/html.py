"""The report: one HTML file that needs no network and no script."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from importlib import resources
from typing import Any, NamedTuple
from urllib.parse import quote

import jinja2
import numpy as np
from markupsafe import Markup

import detente
from detente.accounts.library import EMBEDDED, embedded_file
from detente.accounts.schema import VARIABLES
from detente.report import palette
from detente.report.assumptions import assumptions
from detente.report.figures import Figure, figures
from detente.report.findings import headline, principals, starting_point, summary
from detente.report.wording import minus, region_name, sector_name, signed
from detente.study.places import PlaceChanges
from detente.study.run import Study
from detente.study.uncertainty import LEVEL, PLACE


class Table(NamedTuple):
    """A table of the report: the first cell of a row is its heading."""

    name: str
    title: str
    text: str
    columns: list[str]
    rows: list[list[str]]


def render(study: Study) -> str:
    """The report of a study as one HTML page: figures, tables, assumptions, sources, how to reproduce it."""
    templates = resources.files("detente.report") / "templates"
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    template = environment.from_string((templates / "report.html.j2").read_text(encoding="utf-8"))
    scenario, baseline = study.scenario, study.economy.baseline
    embedded = scenario.baseline in EMBEDDED
    provenance = embedded_file(scenario.baseline).with_name("PROVENANCE.md").read_text("utf-8") if embedded else ""
    return template.render(
        version=detente.__version__,
        title=scenario.title,
        headline=headline(study),
        central=study.draws is None,
        findings=summary(study),
        notes=study.notes,
        setting=f"{scenario.baseline}, {starting_point(study)}, {scenario.horizon} run",
        css=Markup((templates / "report.css").read_text(encoding="utf-8") + _dark()),
        figures=[_figure(figure) for figure in figures(study)],
        tables=list(tables(study)),
        assumptions=assumptions(study),
        variables=[
            {"name": name.replace("_", " "), "unit": variable.units, "source": baseline.sources.get(name, "not stated")}
            for name, variable in VARIABLES.items()
        ],
        attributes=[(name.replace("_", " "), str(value)) for name, value in baseline.attributes.items()],
        provenance=provenance,
        baseline=scenario.baseline,
        scenario=scenario.text.strip(),
        parties=principals(study),
        fingerprint=fingerprint(study),
        diagnostics=list(_diagnostics(study)),
    )


def tables(study: Study) -> Iterator[Table]:
    """Regions, the two views of welfare, steps and authorities of the law, sectors of the parties, places."""
    yield _regions(study)
    yield _two_views(study)
    if len(study.steps) > 1:
        yield _steps(study)
    if study.by_authority:
        yield _authorities(study)
    for region in principals(study):
        yield _sectors(study, region)
    if study.places is not None:
        yield _places(study, study.places)


_REGION_COLUMNS = {
    "Welfare": ("welfare", 3),
    "Welfare, million USD": ("welfare_musd", 0),
    "Real income": ("real_income", 3),
    "Real wage": ("real_wage", 3),
    "Consumer prices": ("consumer_price", 2),
    "Exports": ("exports", 2),
    "Imports": ("imports", 2),
    "Duties, million USD": ("tariff_revenue_change_musd", 0),
}
_SECTOR_COLUMNS = {
    "Output": ("output", 2),
    "Jobs, thousand": ("employment_kjobs", 1),
    "Buyers' price": ("price", 2),
    "Producers' cost": ("producer_price", 2),
    "Exports": ("sector_exports", 2),
    "Imports": ("sector_imports", 2),
}
_TWO_VIEWS = (
    "Two different things. The exact change of welfare is what the model finds. The first-order decomposition "
    "(Caliendo and Parro 2015) asks where a small change would come from: the prices of what a country sells "
    "against what it buys (terms of trade), and more or less trade that pays duty (volume of trade). Its parts do "
    "not add up to the exact change when tariffs move far. Percent of income."
)


def _regions(study: Study) -> Table:
    a = study.result.arrays
    rows = [
        [region_name(region), *(_cell(a[key][n], digits) for key, digits in _REGION_COLUMNS.values())]
        for n, region in enumerate(study.economy.regions)
    ]
    headings = ["Region", *_REGION_COLUMNS]
    if study.draws is not None:
        low, high = study.draws.range("welfare")
        headings.insert(2, f"Welfare, {LEVEL:.0%} range")
        for n, row in enumerate(rows):
            row.insert(2, f"{_cell(low[n], 3)} to {_cell(high[n], 3)}")
    text = "Change in percent; welfare and duties collected in million USD a year."
    return Table("regions", "All regions", text, headings, rows)


def _two_views(study: Study) -> Table:
    a, keys = study.result.arrays, ("welfare", "terms_of_trade", "volume_of_trade")
    headings = ["Region", "Exact welfare", "First order: terms of trade", "First order: volume of trade"]
    rows = [
        [region_name(region), *(_cell(a[key][study.economy.regions.index(region)], 3) for key in keys)]
        for region in principals(study)
    ]
    return Table("welfare-two-ways", "Exact welfare, and the first-order view of it", _TWO_VIEWS, headings, rows)


def _steps(study: Study) -> Table:
    names = {"law": f"Law of {study.day}, against the baseline", "changes": "Changes, against that law"}
    rows = []
    for region in principals(study):
        n = study.economy.regions.index(region)
        rows.append([region_name(region), *(_cell(step.arrays["welfare"][n], 3) for step in study.steps.values())])
    text = "Welfare, percent of income. The figures and the other tables are about the changes."
    return Table("steps", "Step by step", text, ["Region", *(names.get(s, "Both together") for s in study.steps)], rows)


def _authorities(study: Study) -> Table:
    at = [(region_name(region), study.economy.regions.index(region)) for region in principals(study)]
    headings = [f"{name}, {unit}" for name, _ in at for unit in ("percent", "million USD")]
    rows = [
        [
            authority,
            *(
                _cell(effect.arrays[key][n], digits)
                for _, n in at
                for key, digits in (("welfare", 3), ("welfare_musd", 0))
            ),
        ]
        for authority, effect in study.by_authority.items()
    ]
    text = "Welfare: the law of the day against the same law without the measures of one authority. The parts do not add up."
    return Table("authorities", "By authority", text, ["Authority", *headings], rows)


def _sectors(study: Study, region: str) -> Table:
    a, n = study.result.arrays, study.economy.regions.index(region)
    rows = [
        [sector_name(sector), *(_cell(a[key][n, j], digits) for key, digits in _SECTOR_COLUMNS.values())]
        for j, sector in enumerate(study.economy.sectors)
    ]
    text = "Change in percent; jobs in thousand, where they are known."
    return Table(
        f"sectors-of-{region}", f"{region_name(region)}: all sectors", text, ["Sector", *_SECTOR_COLUMNS], rows
    )


def _places(study: Study, found: PlaceChanges) -> Table:
    headings = ["Place", "Jobs", "Jobs, percent", "Real income", "Earnings per job", "On assumed locations"]
    rows = [
        [
            name,
            _cell(1000 * found.change[k], 0),
            _cell(found.jobs_pct[k], 3),
            _cell(found.real_income_pct[k], 3),
            _cell(found.real_earnings_pct[k], 3),
            f"{found.assumed_share[k]:.0%}",
        ]
        for k, name in enumerate(found.places.names)
    ]
    if study.draws is not None:
        low, high = (1000 * end for end in study.draws.range(PLACE + "change"))
        headings.insert(2, f"Jobs, {LEVEL:.0%} range")
        for k, row in enumerate(rows):
            row.insert(2, f"{_cell(low[k], 0)} to {_cell(high[k], 0)}")
    text = (
        "Change of jobs, and in percent of jobs, of real income and of real earnings per job. A sector changes in the same "
        "proportion everywhere in a country. Last: the part of the jobs that move which are in industries whose place is assumed."
    )
    return Table("places-table", "Provinces and states", text, headings, rows)


def fingerprint(study: Study) -> str:
    """sha256 of the numbers of the baseline, first 16 digits: whether another has the same accounts."""
    digest = hashlib.sha256()
    for name in VARIABLES:
        digest.update(np.ascontiguousarray(study.economy.baseline.arrays[name]).tobytes())
    return digest.hexdigest()[:16]


def _figure(figure: Figure) -> dict[str, Any]:
    csv = figure.data.to_csv(index=False, float_format="%.6g")
    return {**figure._asdict(), "svg": Markup(figure.svg), "csv": f"data:text/csv;charset=utf-8,{quote(csv)}"}


def _diagnostics(study: Study) -> Iterator[tuple[str, str]]:
    d = study.result.diagnostics
    yield (
        "Residual",
        f"{d['residual']:.0e}: largest gap in logs of costs, outputs and incomes, after {d['iterations']} evaluations",
    )
    yield "Walras' law", f"holds to {d['walras']:.0e} of world output"
    yield "Adding-up", f"spending equals income to {d['adding_up']:.0e} in every region"


def _cell(value: float, digits: int) -> str:
    return minus(signed(float(value), digits))


def _dark() -> str:
    rules = [
        f'.plain svg [fill="{light}"] {{ fill: {dark} }} .plain svg [stroke="{light}"] {{ stroke: {dark} }}'
        for light, dark in palette.DARK.items()
    ]
    variables = "--ink: #ececec; --quiet: #b5b5b5; --line: #3a3d42; --paper: #16181b; --tint: #22252a; --link: #8ab8f0"
    return (
        "@media screen and (prefers-color-scheme: dark) {\n  :root { "
        + variables
        + " }\n  "
        + "\n  ".join(rules)
        + "\n}\n"
    )
