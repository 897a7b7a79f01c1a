"""A backtest in tables and words: scores by partner, rivals, the largest misses, what is left out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from detente.report import terminal
from detente.study.backtest.evidence import SHARED, Evidence
from detente.study.backtest.observed import PARTNERS
from detente.study.backtest.run import HEADLINE, Backtest, Cell
from detente.study.backtest.scores import Score
from detente.study.backtest.sector_groups import sector_groups

MISSES = 10
RATES = {
    "paid": "the duties that customs collected",
    "statutory": "the law of the episode's days on the trade of 2024 (statutory rates)",
    "collected": "the law of the episode's days as it is paid (collected rates)",
}
SCORE_COLUMNS = (
    "",
    "cells",
    "imports, bn USD",
    "error: no change",
    "error: ours",
    "common growth out: no change",
    "common growth out: ours",
    "closer",
)


class ScoreTable(NamedTuple):
    """Scores as text, a row a partner."""

    columns: tuple[str, ...]
    rows: list[list[str]]


def fed_with(found: Backtest) -> str:
    """What the prediction rests on, in a sentence."""
    if found.parameters == "published":
        parameters = "published elasticities of the short run, deficits fixed"
    else:
        parameters = f"parameters estimated on {'both episodes' if found.parameters == 'all' else found.parameters}"
    return f"Predicted from {RATES[found.rates]}, with {parameters}."


def score_table(found: Backtest, everybody: bool = False) -> ScoreTable:
    """All partners, then the headline ones (or each), with errors in percent (root mean squared, log changes)."""
    names = ("all", *HEADLINE, *([name for name in PARTNERS if name not in HEADLINE] if everybody else ()))
    return ScoreTable(SCORE_COLUMNS, [_row(name, found) for name in names if found.scores[name].cells])


def _row(name: str, found: Backtest) -> list[str]:
    raw, own = found.scores[name], found.scores[f"{name}, common growth out"]
    return [
        "all partners" if name == "all" else name,
        str(raw.cells),
        f"{raw.imports / 1000:.0f}",
        f"{raw.no_change:.1f}",
        f"{raw.rmse:.1f}",
        f"{own.no_change:.1f}",
        f"{own.rmse:.1f}",
        _closer(raw, own),
    ]


def _closer(raw: Score, own: Score) -> str:
    return {(True, True): "yes", (True, False): "raw only", (False, True): "common growth out only"}.get(
        (raw.beats_no_change, own.beats_no_change), "no"
    )


def rival_rows(found: Backtest) -> list[list[str]]:
    """Errors of simpler models beside ours: name, raw, with common growth taken out."""
    rows = []
    for name, predicted in (("this model", found.predicted), *found.rivals.items()):
        scores = found.scores_of(predicted)
        rows.append([name, f"{scores['all'].rmse:.1f}", f"{scores['all, common growth out'].rmse:.1f}"])
    none = found.scores["all"].no_change, found.scores["all, common growth out"].no_change
    return [*rows, ["no change", *(f"{value:.1f}" for value in none)]]


def misses(found: Backtest, count: int = MISSES) -> list[Cell]:
    """The scored cells that cost most, imports times squared error."""
    cells = [cell for cell in found.cells() if cell.scored]

    def cost(cell: Cell) -> float:
        error = np.log1p(cell.actual_pct / 100) - np.log1p(cell.predicted_pct / 100)
        return cell.imports_before_musd * float(error) ** 2

    return sorted(cells, key=cost, reverse=True)[:count]


def miss_rows(found: Backtest) -> list[list[str]]:
    """The largest misses, a row each (`MISS_COLUMNS`)."""
    return [cell_row(cell) for cell in misses(found)]


def cell_row(cell: Cell) -> list[str]:
    """Partner, sector, imports, duty's change, actual, predicted and range of a cell."""
    return [
        cell.partner,
        cell.sector,
        f"{cell.imports_before_musd / 1000:.1f}",
        f"{cell.duty_after_pct - cell.duty_before_pct:+.1f}",
        f"{cell.actual_pct:+.0f}",
        f"{cell.predicted_pct:+.0f}",
        f"{cell.low_pct:+.0f} to {cell.high_pct:+.0f}",
    ]


MISS_COLUMNS = (
    "partner",
    "sector",
    "imports, bn USD",
    "duty, points",
    "actual, %",
    "predicted, %",
    "90 % range, %",
)


def estimate_rows(fits: list[Evidence]) -> list[list[str]]:
    """Each group's elasticity as a multiple of its long-run value, by fit, with its standard error of the log."""
    rows = []
    for k, name in enumerate(sector_groups()):
        rows.append([name, *(f"{fit.multiplier[name]:.2f} ({np.sqrt(fit.covariance[k, k]):.2f})" for fit in fits)])
    for offset, name in enumerate(SHARED):
        k = len(sector_groups()) + offset
        rows.append([name, *(f"{fit.shared[name]:.2f} ({np.sqrt(fit.covariance[k, k]):.2f})" for fit in fits)])
    return rows


def rests_on_rows(fit: Evidence) -> list[list[str]]:
    """Parameter, episode, moment and move, for the parameters that all sectors share."""
    return [
        [name, one["episode"], one["moment"], f"{one['moves_it_by']:+.3f}"]
        for name in SHARED
        for one in fit.rests_on[name]
    ]


def summary(found: Backtest) -> list[str]:
    """What the scores say, in sentences."""
    every = found.scores["all"]
    beaten = [name for name in HEADLINE if found.scores[name].beats_no_change]
    lost = [name for name in HEADLINE if not found.scores[name].beats_no_change]
    text = [
        f"Over {every.cells} cells the prediction errs by {every.rmse:.1f} percent where 'no change' errs by "
        f"{every.no_change:.1f}, {100 * (1 - every.rmse / every.no_change):.0f} percent less; "
        f"{100 * every.signs:.0f} percent of imports moved the way it said.",
        f"Closer than no change: {', '.join(beaten) or 'nobody'}; not closer: {', '.join(lost) or 'nobody'}.",
        f"{100 * found.coverage:.0f} percent of cells lie within their 90 percent range (noise of quiet years included).",
    ]
    for partner in ("CAN", "MEX"):
        actual, predicted = found.untaxed(partner)
        text.append(
            f"Untaxed sectors of {partner}, common growth taken out: {actual:+.1f} percent, predicted {predicted:+.1f}."
        )
    return text


def left_out(found: Backtest) -> list[str]:
    """What is shown and not scored, and why."""
    return [
        f"{one.sector}{' of ' + ', '.join(one.partners) if one.partners else ''}: {one.why}."
        for one in found.episode.left_out
    ]


def show(found: Backtest) -> None:
    """Print a backtest."""
    terminal.say(f"{found.episode.title}: {found.episode.window}")
    terminal.say(fed_with(found))
    print()
    for sentence in summary(found):
        terminal.say(sentence)
    print()
    table = score_table(found, everybody=True)
    terminal.show("Errors of US imports, percent (root mean squared log change, weighted by imports)", *table)
    terminal.show("Beside simpler models", ("", "raw", "common growth out"), rival_rows(found))
    terminal.show("The largest misses", MISS_COLUMNS, miss_rows(found))
    terminal.say("Not scored:")
    for sentence in left_out(found):
        terminal.say(f"- {sentence}", hanging="  ")
