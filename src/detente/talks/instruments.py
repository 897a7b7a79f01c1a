"""`Instruments`: the numbers a party or a table may move, and how each of them enters the policy of the world."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import jax.numpy as jnp
import numpy as np

from detente.economy.interface import DifferentiableEconomy, Policy, Quotas
from detente.economy.policy import average_rate
from detente.errors import InputError
from detente.talks.party import position, positions

#: Instruments that are arrays of a `Policy`, and the axis along which each has its sectors.
SECTOR_AXIS = {"tariff": 2, "export_tax": 2, "trade_cost": 2, "subsidy": 1}
DUTIES = ("tariff", "export_tax")
#: The kind that is the limit of a tariff-rate quota.
QUOTA = "quota"
#: Axes of trade [importer, exporter, sector, use] that the cells of a kind do not have.
TRADE_WITHOUT: dict[str, tuple[int, ...]] = {"export_tax": (3,), QUOTA: (3,), "subsidy": (0, 3)}


@dataclass(frozen=True)
class Licence:
    """The terms of a quota beside its limit: rates within it and above it (fractions; above: None, the tariff that the
    policy has there), share of the licences that goes to the exporter, and whether values or quantities are limited.
    """

    in_quota: float = 0.0
    over_quota: float | None = None
    to_exporter: float = 0.0
    by_value: bool = False


@dataclass(frozen=True)
class Instrument:
    """One number and the policy cells it sets: ``cell = base + slope * value``.

    A *level* has base 0 and slope 1; a *cut* (0: as today, 1: gone) has base today and slope minus today.
    `cells` are flat positions in the kind's array; those of a quota are flows [importer, exporter, sector], and its
    slope is their trade at the baseline, so that its value is a share of that; at zero all trade pays the rate above.
    """

    label: str
    kind: str
    cells: np.ndarray
    lower: float
    upper: float
    base: np.ndarray
    slope: np.ndarray
    licence: Licence | None = None

    def __post_init__(self) -> None:
        if not (np.isfinite([self.lower, self.upper]).all() and self.lower <= self.upper):
            raise InputError(
                f"{self.label}: a range has two finite ends, the lower first; [{self.lower:g}, {self.upper:g}] was given."
            )

    @property
    def open_end(self) -> float:
        """The end of the range where trade is freest."""
        return self.upper if self.kind == QUOTA or self.slope.sum() < 0 else self.lower

    @classmethod
    def level(cls, label: str, kind: str, cells: np.ndarray, lower: float, upper: float) -> Instrument:
        """An instrument whose value is the rate itself."""
        return cls(label, kind, cells, lower, upper, np.zeros(len(cells)), np.ones(len(cells)))

    @classmethod
    def cut(cls, label: str, kind: str, cells: np.ndarray, today: Policy, neutral: float = 0.0) -> Instrument:
        """An instrument between today's rates (0) and the `neutral` rate (1), in the same proportion in every cell."""
        base = np.asarray(getattr(today, kind)).ravel()[cells]
        return cls(label, kind, cells, 0.0, 1.0, base, neutral - base)


class Instruments(Sequence[Instrument]):
    """An ordered set of instruments: a vector of values on one side, a policy on the other."""

    def __init__(self, instruments: Iterable[Instrument]) -> None:
        self._instruments = list(instruments)
        if not self._instruments:
            raise InputError(
                "There is nothing to decide: no instrument was given; name at least one tariff or other term."
            )
        self.lower = np.array([instrument.lower for instrument in self._instruments])
        self.upper = np.array([instrument.upper for instrument in self._instruments])
        self.labels = [instrument.label for instrument in self._instruments]

    def __len__(self) -> int:
        return len(self._instruments)

    def __getitem__(self, index: Any) -> Any:
        return self._instruments[index]

    @cached_property
    def _cells(self) -> dict[str, tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]]:
        """By kind: cells, the instrument that sets each, base, slope."""
        grouped = {}
        for kind in (*SECTOR_AXIS, QUOTA):
            mine = [(k, instrument) for k, instrument in enumerate(self._instruments) if instrument.kind == kind]
            if mine:
                cells = np.concatenate([instrument.cells for _, instrument in mine])
                if len(np.unique(cells)) < len(cells):
                    raise InputError(f"Two terms move the same {kind}; each rate may belong to one term only.")
                grouped[kind] = (
                    cells,
                    np.concatenate([np.full(len(instrument.cells), k) for k, instrument in mine]),
                    np.concatenate([instrument.base for _, instrument in mine]),
                    np.concatenate([instrument.slope for _, instrument in mine]),
                )
        return grouped

    def apply(self, policy: Policy, values: np.ndarray, share: float | np.ndarray = 1.0) -> Policy:
        """`policy` with the instruments at `values`; one whose value is NaN leaves its rates exactly as they are.

        `share` (one, or [instrument]): how far each rate has moved from the policy's to the new one (1: all the way). A
        tariff takes the place of a quota on its flow.
        """
        moved, share = np.isfinite(values), np.broadcast_to(share, len(self))
        changed: dict[str, Any] = {}
        for kind, (cells, owner, base, slope) in self._arrays:
            array = np.array(getattr(policy, kind))
            mine = moved[owner]
            here, who = cells[mine], owner[mine]
            old, new = array.reshape(-1)[here], base[mine] + slope[mine] * values[who]
            array.reshape(-1)[here] = np.where(share[who] == 1.0, new, old + share[who] * (new - old))
            changed[kind] = array
        return self._with_quotas(policy._replace(**changed), values, share)

    def take(self, policy: Policy, source: Policy, which: np.ndarray | None = None) -> Policy:
        """`policy` with the rates and quotas of the instruments `which` [instrument] (default: all) exactly as in `source`."""
        which = np.ones(len(self), dtype=bool) if which is None else which
        changed: dict[str, Any] = {}
        for kind, (cells, owner, _, _) in self._arrays:
            array, mine = np.array(getattr(policy, kind)), cells[which[owner]]
            array.reshape(-1)[mine] = np.asarray(getattr(source, kind)).reshape(-1)[mine]
            changed[kind] = array
        flows = self._flows_of(policy, which)
        rows = [
            _rows(policy, ~np.isin(flows_of_quotas(policy), flows)),
            _rows(source, np.isin(flows_of_quotas(source), flows)),
        ]
        return policy._replace(**changed, quotas=_quotas_of(rows))

    @property
    def _arrays(self) -> list[tuple[str, tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]]]:
        return [(kind, cells) for kind, cells in self._cells.items() if kind != QUOTA]

    def _flows_of(self, policy: Policy, which: np.ndarray) -> np.ndarray:
        """Flows [importer, exporter, sector] whose import charge the instruments `which` set, as flat positions."""
        uses = np.shape(policy.tariff)[3]
        flows = [
            instrument.cells // uses for k, instrument in enumerate(self) if which[k] and instrument.kind == "tariff"
        ]
        flows += [instrument.cells for k, instrument in enumerate(self) if which[k] and instrument.kind == QUOTA]
        return np.unique(np.concatenate(flows)) if flows else np.zeros(0, dtype=int)

    def _with_quotas(self, policy: Policy, values: np.ndarray, share: np.ndarray) -> Policy:
        """The policy with this table's quotas first and after them those that it has on other flows."""
        moved = np.isfinite(values)
        kept = _rows(policy, ~np.isin(flows_of_quotas(policy), self._flows_of(policy, moved)))
        if QUOTA not in self._cells:
            return policy._replace(quotas=_quotas_of([kept])) if policy.quotas is not None else policy
        cells, owner, _, size = (part[moved[self._cells[QUOTA][1]]] for part in self._cells[QUOTA])
        tariff = np.asarray(policy.tariff)
        terms = [self._instruments[k].licence or Licence() for k in owner]
        importer, exporter, sector = np.unravel_index(cells, tariff.shape[:3])
        above = np.array([np.nan if t.over_quota is None else t.over_quota for t in terms])
        above = np.where(np.isnan(above), tariff[importer, exporter, sector].mean(axis=-1), above)
        old = np.zeros(tariff.shape[:3])
        if policy.quotas is not None:
            old.reshape(-1)[flows_of_quotas(policy)] = policy.quotas.limit
        old = old.reshape(-1)[cells]
        mine = {
            "importer": importer,
            "exporter": exporter,
            "sector": sector,
            "limit": old + share[owner] * (size * values[owner] - old),
            "by_value": np.array([t.by_value for t in terms], dtype=bool),
            "in_quota": np.minimum([t.in_quota for t in terms], above),
            "over_quota": above,
            "rents_to_exporter": np.array([t.to_exporter for t in terms]),
        }
        return policy._replace(quotas=_quotas_of([mine, kept]))

    def _now(self, policy: Policy, kind: str) -> np.ndarray:
        """What the policy has in the cells of a kind of instrument [cell]; the limit of a flow without quota is NaN."""
        cells = self._cells[kind][0]
        if kind != QUOTA:
            return np.asarray(getattr(policy, kind)).reshape(-1)[cells]
        now = np.full(np.shape(policy.tariff)[:3], np.nan)
        if policy.quotas is not None:
            now.reshape(-1)[flows_of_quotas(policy)] = policy.quotas.limit
        return now.reshape(-1)[cells]

    def read(self, policy: Policy) -> np.ndarray:
        """The values at which the instruments come closest to `policy` [instrument], within their ranges or not."""
        above, below = np.zeros(len(self)), np.zeros(len(self))
        for kind, (_, owner, base, slope) in self._cells.items():
            np.add.at(above, owner, slope * (np.nan_to_num(self._now(policy, kind)) - base))
            np.add.at(below, owner, slope**2)
        return np.divide(above, below, out=np.zeros(len(self)), where=below > 0)

    def start(self, policy: Policy) -> np.ndarray:
        """Where a search begins: the values within the ranges that come closest to `policy` [instrument]."""
        return np.clip(self.read(policy), self.lower, self.upper)

    def rates(self, policy: Policy, border_value: np.ndarray) -> np.ndarray:
        """What `policy` charges in the cells of each instrument: lowest, mean and highest [instrument, 3].

        The mean is over baseline trade, `border_value` [importer, exporter, sector, use]. Rates as fractions; a trade cost as
        its change from the instrument's base; a quota as a share of the trade it limits, NaN where there is none.
        """
        found = np.full((len(self), 3), np.nan)
        for kind, (cells, owner, base, slope) in self._cells.items():
            traded = border_value.sum(axis=TRADE_WITHOUT.get(kind, ())).reshape(-1)[cells]
            now = self._now(policy, kind)
            now = (
                now / base - 1
                if kind == "trade_cost"
                else now / np.where(slope > 0, slope, 1.0)
                if kind == QUOTA
                else now
            )
            for k in np.unique(owner):
                mine = now[owner == k]
                found[k] = mine.min(), average_rate(mine, traded[owner == k]), mine.max()
        return found

    def directions(self, policy: Policy) -> Policy:
        """The change of the policy for one more unit of each instrument [instrument, ...]; of its quotas, that of the limits."""
        stacked: dict[str, Any] = {}
        for kind in SECTOR_AXIS:
            array = np.asarray(getattr(policy, kind))
            moved = np.zeros((len(self), array.size))
            if kind in self._cells:
                cells, owner, _, slope = self._cells[kind]
                moved[owner, cells] = slope
            stacked[kind] = moved.reshape(len(self), *array.shape)
        if policy.quotas is not None:
            moved = np.zeros((len(self), len(policy.quotas.limit)))
            if QUOTA in self._cells:
                _, owner, _, slope = self._cells[QUOTA]
                moved[owner, np.arange(len(owner))] = slope
            stacked["quotas"] = moved
        return policy._replace(**stacked)

    def vjp(self, gradient: Policy) -> np.ndarray:
        """Derivatives in the instruments [instrument], from those in the policy (its quotas: in limits)."""
        total = np.zeros(len(self))
        for kind, (cells, owner, _, slope) in self._arrays:
            np.add.at(total, owner, np.asarray(getattr(gradient, kind)).ravel()[cells] * slope)
        if QUOTA in self._cells:
            _, owner, _, slope = self._cells[QUOTA]
            np.add.at(total, owner, np.asarray(gradient.quotas)[: len(owner)] * slope)
        return total

    def touched(self, gradient: Policy) -> np.ndarray:
        """Sum of the derivatives' sizes over the rates of each instrument, each times its slope squared [instrument]."""
        total = np.zeros(len(self))
        for kind, (cells, owner, _, slope) in self._arrays:
            np.add.at(total, owner, np.abs(np.asarray(getattr(gradient, kind)).ravel()[cells]) * slope**2)
        return total

    @property
    def limited_trade(self) -> np.ndarray:
        """Baseline trade under the quota of each instrument, million USD; zero where it is none [instrument]."""
        return np.array([instrument.slope.sum() if instrument.kind == QUOTA else 0.0 for instrument in self])

    def mean(self, policy: Policy, by_sector: np.ndarray) -> np.ndarray:
        """Mean over the rates of each instrument of what is given [sector]; `policy` says how rates are laid out [instrument]."""
        total = np.zeros(len(self))
        for kind, (cells, owner, _, _) in self._cells.items():
            layout = np.shape(policy.tariff)[:3] if kind == QUOTA else np.shape(getattr(policy, kind))
            np.add.at(total, owner, by_sector[np.unravel_index(cells, layout)[SECTOR_AXIS.get(kind, 2)]])
        return total / np.array([max(len(instrument.cells), 1) for instrument in self])

    @property
    def are_duties(self) -> np.ndarray:
        """Which instruments are the rate of a duty itself [instrument]."""
        return np.array([bool(instrument.kind in DUTIES and (instrument.slope == 1).all()) for instrument in self])


def flows_of_quotas(policy: Policy) -> np.ndarray:
    """Flat positions of the flows under quotas, as `Instrument.cells` has them."""
    if policy.quotas is None:
        return np.zeros(0, dtype=int)
    places = (policy.quotas.importer, policy.quotas.exporter, policy.quotas.sector)
    return np.ravel_multi_index(tuple(np.asarray(p) for p in places), np.shape(policy.tariff)[:3])


def _rows(policy: Policy, which: np.ndarray) -> dict[str, np.ndarray]:
    """The quotas `which` of a policy, by field."""
    if policy.quotas is None:
        return {}
    return {name: np.asarray(field)[which] for name, field in policy.quotas._asdict().items()}


def _quotas_of(parts: Sequence[dict[str, np.ndarray]]) -> Quotas | None:
    """Quotas from rows by field, one part after the other; None where there are none."""
    parts = [part for part in parts if part and len(part["limit"])]
    if not parts:
        return None
    return Quotas(**{name: jnp.asarray(np.concatenate([part[name] for part in parts])) for name in parts[0]})


def tariff_instruments(
    economy: DifferentiableEconomy,
    importer: str,
    *,
    exporters: Sequence[str] | None = None,
    sectors: Sequence[str] | None = None,
    mfn: bool = False,
    uniform: bool = False,
    lower: float = 0.0,
    upper: float = 2.0,
) -> Instruments:
    """The tariffs of `importer`: one instrument per partner and sector, the same for all partners (`mfn`), for all sectors
    (`uniform`), or for both.

    `exporters` and `sectors` restrict them (default: all); a customs union (`EU`) sets one tariff, and pays one. A tariff is
    the same for every use class. `lower` and `upper` are fractions: the default ceiling of 2 is 200 percent, where most trade
    has ended.
    """
    if upper <= lower:
        raise InputError(f"The tariff ceiling ({upper}) must be above the floor ({lower}); both are fractions.")
    mine, regions = positions(importer, economy.regions), economy.regions
    named = exporters or [region for n, region in enumerate(regions) if n not in mine]
    partners = {e: [n for n in positions(e, regions) if n not in mine] for e in named if e != importer}
    chosen = [position(s, economy.sectors, "sector") for s in sectors or economy.sectors]

    groups = {"all": [n for group in partners.values() for n in group]} if mfn and len(partners) > 1 else partners
    baskets = {"all": chosen} if uniform and len(chosen) > 1 else {economy.sectors[j]: [j] for j in chosen}

    def instrument(partner: str, product: str) -> Instrument:
        cells = tariff_cells(economy, mine, groups[partner], baskets[product])
        return Instrument.level(f"{importer}<{partner}:{product}", "tariff", cells, lower, upper)

    return Instruments(instrument(partner, product) for partner in groups for product in baskets)


def traded(instruments: Instruments, border_value: np.ndarray) -> Instruments:
    """The tariffs that fall on something bought at the baseline (`border_value`, laid out as tariffs); none other is best."""
    flat = np.asarray(border_value).reshape(-1)
    return Instruments(one for one in instruments if flat[one.cells].sum() > 0)


def raised_from(instruments: Instruments, today: Policy) -> Instruments:
    """The same instruments, none to be set below its rate of today, and each cell as far above the others as it is today."""
    raised = []
    for instrument in instruments:
        rates = np.asarray(getattr(today, instrument.kind)).ravel()[instrument.cells]
        now = float(rates.mean())
        raised.append(replace(instrument, lower=now, upper=max(instrument.upper, now), base=rates - now))
    return Instruments(raised)


def tariff_cells(
    economy: DifferentiableEconomy, importers: Sequence[int], exporters: Sequence[int], sectors: Sequence[int]
) -> np.ndarray:
    """Flat positions in `Policy.tariff` (and `trade_cost`) of a block, all use classes, own sales left out."""
    n, j, u = len(economy.regions), len(economy.sectors), len(economy.uses)
    pairs = [(m, x) for m in importers for x in exporters if m != x]
    cells = [((m * n + x) * j + s) * u + c for m, x in pairs for s in sectors for c in range(u)]
    return np.array(cells, dtype=int)
