"""Inter-country input-output tables, as their publishers give them or as a user has them, read into a `Baseline`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from detente.accounts.baseline import Baseline
from detente.accounts.readers.adb import read_adb
from detente.accounts.readers.additions import Additions
from detente.accounts.readers.common import DEFAULT_ELASTICITY, read_elasticities, to_baseline
from detente.accounts.readers.icio import read_icio
from detente.accounts.readers.long import read_long
from detente.accounts.readers.wiod import read_wiod
from detente.errors import InputError
from detente.text import named

__all__ = ["DEFAULT_ELASTICITY", "FORMATS", "Additions", "read_elasticities", "read_official"]

FORMATS = {"icio": read_icio, "adb": read_adb, "wiod": read_wiod, "long": read_long}


def read_official(
    path: str | Path,
    file_format: str,
    trade_elasticity: float | Mapping[str, float] = DEFAULT_ELASTICITY,
    additions: Additions | None = None,
) -> Baseline:
    """The baseline in a file: OECD `icio`, `adb` MRIO, `wiod` 2016 or `long` (flows of one's own), by `common.to_baseline`.

    `trade_elasticity` is one number or one per sector label; `additions` are files of tariffs, jobs and factors. Raises
    `InputError` for an unknown format, or a file that is absent or has another layout.
    """
    path = Path(path)
    if file_format not in FORMATS:
        raise InputError(f"Unknown format {file_format!r}; choose one of {', '.join(FORMATS)}.")
    if not path.is_file():
        raise InputError(f"There is no file at {path}; give the path of the table that you downloaded.")
    baseline = to_baseline(FORMATS[file_format](path), trade_elasticity, additions)
    bought = baseline.arrays["final_expenditure"].sum(axis=1)
    if not bought.all():
        idle = baseline.regions[int(bought.argmin())]
        raise InputError(
            f"{named(path)}: {idle} spends nothing in the end; every region needs purchases of final demand."
        )
    baseline.check()
    return baseline
