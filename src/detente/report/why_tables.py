"""Why a sector moves, in a terminal: its output, its price and its jobs taken apart, for the regions that a study is about."""

from __future__ import annotations

from detente.economy.explanation import MEANINGS
from detente.report.findings import principals
from detente.report.terminal import say, show
from detente.report.wording import sector_name, signed
from detente.study.run import Study

_HEADS = {"output": "output", "price": "price", "jobs": "jobs"}


def show_why(study: Study, sector: str) -> None:
    """Print the parts of a sector's changes in every principal region, and what each part is."""
    found, about = study.explanation, principals(study)
    parts = list(MEANINGS)
    rows = []
    for region in about:
        for outcome, head in _HEADS.items():
            values = found.of(outcome, region, sector)
            cells = [signed(values[part], 2) if part in values else "" for part in ("total", *parts)]
            rows.append([f"{region} {head}", *cells])
    moving = [k for k in range(1, len(parts) + 2) if k == 1 or any(row[k].strip("-+0. ") for row in rows)]
    columns = ["change", *(part.replace("_", " ") for part in parts)]
    show(
        f"Why {sector_name(sector).lower()} changes: percent, and percentage points that add up to it",
        ["", *(columns[k - 1] for k in moving)],
        [[row[0], *(row[k] for k in moving)] for row in rows],
    )
    for k in moving[1:]:
        say(f"{columns[k - 1]}: {MEANINGS[parts[k - 2]]}", hanging="  ")
    say(f"Parts add up to {found.residual:.0e} percentage points, along {found.steps} steps from before to after.")
    print()
