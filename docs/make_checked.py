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
    rests_on_rows,
    rival_rows,
    score_table,
    summary,
)
from detente.study.backtest.episode import Rates
from detente.study.backtest.evidence import PRIOR_MULTIPLIER, PRIOR_SPREAD, PRIORS, evidence
from detente.study.backtest.run import HEADLINE, Backtest, backtest

FOLDER = Path(__file__).parent
SCORES = FOLDER.parent / "tests" / "study" / "backtest_scores.json"
EPISODES = ("2025", "2025-year", "2018")
#: Rates made from the law, by episode; what is collected was fitted to 2025 alone.
LAWS: dict[str, tuple[Rates, ...]] = {
    "2025": ("statutory", "collected"),
    "2025-year": ("statutory",),
    "2018": ("statutory",),
}

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

- **Untaxed goods of Canada and Mexico did not gain on their rivals**, and the model says that they should have. Products of a
  sector are told apart (China's toys are not replaced by Canadian newsprint), which takes only two to three points off. What they
  sold fell in absolute terms: chemicals after the stocks of early 2025, lumber, machinery. Costs of proving origin, buyers'
  boycotts and plans put off are not in the model.
- **Viet Nam, Thailand and Taiwan rose under duties of 11 to 19 percent**: factories that left China sell from there. The model
  moves buyers between suppliers and no factories.
- **Japan and Korea fell less than predicted** in electrical equipment, metals and vehicles: demand for data centres, duties that
  exporters bore in part, dollar prices after a year of exchange rates that the model does not follow.
- **Law instead of duties paid** does worse: the statute on last year's trade is more than anybody pays. `collected` closes part
  of that gap; the model of what is collected was fitted to duties of the same months.
- **How far deficits are pooled is not settled by these data**: it rests on one total in each episode; its standard error is
  in the table below. Deficits therefore stay fixed by default.

"""

RESTS_ON = """\
What the shared parameters rest on: the moments of both episodes that move an estimate most, and by how much when the moment
moves by one standard deviation of quiet years (Andrews, Gentzkow and Shapiro 2017).

"""


def table(columns: tuple[str, ...] | list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(cells) + " |" for cells in (list(columns), ["---"] * len(columns), *rows)]
    return "\n".join(lines) + "\n\n"


def section(found: Backtest, laws: list[Backtest]) -> str:
    """One episode: sentences, scores, figure, rivals, misses, what is left out."""
    figure = f"figures/backtest-{found.name}.svg"
    (FOLDER / figure).write_text(scatter(found), encoding="utf-8")
    text = f"## {found.episode.title}\n\n{found.episode.window}. {fed_with(found)}\n\n"
    text += "\n".join(f"- {sentence}" for sentence in summary(found)) + "\n\n"
    text += f"![Predicted against actual change of US imports by partner and sector]({figure})\n\n"
    text += table(SCORE_COLUMNS, score_table(found).rows)
    for one in laws:
        text += f"{fed_with(one)}\n\n" + table(SCORE_COLUMNS, score_table(one).rows)
    text += "Beside simpler models:\n\n" + table(["", "raw", "common growth out"], rival_rows(found))
    text += "The largest misses:\n\n" + table(MISS_COLUMNS, miss_rows(found))
    return text + "Shown and not scored:\n\n" + "\n".join(f"- {sentence}" for sentence in left_out(found)) + "\n\n"


def main() -> None:
    """Write the page, the figures and the scores."""
    text, held = INTRODUCTION, {}
    for name in EPISODES:
        found = backtest(name)
        text += section(found, [backtest(name, rates=rates) for rates in LAWS[name]])
        kept = {key: value for key, value in found.scores.items() if key.split(",")[0] in ("all", *HEADLINE)}
        held[name] = {
            "coverage": round(found.coverage, 4),
            **{key: round(value.rmse, 3) for key, value in kept.items()},
        }
    text += MISSED + "## Estimates\n\n"
    text += (
        "Elasticities a year or two after duties, as multiples of the long-run ones (standard error of the log in brackets; "
        f"prior {PRIOR_MULTIPLIER}, {PRIOR_SPREAD}), and parameters that all sectors share (prior mean and standard deviation: "
        + "; ".join(f"{name} {prior.mean}, {prior.spread}" for name, prior in PRIORS.items())
        + "), by the episodes that they were fitted to. `detente backtest --estimate FILE` makes them again; "
        "`detente run --elasticities evidence` answers with those fitted to both.\n\n"
    )
    fits = [evidence(name) for name in ("2018", "2025", "all")]
    text += table(["", "2018", "2025", "both"], estimate_rows(fits))
    text += RESTS_ON + table(["parameter", "episode", "moment", "moves it by"], rests_on_rows(fits[-1]))
    (FOLDER / "checked.md").write_text(text.rstrip() + "\n", encoding="utf-8")
    SCORES.write_text(json.dumps(held, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
