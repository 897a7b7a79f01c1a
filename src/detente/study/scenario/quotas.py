"""From a scenario's quotas to the arrays that the economy solves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jax.numpy as jnp
import numpy as np

from detente.study.scenario.policy import Location, flows_of
from detente.study.scenario.schema import Quota, Scenario

if TYPE_CHECKING:
    from detente.accounts.baseline import Baseline
    from detente.economy import Policy


def apply_quotas(scenario: Scenario, baseline: Baseline, start: Policy) -> Policy:
    """`start` with the scenario's quotas. A limit of zero with a prohibitive rate above it is a ban: an infinite tariff."""
    if not any(change.quota for change in scenario.changes):
        return start
    from detente.economy import Quotas

    value = baseline.border_value.sum(axis=3)
    quantity = baseline.trade.sum(axis=3)
    tariff = np.array(start.tariff)
    rows: list[tuple[float, ...]] = []
    owner: dict[tuple[int, int, int], int] = {}
    banned = False
    for position, change in enumerate(scenario.changes):
        if change.quota is None:
            continue
        edit: Quota = change.quota
        where: Location = ["changes", position, "quota"]
        for n, i, j in flows_of(scenario, baseline, edit, where):
            if (n, i, j) in owner:
                first = scenario.line(["changes", owner[n, i, j], "quota"])
                raise scenario.complain(
                    where, f"duplicate change: this flow has a quota already, on {first}; keep one."
                )
            owner[n, i, j] = position
            traded = (value if edit.by == "value" else quantity)[n, i, j]
            if traded <= 0:
                continue  # nothing to limit
            limit = edit.limit_musd if edit.limit_musd is not None else (edit.share_of_baseline or 0.0) * traded
            if limit == 0 and np.isinf(edit.over_quota):
                tariff[n, i, j] = np.inf
                banned = True
                continue
            in_quota = edit.in_quota
            if in_quota is None:  # the rate at the starting point, averaged over uses
                flow = baseline.border_value[n, i, j]
                in_quota = min(float(tariff[n, i, j] @ flow / flow.sum()), edit.over_quota)
            rows.append((n, i, j, limit, edit.by == "value", in_quota, edit.over_quota, edit.to_exporter))
    policy = start._replace(tariff=jnp.asarray(tariff)) if banned else start
    if not rows:
        return policy
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    kinds = (int, int, int, float, bool, float, float, float)
    arrays = (jnp.asarray(column.astype(kind)) for column, kind in zip(columns, kinds, strict=True))
    return policy._replace(quotas=Quotas(*arrays))
