"""Published numbers beside ours: what a replication hands back."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Literal

from rich.table import Table


@dataclass(frozen=True)
class Row:
    """One published number and ours, in the same `unit`.

    `tolerance` is the largest accepted difference, as a rule half a unit of the last digit printed in the paper; None
    shows the row without judging it. Whatever is wider than rounding needs a `note` that says why. `sense` is
    `at_least` where ours may be larger than the paper's (an optimum the paper did not reach).
    """

    label: str
    paper: float
    ours: float
    tolerance: float | None
    note: str = ""
    unit: str = "percent"
    sense: Literal["equal", "at_least"] = "equal"

    def __post_init__(self) -> None:
        if self.tolerance is None and not self.note:
            raise ValueError(f"{self.label}: a row that is not judged needs a note that says why")

    @property
    def difference(self) -> float:
        """Ours less the paper's."""
        return self.ours - self.paper

    @property
    def passed(self) -> bool | None:
        """Whether the difference is within the tolerance (a NaN never is); None where the row is not judged."""
        if self.tolerance is None:
            return None
        gap = -self.difference if self.sense == "at_least" else abs(self.difference)
        return bool(
            gap <= self.tolerance * (1 + 1e-9) + 1e-12
        )  # the slack is for decimals that binary floats cannot hold


@dataclass(frozen=True)
class PublishedComparison:
    """A replication: published numbers beside ours, row by row, and `notes` that hold for all of them."""

    title: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every judged row is within its tolerance, and at least one was judged."""
        verdicts = [row.passed for row in self.rows if row.passed is not None]
        return bool(verdicts) and all(verdicts)

    def table(self) -> Table:
        """The rows as a `rich` table; what is not judged, or judged loosely, is explained in numbered notes below it."""
        judged = [row.passed for row in self.rows if row.passed is not None]
        reasons = list(dict.fromkeys(row.note for row in self.rows if row.note))
        summary = f"{sum(judged)} of {len(judged)} within tolerance, {len(self.rows) - len(judged)} shown only"
        notes = [f"\\[{k}] {reason}" for k, reason in enumerate(reasons, start=1)]
        units = {row.unit for row in self.rows}
        title = f"{self.title} ({units.pop()})" if len(units) == 1 else self.title
        table = Table(title=title, caption="\n".join([summary, *notes, *self.notes]), caption_justify="left")
        table.add_column("", overflow="fold")
        for heading in ("paper", "ours", "difference"):
            table.add_column(heading, justify="right", no_wrap=True)
        table.add_column("", no_wrap=True)
        for row in self.rows:
            tolerance = "" if row.tolerance is None else f"{'-' if row.sense == 'at_least' else '±'}{row.tolerance:g}"
            verdict = {True: f"ok ({tolerance})", False: f"[red]miss[/] ({tolerance})", None: ""}[row.passed]
            mark = f"\\[{reasons.index(row.note) + 1}]" if row.note else ""
            label = row.label if len(units) == 0 else f"{row.label} ({row.unit})"
            values = (f"{row.paper:.4g}", f"{row.ours:.4g}", f"{row.difference:+.2g}")
            table.add_row(label, *values, f"{verdict} {mark}".strip())
        return table

    def to_json(self) -> str:
        """Title, verdict, rows and notes as JSON text."""
        rows = [
            {**asdict(row), "ours": float(row.ours), "difference": float(row.difference), "passed": row.passed}
            for row in self.rows
        ]
        return json.dumps({"title": self.title, "passed": self.passed, "rows": rows, "notes": self.notes}, indent=2)
