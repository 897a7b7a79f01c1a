"""A dispatch as one page: law, duty collected, imports predicted and missed, in Markdown and on the terminal."""

from __future__ import annotations

from detente.report import terminal
from detente.report.backtest_tables import MISS_COLUMNS, cell_row, left_out
from detente.study.backtest.dispatch import Dispatch, PartnerDuty

MISSED = 12
COLUMNS = (
    "",
    "imports, bn USD",
    "duty paid, points",
    "the law states",
    "predicted paid (range)",
    "imports, %",
    "predicted, %",
)


def rows(found: Dispatch) -> list[list[str]]:
    """The table of partners."""
    return [_row(row) for row in found.partners]


def _row(row: PartnerDuty) -> list[str]:
    return [
        "all partners" if row.partner == "all" else row.partner,
        f"{row.imports_musd / 1000:.1f}",
        f"{row.paid_points:+.1f}",
        f"{row.statutory_points:+.1f}",
        f"{row.collected_points:+.1f} ({row.collected_low:+.1f} to {row.collected_high:+.1f})",
        f"{row.actual_pct:+.1f}",
        f"{row.predicted_pct:+.1f}",
    ]


def sentences(found: Dispatch) -> list[str]:
    """What the month says, in sentences."""
    every, score = found.partners[0], found.found.scores["all"]
    side = "within" if every.collected_low <= every.paid_points <= every.collected_high else "outside"
    return [
        f"Duty over imports stood {every.paid_points:+.1f} points above a year before; the law of {found.day} states "
        f"{every.statutory_points:+.1f} points on the trade of 2024, and {every.collected_points:+.1f} were predicted to be paid "
        f"({every.collected_low:+.1f} to {every.collected_high:+.1f}): {side} the range.",
        f"Imports (cells that are scored) moved {every.actual_pct:+.1f} percent, predicted {every.predicted_pct:+.1f}; over "
        f"{score.cells} cells the prediction errs by {score.rmse:.1f} percent, 'no change' by {score.no_change:.1f}.",
        f"{100 * found.found.coverage:.0f} percent of cells lie within their 90 percent range; {len(found.missed)} do not.",
    ]


def markdown(found: Dispatch, figure: str) -> str:
    """The page."""

    def table(columns: tuple[str, ...], body: list[list[str]]) -> str:
        lines = ["| " + " | ".join(cells) + " |" for cells in (list(columns), ["---"] * len(columns), *body)]
        return "\n".join(lines) + "\n\n"

    text = f"# {found.found.episode.title}\n\n{found.found.episode.window}. Source: {found.file}.\n\n"
    text += "\n".join(f"- {sentence}" for sentence in sentences(found)) + "\n\n"
    text += table(COLUMNS, rows(found))
    text += f"![Predicted against actual change of US imports by partner and sector]({figure})\n\n"
    text += "Outside their range, the largest first:\n\n" + table(
        MISS_COLUMNS, [cell_row(c) for c in found.missed[:MISSED]]
    )
    text += (
        "Imports are predicted from the duties paid, with parameters estimated on 2018-19 and 2025 (docs/checked.md). "
    )
    text += "Duty: change over the same month a year before, in points of customs value. Not scored:\n\n"
    return text + "\n".join(f"- {sentence}" for sentence in left_out(found.found)) + "\n"


def show(found: Dispatch) -> None:
    """Print the page."""
    terminal.say(f"{found.found.episode.title}: {found.found.episode.window}")
    for sentence in sentences(found):
        terminal.say(sentence)
    print()
    terminal.show("Duty over imports, and imports", COLUMNS, rows(found))
    terminal.show("Outside their 90 percent range", MISS_COLUMNS, [cell_row(cell) for cell in found.missed[:MISSED]])
