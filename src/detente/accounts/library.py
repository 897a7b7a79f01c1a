"""Baselines by name: `toy`, the embedded `world-2024`, or the path of a file."""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from pathlib import Path

from detente.accounts.assemble import one_use, two_uses
from detente.accounts.baseline import Baseline
from detente.accounts.toy import toy
from detente.errors import InputError

DEFAULT = "world-2024"
EMBEDDED = ("world-2024",)

#: How the buyers of a product are grouped: one class (Caliendo and Parro 2015), two, or every using sector apart.
USES: dict[str, Callable[[Baseline], Baseline]] = {"one": one_use, "two": two_uses, "buyers": lambda baseline: baseline}


def embedded_file(name: str) -> Path:
    """Path of an embedded baseline file."""
    return Path(str(resources.files("detente.accounts") / "worlds" / f"{name}.nc"))


def load(name: str | Path = DEFAULT, *, uses: str = "two") -> Baseline:
    """The baseline called `name` (`world-2024`, `toy`, or a file's path).

    `uses` groups the buyers of each product in use classes: `two` (intermediate, final), `one`, or `buyers` (as fine as
    the file holds: in `world-2024`, each using sector apart). Raises `InputError` for an unknown name or grouping.

    Example:
        >>> import detente as dt
        >>> dt.load("toy")
        <Baseline toy: 3 regions, 2 sectors, 2 uses>
        >>> dt.load("toy", uses="one").uses
        ('all',)
    """
    if not isinstance(name, str | Path):
        raise InputError(f"A baseline has a name, such as {DEFAULT}, or the path of a .nc file; {name!r} is neither.")
    if not isinstance(uses, str) or uses not in USES:
        raise InputError(f"Unknown grouping of uses {uses!r}; choose one of {', '.join(USES)}.")
    if str(name) == "toy":
        baseline = toy()
    elif str(name) in EMBEDDED:
        baseline = Baseline.open(embedded_file(str(name)))
    elif Path(name).suffix == ".nc":
        baseline = Baseline.open(name)
    else:
        raise InputError(
            f"Unknown baseline {str(name)!r}; choose {', '.join(EMBEDDED)}, toy, or the path of a .nc file."
        )
    return USES[uses](baseline)
