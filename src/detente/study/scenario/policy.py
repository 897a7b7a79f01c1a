"""From a scenario's changes to the arrays of a `Policy`: names resolved, duplicates refused."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.accounts.customs_unions import UNIONS, members
from detente.study.scenario.schema import Scenario, Subsidy, Tariff, TradeCost, _Flows

if TYPE_CHECKING:
    from detente.accounts.baseline import Baseline
    from detente.economy import Policy

Location = list[str | int]

#: Kinds of change that set entries of an array of the policy of the same name.
ARRAYS = ("tariff", "export_tax", "trade_cost", "subsidy")


def apply_changes(scenario: Scenario, baseline: Baseline, start: Policy) -> Policy:
    """`start` with the scenario's changes of tariffs, export taxes, trade costs and subsidies (not measures or quotas).

    Raises `InputError` for unknown regions, sectors or uses, and when two changes set the same rate.
    """
    arrays = {name: np.array(getattr(start, name)) for name in ARRAYS}
    owner = {name: np.full(values.shape, -1) for name, values in arrays.items()}
    for position, change in enumerate(scenario.changes):
        if change.kind not in ARRAYS:
            continue
        edit = getattr(change, change.kind)
        where: Location = ["changes", position, change.kind]
        cells = _cells(scenario, baseline, edit, where)
        name = change.kind
        target = arrays[name]
        if (taken := owner[name][cells]).max(initial=-1) >= 0:
            _refuse_duplicate(scenario, baseline, name, int(taken.max()), position)
        owner[name][cells] = position
        if isinstance(edit, Tariff) and edit.except_content_of is not None:
            continue  # its rates depend on content: see `detente.study.scenario.content_rules`
        if isinstance(edit, TradeCost):
            target[cells] *= 1 + edit.change
        elif isinstance(edit, Subsidy) or edit.rate is not None:
            target[cells] = edit.rate
        else:
            if (target[cells] + edit.add).min(initial=0.0) < 0:
                raise scenario.complain([*where, "add"], f"{edit.add:g} would make a rate negative.")
            target[cells] += edit.add
    changed = {name: values for name, values in arrays.items() if (owner[name] >= 0).any()}
    return start._replace(**changed)  # type: ignore[arg-type]  # NumPy arrays serve where JAX takes them


def parties(scenario: Scenario, baseline: Baseline) -> list[str]:
    """The regions that the scenario's changes name, in the order of the baseline."""
    named: set[str] = set()
    for change in scenario.changes:
        edit = getattr(change, change.kind)
        for field in ("importer", "exporter", "between", "region"):
            for code in getattr(edit, field, None) or []:
                named.update(members(code, baseline.regions) or [code])
    return [region for region in baseline.regions if region in named]


def resolve(scenario: Scenario, labels: Sequence[str], given: list[str], what: str, where: Location) -> list[int]:
    """Positions of the labels given; `all` is every one, and a customs union its members.

    Raises `InputError` with the nearest names and what is allowed.
    """
    if given == ["all"]:
        return list(range(len(labels)))
    found: list[int] = []
    for name in given:
        if name == "all":
            raise scenario.complain(where, "all stands alone; give all, or a list of codes.")
        inside = members(name, labels) if what == "region" else ()
        if name not in labels and not inside:
            near = difflib.get_close_matches(name.lower(), [label.lower() for label in labels], n=1, cutoff=0.6)
            match = next((label for label in labels if near and label.lower() == near[0]), None)
            hint = f" did you mean {match}?" if match else ""
            unions = [union for union in UNIONS if what == "region" and members(union, labels)]
            allowed = ", ".join([*labels, *unions])
            raise scenario.complain(where, f"unknown {what} {name!r};{hint} allowed: {allowed}, or all.")
        found += [labels.index(label) for label in inside or (name,)]
    return found


def _cells(scenario: Scenario, baseline: Baseline, edit: Any, where: Location) -> tuple[np.ndarray, ...]:
    """Index arrays of the entries that an edit touches, in the layout of its instrument."""
    if isinstance(edit, Subsidy):
        sectors = resolve(scenario, baseline.sectors, edit.sectors, "sector", [*where, "sectors"])
        regions = resolve(scenario, baseline.regions, edit.region, "region", [*where, "region"])
        return tuple(np.array([(n, j) for n in regions for j in sectors]).T)
    flows = flows_of(scenario, baseline, edit, where)
    if isinstance(edit, (Tariff, TradeCost)):
        given = edit.uses if isinstance(edit, Tariff) else ["all"]
        uses = resolve(scenario, baseline.uses, given, "use", [*where, "uses"])
        return tuple(np.array([(*flow, u) for flow in flows for u in uses]).T)
    return tuple(np.array(flows).T)


def flows_of(scenario: Scenario, baseline: Baseline, edit: _Flows, where: Location) -> list[tuple[int, int, int]]:
    """The flows (importer, exporter, sector) that an edit names. Raises `InputError` when there are none."""
    sectors = resolve(scenario, baseline.sectors, edit.sectors, "sector", [*where, "sectors"])
    pairs = _pairs(scenario, baseline, edit, where)
    if not pairs:
        raise scenario.complain(where, "names no pair of different regions.")
    return [(n, i, j) for n, i in pairs for j in sectors]


def _pairs(scenario: Scenario, baseline: Baseline, edit: _Flows, where: Location) -> list[tuple[int, int]]:
    if edit.between is not None:
        inside = resolve(scenario, baseline.regions, edit.between, "region", [*where, "between"])
        importers = exporters = inside
    else:
        assert edit.importer is not None and edit.exporter is not None
        importers = resolve(scenario, baseline.regions, edit.importer, "region", [*where, "importer"])
        exporters = resolve(scenario, baseline.regions, edit.exporter, "region", [*where, "exporter"])
    # A union that is named charges nothing within itself.
    unions = [
        members(code, baseline.regions) for code in (edit.between or [*(edit.importer or []), *(edit.exporter or [])])
    ]
    within = [{baseline.regions.index(member) for member in union} for union in unions]
    return [(n, i) for n in importers for i in exporters if n != i and not any({n, i} <= union for union in within)]


def _refuse_duplicate(scenario: Scenario, baseline: Baseline, name: str, first: int, second: int) -> None:
    edits = [getattr(scenario.changes[k], name) for k in (first, second)]
    shared = [s for s in baseline.sectors if all(e.sectors == ["all"] or s in e.sectors for e in edits)]
    here: Location = ["changes", second, name]
    raise scenario.complain(
        here,
        f"duplicate change: {name} of {', '.join(shared[:3])}{' ...' if len(shared) > 3 else ''} is already set by the change "
        f"on {scenario.line(['changes', first, name])}; keep one, or split sectors and pairs between them.",
    )


def elasticities(scenario: Scenario, baseline: Baseline) -> np.ndarray:
    """The baseline's trade elasticities [sector] with the scenario's own in their place."""
    theta = np.array(baseline.trade_elasticity)
    for sector, value in scenario.trade_elasticities.items():
        [position] = resolve(scenario, baseline.sectors, [sector], "sector", ["trade_elasticities", sector])
        theta[position] = value
    return theta
