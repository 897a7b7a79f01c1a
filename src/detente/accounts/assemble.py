"""From flows to a balanced `Baseline`: every total follows from trade, duties and input spending."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from detente.accounts.baseline import Baseline

#: Where the variables come from that `assemble` derives, or takes to be zero or unknown when they are not given.
DERIVED = {
    "output": "sum of sales at basic prices",
    "value_added": "output less spending on inputs",
    "input_expenditure": "purchases of each using sector, duties included",
    "final_expenditure": "final purchases, duties included",
    "deficit": "imports less exports at border values",
    "tariff": "taken to be zero",
    "export_tax": "taken to be zero",
    "employment": "unknown",
    "employment_total": "unknown",
    "labour_share": "unknown",
    "capital_share": "unknown",
    "resource_share": "unknown",
    "investment_share": "unknown",
    "household_spending": "unknown",
}


def assemble(
    trade: np.ndarray,
    *,
    regions: Sequence[str],
    sectors: Sequence[str],
    trade_elasticity: np.ndarray,
    tariff: np.ndarray | float = 0.0,
    export_tax: np.ndarray | float = 0.0,
    uses: Sequence[str] | None = None,
    buyer_class: Sequence[int] | None = None,
    input_expenditure: np.ndarray | None = None,
    sources: Mapping[str, str] | None = None,
    attributes: Mapping[str, Any] | None = None,
    grades: Mapping[str, np.ndarray] | None = None,
    **known: np.ndarray,
) -> Baseline:
    """The baseline that a set of flows implies.

    `trade` [importer, exporter, sector, use] is at basic prices, net of duties, million USD. With one use class per
    buyer (the default: every using sector, then final demand) the spending on inputs follows from it; with coarser
    classes, `input_expenditure` [region, sector, using_sector] (duties included) splits it. Output, value added,
    final spending and deficits are derived, so the identities hold by construction; signs are left to `Baseline.check`.
    `known`: variables that flows say nothing of, by name (`employment`, `labour_share`, ...); unknown where not given.
    """
    j = len(sectors)
    if uses is None:
        uses, buyer_class = [*sectors, "final"], list(range(j + 1))
    assert buyer_class is not None
    given = {name for name, values in (("tariff", tariff), ("export_tax", export_tax)) if np.any(values)} | set(known)
    stated = {name: text for name, text in DERIVED.items() if name not in given}
    tariff = np.broadcast_to(np.asarray(tariff, float), trade.shape)
    export_tax = np.broadcast_to(np.asarray(export_tax, float), trade.shape[:3])
    border = trade * (1 + export_tax[..., None])
    spending = (border * (1 + tariff)).sum(axis=1)  # [importer, sector, use]
    if input_expenditure is None:
        if list(buyer_class) != list(range(j + 1)):
            raise ValueError("input_expenditure is needed unless every buyer is a use class of its own")
        input_expenditure = spending[:, :, :j]
    output = trade.sum(axis=(0, 3))
    pairwise = border.sum(axis=(2, 3))
    return Baseline(
        {
            "trade": trade,
            "tariff": tariff,
            "export_tax": export_tax,
            "output": output,
            "value_added": output - input_expenditure.sum(axis=1),
            "input_expenditure": input_expenditure,
            "final_expenditure": spending.sum(axis=2) - input_expenditure.sum(axis=2),
            "deficit": pairwise.sum(axis=1) - pairwise.sum(axis=0),
            "trade_elasticity": trade_elasticity,
            **known,
        },
        regions=regions,
        sectors=sectors,
        uses=uses,
        buyer_class=buyer_class,
        sources={**stated, **(sources or {})},
        attributes=attributes,
        grades=grades,
    )


def merge_uses(baseline: Baseline, uses: Sequence[str], new_class: Sequence[int]) -> Baseline:
    """The same accounts with coarser use classes: old class ``u`` joins ``uses[new_class[u]]``.

    Tariffs of the joined classes are averaged with border values as weights (simple mean where nothing is traded).
    """
    merge = np.zeros((len(baseline.uses), len(uses)))
    merge[np.arange(len(baseline.uses)), list(new_class)] = 1.0
    trade = baseline.arrays["trade"] @ merge
    border = baseline.border_value @ merge
    simple = baseline.arrays["tariff"] @ (merge / merge.sum(axis=0))
    duties = (baseline.border_value * baseline.arrays["tariff"]) @ merge
    tariff = np.divide(duties, border, out=simple, where=border > 0)
    return Baseline(
        {**baseline.arrays, "trade": trade, "tariff": tariff},
        regions=baseline.regions,
        sectors=baseline.sectors,
        uses=uses,
        buyer_class=np.asarray(new_class)[baseline.buyer_class],
        sources=baseline.sources,
        attributes=baseline.attributes,
        grades=baseline.grades,
    )


def two_uses(baseline: Baseline) -> Baseline:
    """The same accounts with two use classes, `intermediate` and `final`."""
    final = int(baseline.buyer_class[-1])
    if (baseline.buyer_class[:-1] == final).any():
        raise ValueError("final demand shares a use class with a using sector, so the two cannot be told apart")
    new_class = [1 if use == final else 0 for use in range(len(baseline.uses))]
    return merge_uses(baseline, ["intermediate", "final"], new_class)


def one_use(baseline: Baseline) -> Baseline:
    """The same accounts with a single use class, as in Caliendo and Parro (2015)."""
    return merge_uses(baseline, ["all"], [0] * len(baseline.uses))
