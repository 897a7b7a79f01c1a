"""From a scenario's tariffs that spare a region's content to the rules that the economy solves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detente.economy.content import ContentRule
from detente.study.scenario.policy import Location, flows_of, resolve
from detente.study.scenario.schema import Scenario

if TYPE_CHECKING:
    from detente.economy import Economy, Policy


def content_rules(scenario: Scenario, economy: Economy, policy: Policy) -> list[ContentRule]:
    """The rules of the scenario's tariffs that spare a region's content, on top of `policy` where they `add`."""
    baseline, rules = economy.baseline, []
    for position, change in enumerate(scenario.changes):
        edit = change.tariff
        if edit is None or edit.except_content_of is None:
            continue
        where: Location = ["changes", position, "tariff"]
        if edit.uses != ["all"]:
            raise scenario.complain([*where, "uses"], "a content rule applies to all uses; leave uses out.")
        [origin] = resolve(
            scenario, baseline.regions, [edit.except_content_of], "region", [*where, "except_content_of"]
        )
        for n, i, j in flows_of(scenario, baseline, edit, where):
            value = baseline.border_value[n, i, j]
            if value.sum() <= 0:
                continue  # nothing is traded
            before = float(np.asarray(policy.tariff)[n, i, j] @ value / value.sum())
            rate, floor = (edit.rate, 0.0) if edit.rate is not None else (edit.add or 0.0, before)
            rules.append(ContentRule(n, i, j, origin, rate, floor))
    return rules
