"""The goods of a customs union as one exporter: the averages of its members together, and the duty that all of them meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from detente.errors import InputError

if TYPE_CHECKING:
    from detente.law.applied import PairRates
    from detente.law.consignment import Duty

SHOWN = 3  # members with different duties that a sentence names


def averaged(union: str, parts: Sequence[PairRates]) -> PairRates:
    """The rates of members of a union as those of the union, weighted by what the importer buys from each."""
    imports = np.stack([part.imports for part in parts])
    bought = imports.sum(axis=0)
    if not bought.any():
        return replace(parts[0], exporter=union)
    of_all = imports.sum(axis=1) / imports.sum()
    of_sector = np.divide(imports, bought, out=np.zeros_like(imports), where=bought > 0)

    def points(name: str) -> dict[str, float]:
        found = [getattr(part, name) for part in parts]
        names = dict.fromkeys(key for one in found for key in one)
        return {key: float(of_all @ [one.get(key, 0.0) for one in found]) for key in names}

    rate = (of_sector[:, None, :] * np.nan_to_num([part.rate for part in parts])).sum(axis=0)
    nothing = np.zeros(len(bought))
    measures = dict.fromkeys(name for part in parts for name in part.layers)
    return replace(
        parts[0],
        exporter=union,
        rate=np.where(bought > 0, rate, np.nan),
        average=of_all @ [part.average for part in parts],
        imports=bought,
        by_measure=points("by_measure"),
        by_authority=points("by_authority"),
        layers={
            name: (of_sector * [part.layers.get(name, nothing) for part in parts]).sum(axis=0) for name in measures
        },
        exposed=(of_sector * [part.exposed for part in parts]).sum(axis=0),
        prohibited=(of_sector * [part.prohibited for part in parts]).sum(axis=0),
        notes=tuple(dict.fromkeys(note for part in parts for note in part.notes)),
    )


def common(union: str, duties: Sequence[Duty]) -> Duty:
    """The duty on a consignment from a union, where it is the same from every member. Raises `InputError` where it is not."""
    by_answer: dict[object, Duty] = {}
    for duty in duties:
        applied = tuple(layer.measure for layer in duty.applied)
        by_answer.setdefault((duty.range_pct, duty.column1_pct, duty.prohibited, applied, duty.splits), duty)
    first, *others = by_answer.values()
    if others:
        told = ", ".join(f"{duty.exporter} {_rate(duty)}" for duty in [first, *others][:SHOWN])
        raise InputError(
            f"the added duty on {first.product} from {union} differs by member ({told}): name one as exporter."
        )
    return replace(first, exporter=union, warnings=(*first.warnings, f"the same from every member of {union}"))


def _rate(duty: Duty) -> str:
    low, high = duty.range_pct
    rate = f"{low:g}" if low == high else f"{low:g} to {high:g}"
    return "may not enter" if duty.prohibited else f"{rate} percent under {_measures(duty)}"


def _measures(duty: Duty) -> str:
    return " and ".join(layer.measure for layer in duty.applied) or "no measure"
