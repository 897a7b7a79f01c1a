"""Write checked.md, its figures and the scores that a test holds: ``python docs/make_checked.py``."""

from __future__ import annotations

import json
from pathlib import Path

from detente.report.backtest_figure import scatter
from detente.report.backtest_tables import (
    MISS_COLUMNS,
    SCORE_COLUMNS,
    estimate_rows,
    fed_with,
    left_out,
    miss_rows,
    rival_rows,
    score_table,
    summary,
)
from detente.study.backtest.evidence import evidence
from detente.study.backtest.run import HEADLINE, Backtest, backtest

FOLDER = Path(__file__).parent
SCORES = FOLDER.parent / "tests" / "study" / "backtest_scores.json"
EPISODES = ("2025", "2025-year", "2018")

INTRODUCTION = """\
# Checked against what happened

What the model would have said of two past tariff disputes, beside what US Customs recorded. `detente backtest 2025` prints it;
this page, its figures and the scores that a test holds are written by `python docs/make_checked.py`.

An episode is predicted with parameters estimated on the *other* episode: those of 2018 and 2019 predict 2025, and the reverse.
A cell is a partner and a sector of customs (NAICS, three digits). Errors are root mean squared errors of the log change of
imports at customs value, in percent, weighted by imports before. *Common growth out*: growth that the partners of a sector have
in common is taken out of both. `2025-year` counts the stocks bought before the duties. The range of a cell holds the noise of
years without a trade war, the error of the estimates, and the error that the model made in the other episode. Months after
August 2025 are not in the data.

"""

MISSED = """\
## What it misses, and why

- **Diversion goes to Viet Nam, not to Canada and Mexico.** Untaxed Canadian and Mexican sectors did not gain on their rivals,
  and the model says that they should have: a sector is one product to it, while China's toys and clothes were replaced by those
  who make toys and clothes. Goods of a sector that differ are the next thing to model.
- **Levels fell less than predicted** for partners with duties of 10 to 25 percent (Korea, Japan, Viet Nam, Taiwan): demand for
  electrical equipment grew for data centres, and spending on a sector, duties included, is held by the model's unit elasticity
  between sectors.
- **Law instead of duties paid** does worse: the statute on last year's trade is more than anybody pays.
- **How far deficits are pooled is not settled by these data**: it rests on one total in each episode; its standard error is
  in the table below. Deficits therefore stay fixed by default.

"""


def table(columns: tuple[str, ...] | list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(cells) + " |" for cells in (list(columns), ["---"] * len(columns), *rows)]
    return "\n".join(lines) + "\n\n"


def section(found: Backtest, law: Backtest) -> str:
    """One episode: sentences, scores, figure, rivals, misses, what is left out."""
    figure = f"figures/backtest-{found.name}.svg"
    (FOLDER / figure).write_text(scatter(found), encoding="utf-8")
    text = f"## {found.episode.title}\n\n{found.episode.window}. {fed_with(found)}\n\n"
    text += "\n".join(f"- {sentence}" for sentence in summary(found)) + "\n\n"
    text += f"![Predicted against actual change of US imports by partner and sector]({figure})\n\n"
    text += table(SCORE_COLUMNS, score_table(found).rows)
    text += f"{fed_with(law)}\n\n" + table(SCORE_COLUMNS, score_table(law).rows)
    text += "Beside simpler models:\n\n" + table(["", "raw", "common growth out"], rival_rows(found))
    text += "The largest misses:\n\n" + table(MISS_COLUMNS, miss_rows(found))
    return text + "Shown and not scored:\n\n" + "\n".join(f"- {sentence}" for sentence in left_out(found)) + "\n\n"


def main() -> None:
    """Write the page, the figures and the scores."""
    text, held = INTRODUCTION, {}
    for name in EPISODES:
        found = backtest(name)
        text += section(found, backtest(name, rates="statutory"))
        kept = {key: value for key, value in found.scores.items() if key.split(",")[0] in ("all", *HEADLINE)}
        held[name] = {
            "coverage": round(found.coverage, 4),
            **{key: round(value.rmse, 3) for key, value in kept.items()},
        }
    text += MISSED + "## Estimates\n\n"
    text += (
        "Elasticities a year or two after duties, as multiples of the long-run ones (standard error of the log in brackets; "
        "prior 0.36, 0.5), pooling of deficits (prior 0.5, 0.3) and rigidity of labour (prior 0.85, 0.15), by the episodes that "
        "they were fitted to. `detente backtest --estimate FILE` makes them again.\n\n"
    )
    fits = [evidence(name) for name in ("2018", "2025", "all")]
    text += table(["", "2018", "2025", "both"], estimate_rows(fits))
    (FOLDER / "checked.md").write_text(text.rstrip() + "\n", encoding="utf-8")
    SCORES.write_text(json.dumps(held, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
