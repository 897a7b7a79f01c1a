"""What a threat would move that is no term of the table: a deal takes it back too, so it is listed and valued."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detente.economy.interface import Policy
from detente.talks.instruments import QUOTA, SECTOR_AXIS, Instrument, Instruments, flows_of_quotas
from detente.talks.table import Term

#: The track of what is not on the table but would change without a deal.
STANDSTILL = "standstill"

#: Smallest difference of a rate that counts as one.
SAME = 1e-12

#: Axis of the government that charges, and of whom it charges, in each array of a policy.
AXES = {"tariff": (0, 1), "trade_cost": (0, 1), "export_tax": (1, 0), "subsidy": (0, 0), QUOTA: (0, 1)}
WORDS = {"tariff": "tariffs on", "trade_cost": "trade costs with", "export_tax": "export taxes to", QUOTA: "quotas for"}


def standstill(
    governments: Sequence[str], sectors: Sequence[str], instruments: Instruments, today: Policy, threat: Policy
) -> list[Term]:
    """What differs between `threat` and `today` apart from the terms, one entry for each instrument, government and partner.

    `governments` [region]: who sets each region's rates, the region itself or its customs union. An entry's rates are today's
    at value 1 and the threat's at value 0; no search moves it.
    """
    rest = instruments.take(threat, today)  # the threat, but for the terms
    found = []
    for kind in (*SECTOR_AXIS, QUOTA):
        moved = _moved(kind, rest, today)
        cells = np.argwhere(moved)
        who, whom = AXES[kind]
        named = np.array([governments.index(name) for name in governments])  # a government by its first region
        pairs = named[cells[:, [who, whom]]]
        for by, on in sorted({(int(by), int(on)) for by, on in pairs}):
            mine = cells[(pairs == [by, on]).all(axis=1)]
            goods = [sectors[j] for j in dict.fromkeys(mine[:, SECTOR_AXIS.get(kind, 2)].tolist())]
            at = np.ravel_multi_index(tuple(mine.T), moved.shape)
            partner = "" if kind == "subsidy" else f" {WORDS[kind]} {governments[on]}"
            label = f"{governments[by]} keeps its{partner or ' subsidies'} as today: {_few(goods)}"
            if kind == QUOTA:
                old = new = np.zeros(len(at))
            else:
                old, new = (np.asarray(getattr(policy, kind)).reshape(-1)[at] for policy in (rest, today))
            instrument = Instrument(label, kind, at, 0.0, 1.0, old, new - old)
            found.append(Term(instrument, STANDSTILL, governments[by]))
    return found


def _moved(kind: str, one: Policy, other: Policy) -> np.ndarray:
    """Where two policies differ in a kind of instrument; for quotas [importer, exporter, sector]."""
    if kind != QUOTA:
        return np.asarray(np.abs(np.asarray(getattr(one, kind)) - np.asarray(getattr(other, kind))) > SAME)
    differs = np.zeros(np.shape(one.tariff)[:3], dtype=bool)
    rows = [_by_flow(policy) for policy in (one, other)]
    for flow in {*rows[0], *rows[1]}:
        differs.reshape(-1)[flow] = rows[0].get(flow) != rows[1].get(flow)
    return differs


def _by_flow(policy: Policy) -> dict[int, tuple[float, ...]]:
    if policy.quotas is None:
        return {}
    terms = np.stack([np.asarray(field, float) for field in policy.quotas[3:]], axis=1)
    return dict(zip(flows_of_quotas(policy).tolist(), map(tuple, terms.tolist()), strict=True))


def _few(names: Sequence[str], most: int = 4) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
