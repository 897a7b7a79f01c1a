"""Write grades.md and world-checks.md from the shipped world: ``python docs/make_grades.py``."""

from __future__ import annotations

from pathlib import Path

from detente.accounts import load
from detente.accounts.build.outside import EXPLAINED_FROM, KINDS, checks
from detente.accounts.grades import ERROR, MEANING, Grade
from detente.accounts.grading_summary import by_region, by_variable

FOLDER = Path(__file__).parent

GRADES = """\
# Grades: how each number of world-2024 was obtained

Every number of the file has a grade, by region, sector and flow (`world.grades["trade"]`, codes 0 to 4; in the netCDF file
`grade_of_trade` and so on, with CF flag meanings). `detente data grade` prints this page's second table,
`detente data grade --region CAN --sector steel` every number of a sector. Written by `python docs/make_grades.py`.

{meanings}

The error of a grade is the standard deviation of the logarithm around the truth, seen where the truth is known and the method
of the grade is used in its place. *Modelled*: US imports of 2024 by partner and sector, predicted by the composition of ICIO as
the world does for other importers, are off by 0.49 (root mean square, weighted by value; 0.53 over the 318 cells above a
billion), Canadian ones by 0.70 (0.35 for two thirds of the value). *Scaled*: products of 2019 brought to the totals of 2021 in
Canadian imports are off by 0.28 (0.19 in cells above a billion), pair totals of BACI 2023 against the customs of 2024 by 0.10 to
0.16. *Measured* and *assumed* are judgements. The draws of the accounts (`detente.accounts.draws`, [who pays](who-pays.md)) move
flows, technology and value added by these errors.

## Share of each grade in the value of a variable, percent (of rates and shares: of cells)

{variables}

## Share of each grade in what a region sells and buys abroad, percent of value

{regions}
"""

CHECKS = """\
# Checks outside the build

Published statistics beside `world-2024`. `detente data build` prints these tables; this page is written by
`python docs/make_grades.py`. A star marks figures that the build itself uses: agreeing with them proves little. Many figures are
written down from memory and rounded, as the source says. Gaps in percent of the published figure (of figures in percent: in
points); those above {limit:.0f} are explained.

{tables}
## What changed in the five examples, and why

Welfare, percent of income, long run, with three editions of the accounts (the first: tag `world-2024-first-edition`; the second:
commit f451c23) and the elasticities that came with them.

{examples}
"""

#: Question, then welfare with the accounts and elasticities of each edition, the accounts of now with the elasticities of the
#: second, and now; and why it moved.
EXAMPLES = (
    (
        "25 percent on Canadian steel",
        "CAN -0.020, USA 0.000",
        "CAN -0.020, USA 0.000",
        "CAN -0.021, USA 0.000",
        "CAN -0.022, USA 0.000",
        "Nine tenths instead of two thirds of Canada's steel exports go to the United States, and are a larger part of what its "
        "mills make (21 billion USD instead of 23).",
    ),
    (
        "50 percent on steel and aluminum from everyone",
        "CAN -0.067, USA -0.012",
        "CAN -0.070, USA -0.012",
        "CAN -0.067, USA -0.012",
        "CAN -0.067, USA -0.014",
        "Canada makes half as much aluminum, which cuts its loss again; more elastic metals bring the United States less duty.",
    ),
    (
        "25 percent on Canadian and Mexican autos and parts",
        "MEX -0.51, CAN -0.10, USA +0.0029",
        "MEX -0.46, CAN -0.10, USA -0.0013",
        "MEX -0.40, CAN -0.10, USA -0.0015",
        "MEX -0.55, CAN -0.13, USA -0.0060",
        "US parts for Mexico are 33 billion USD, not 10, so the tariff hits US inputs; then the elasticity of vehicles doubled "
        "(2.3 to 4.6, with Caliendo and Parro's 8.22), so trade falls more and duties bring less. The range holds both signs.",
    ),
    (
        "25 percent on Canadian goods, 10 on energy, retaliation",
        "CAN -1.17, USA -0.056",
        "CAN -1.14, USA -0.059",
        "CAN -1.20, USA -0.048",
        "CAN -1.30, USA -0.053",
        "US sales to Canada are 269 billion USD instead of 308 (Canadian customs, by origin): the answer hurts the United States "
        "less and earns Canada less; both lose more where vehicles are more elastic.",
    ),
    (
        "No tariffs in North America",
        "USA -0.0027, CAN +0.0086, MEX +0.035",
        "USA -0.0026, CAN +0.0081, MEX +0.033",
        "USA -0.0027, CAN +0.0098, MEX +0.030",
        "USA -0.0029, CAN +0.0093, MEX +0.035",
        "Mexico's other tariffs are lower than was remembered, so free trade at home takes less from others; parts are more "
        "elastic, so what is still charged matters more.",
    ),
)


def table(columns: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (columns, ["---"] * len(columns), *rows))


def main() -> None:
    """Write both pages."""
    world = load("world-2024")
    names = [grade.name.lower().replace("_", " ") for grade in Grade]
    meanings = table(
        ["grade", "code", "meaning", "error"],
        [[g.name.lower(), str(g.value), MEANING[g].partition(": ")[2], f"{ERROR[g]:.2f}"] for g in ERROR],
    )
    variables = table(
        ["variable", *names],
        [[f"`{name}`", *(f"{100 * v:.0f}" for v in row)] for name, row in by_variable(world).items()],
    )
    regions = table(
        ["region", *(f"sells: {n}" for n in names[1:]), *(f"buys: {n}" for n in names[1:])],
        [
            [r, *(f"{100 * v:.0f}" for v in sells[1:]), *(f"{100 * v:.0f}" for v in buys[1:])]
            for r, (sells, buys) in by_region(world).items()
        ],
    )
    text = GRADES.format(meanings=meanings, variables=variables, regions=regions)
    (FOLDER / "grades.md").write_text(text, encoding="utf-8")
    found, tables = checks(world), ""
    for kind, (meaning, unit, _) in KINDS.items():
        rows = [
            [
                c.cell + (" *" if c.used else ""), f"{c.published:,.1f}", f"{c.ours:,.1f}", f"{100 * c.gap:+.1f}", c.source,
                c.explanation if abs(c.gap) > EXPLAINED_FROM else "",
            ]
            for c in found
            if c.kind == kind
        ]  # fmt: skip
        head = ["", "published", "world", "gap", "source", "why"]
        tables += f"## {meaning[0].upper()}{meaning[1:]} ({unit})\n\n{table(head, rows)}\n\n"
    examples = table(
        ["question", "first edition", "second", "now, elasticities of the second", "now", "why"],
        [list(row) for row in EXAMPLES],
    )
    page = CHECKS.format(limit=100 * EXPLAINED_FROM, tables=tables, examples=examples)
    (FOLDER / "world-checks.md").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
