"""`Policy`: the instruments of every government at once, as arrays that an economy solves and names that people use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from detente.errors import InputError
from detente.rates import as_rate

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

Names = str | Sequence[str] | None
InstrumentName = Literal["tariff", "export_tax", "trade_cost", "subsidy"]


@jax.tree_util.register_static
@dataclass(frozen=True)
class Labels:
    """Names of regions, sectors and use classes: what a `Policy` needs to be changed by name."""

    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    uses: tuple[str, ...]

    def of(self, dim: str) -> tuple[str, ...]:
        """The labels of a dimension."""
        return {"sector": self.sectors, "use": self.uses}.get(dim, self.regions)


class Quotas(NamedTuple):
    """Tariff-rate quotas and import limits, K of them, each on one flow (all use classes together).

    `importer`, `exporter`, `sector` [K], positions; `limit` [K], million USD a year, of quantity at baseline prices or, where
    `by_value` [K] is true, of value at the border; `in_quota` and `over_quota` [K], rates within and above the limit
    (`over_quota` infinite: an import limit); `rents_to_exporter` [K], share of the licence rents, from 0 to 1.
    """

    importer: Array
    exporter: Array
    sector: Array
    limit: Array
    by_value: Array
    in_quota: Array
    over_quota: Array
    rents_to_exporter: Array


#: Instrument -> its dimensions and unit.
INSTRUMENTS: dict[str, tuple[tuple[str, ...], str]] = {
    "tariff": (("importer", "exporter", "sector", "use"), "fraction of the value at the border"),
    "export_tax": (("importer", "exporter", "sector"), "fraction of the basic price"),
    "trade_cost": (("importer", "exporter", "sector", "use"), "iceberg factor, 1 is the baseline's"),
    "subsidy": (("region", "sector"), "fraction of unit cost"),
}


class Policy(NamedTuple):
    """The instruments of every government at once, as levels (not changes). A pytree, so it can be differentiated.

    `tariff` [importer, exporter, sector, use], fraction of the border value; `export_tax` [importer, exporter, sector],
    fraction of the basic price, collected by the exporter; `trade_cost` [importer, exporter, sector, use], iceberg
    factor relative to the baseline (1: unchanged, 0.97: 3 percent cheaper); `subsidy` [region, sector], fraction of
    unit cost paid by the producer's government; `quotas`, if any, take the place of `tariff` on their flows. `labels`: the names
    by which `set` and `dataset` know the cells.

    Example:
        >>> import detente as dt
        >>> economy = dt.calibrate(dt.load("toy"))
        >>> policy = economy.status_quo().set(importer="AAA", exporter="BBB", sector="goods", rate=0.25)
        >>> float(policy.dataset.tariff.sel(importer="AAA", exporter="BBB", sector="goods", use="final"))
        0.25
    """

    tariff: Array
    export_tax: Array
    trade_cost: Array
    subsidy: Array
    quotas: Quotas | None = None
    labels: Labels | None = None

    def set(
        self,
        instrument: InstrumentName = "tariff",
        *,
        importer: Names = None,
        exporter: Names = None,
        sector: Names = None,
        rate: float | np.ndarray | None = None,
        add: float | np.ndarray | None = None,
    ) -> Policy:
        """Another policy, with `rate` put on the named flows or `add` added to what is there (fractions: 0.25 is 25 percent).

        A name, a list of names, or None for all; own sales are never taxed. An array must have one number for each
        importer, exporter and sector chosen. `trade_cost` takes a factor (0.97: 3 percent cheaper); a `subsidy` is that of
        the `exporter` to its producers. Raises `InputError` for unknown names and numbers that are no rate.

        Example:
            >>> import detente as dt
            >>> start = dt.calibrate(dt.load("toy")).status_quo()
            >>> tenth = start.set(importer="AAA", exporter=["BBB", "CCC"], add=0.1)
            >>> tenth
            <Policy: 8 tariffs from 5 to 15 percent, no export taxes, no subsidies, no quotas>
        """
        labels = self._labels()
        if instrument not in INSTRUMENTS:
            raise InputError(f"Unknown instrument {instrument!r}; choose one of {', '.join(INSTRUMENTS)}.")
        if instrument == "subsidy" and importer is not None:
            raise InputError("A subsidy has no importer: name its country as exporter, the producer.")
        asked = {"importer": importer, "exporter": exporter, "region": exporter, "sector": sector}
        dims = [dim for dim in INSTRUMENTS[instrument][0] if dim != "use"]
        chosen = [_positions(dim, asked[dim], labels.of(dim)) for dim in dims]
        old = np.asarray(getattr(self, instrument))
        mask = np.zeros(old.shape[: len(dims)], dtype=bool)
        mask[np.ix_(*chosen)] = True
        if len(dims) == 3:
            mask &= ~np.eye(len(labels.regions), dtype=bool)[:, :, None]
        if not mask.any():
            raise InputError("No flow has these names: a country puts no tariff on its own sales.")
        given = _numbers(rate, add, tuple(map(len, chosen)), instrument)
        value = np.zeros(mask.shape)
        value[np.ix_(*chosen)] = given
        shape = (...,) + (None,) * (old.ndim - mask.ndim)
        new = old + value[shape] if rate is None else np.broadcast_to(value[shape], old.shape)
        moved: dict[str, Any] = {instrument: jnp.asarray(np.where(mask[shape], new, old))}
        changed = self._replace(**moved)
        check(changed, labels)
        return changed

    @property
    def dataset(self) -> xr.Dataset:
        """Every instrument, labelled, with its unit.

        Example:
            >>> import detente as dt
            >>> dt.calibrate(dt.load("toy")).status_quo().dataset.tariff.attrs["units"]
            'fraction of the value at the border'
        """
        import xarray as xr

        labels = self._labels()
        return xr.Dataset(
            {
                name: (dims, np.asarray(getattr(self, name)), {"units": unit})
                for name, (dims, unit) in INSTRUMENTS.items()
            },
            {dim: list(labels.of(dim)) for dim in ("importer", "exporter", "region", "sector", "use")},
        )

    def to_frame(self, instrument: InstrumentName = "tariff", *, before: Policy | None = None) -> pd.DataFrame:
        """One instrument as a table, a row for each flow (importer, exporter, sector, use) or, for subsidies, each producer.

        With `before`, another policy: only what differs from it, with both numbers. Raises `InputError`.

        Example:
            >>> import detente as dt
            >>> start = dt.calibrate(dt.load("toy")).status_quo()
            >>> start.set(importer="AAA", exporter="BBB", sector="goods", rate=0.25).to_frame(before=start).loc["AAA"]
                                          before  tariff
            exporter sector use
            BBB      goods  intermediate    0.05    0.25
                            final           0.05    0.25
        """
        if instrument not in INSTRUMENTS:
            raise InputError(f"Unknown instrument {instrument!r}; choose one of {', '.join(INSTRUMENTS)}.")
        frame = self.dataset[instrument].to_dataframe(name=instrument)
        if before is not None:
            frame.insert(0, "before", before.dataset[instrument].to_dataframe()[instrument])
            return frame[frame["before"] != frame[instrument]]
        if "importer" in frame.index.names:
            frame = frame[frame.index.get_level_values("importer") != frame.index.get_level_values("exporter")]
        return frame

    def _labels(self) -> Labels:
        if self.labels is None:
            raise InputError("This policy has no names; start from economy.status_quo(), which has.")
        return self.labels

    def __repr__(self) -> str:
        shapes = np.shape(self.tariff)
        if self.labels is None or len(shapes) != 4 or isinstance(self.tariff, jax.core.Tracer):
            return f"<Policy: tariff {shapes}>"
        quotas = 0 if self.quotas is None else len(self.quotas.limit)
        parts = [_count(np.asarray(self.tariff).max(axis=-1), "tariff"), _count(self.export_tax, "export tax")]
        parts += [_count(self.subsidy, "subsidy"), f"{quotas or 'no'} quota{'s' * (quotas != 1)}"]
        return f"<Policy: {', '.join(parts)}>"

    def _repr_html_(self) -> str:
        """What a notebook shows: one line, then the highest tariffs by importer and exporter."""
        from html import escape

        if self.labels is None:
            return f"<pre>{escape(repr(self))}</pre>"
        mean = self.dataset.tariff.mean(["sector", "use"]).to_pandas()
        table = (100 * mean).round(1).to_html() if len(self.labels.regions) <= 30 else ""
        return f"<p>{escape(repr(self))}</p><p>Mean tariff of a cell, percent; rows import.</p>{table}"


def average_rate(rates: np.ndarray, trade: np.ndarray) -> float:
    """The mean of `rates` over cells, each with the weight of its baseline `trade`; where nothing is traded, the plain mean.

    Every average of policy rates that a person reads is this one.
    """
    total = trade.sum()
    return float((rates * trade).sum() / total if total > 0 else rates.mean())


def check(policy: Policy, labels: Labels) -> None:
    """Raise `InputError`, naming the cell, unless every instrument is a number of the right kind for every flow."""
    for name, (dims, unit) in INSTRUMENTS.items():
        array = np.asarray(getattr(policy, name))
        shape = tuple(len(labels.of(dim)) for dim in dims)
        if array.shape != shape:
            raise InputError(f"{name} has shape {array.shape}; {' x '.join(dims)} of this economy is {shape}.")
        allowed = array > 0 if name == "trade_cost" else array < 1 if name == "subsidy" else array > -1
        if not allowed.all():
            cell = np.unravel_index(int(np.argmin(allowed)), shape)
            where = ", ".join(f"{dim} {labels.of(dim)[k]}" for dim, k in zip(dims, cell, strict=True))
            least = {"trade_cost": "above 0", "subsidy": "below 1"}.get(name, "above -1")
            raise InputError(f"{name} is {array[cell]:g} for {where}; expected a number {least} ({unit}).")


def _positions(dim: str, names: Names, labels: tuple[str, ...]) -> list[int]:
    """Where the named labels are, all for None; raises `InputError` for what is no name, and for unknown names."""
    if names is None:
        return list(range(len(labels)))
    listed = [names] if isinstance(names, str) else names
    if isinstance(listed, dict) or not isinstance(listed, Sequence) or not all(isinstance(n, str) for n in listed):
        raise InputError(f"{dim} takes a name or a list of names, such as {labels[0]!r}; it was given {names!r}.")
    if unknown := [name for name in listed if name not in labels]:
        raise InputError(f"Unknown {dim} {unknown[0]!r}; the economy has {', '.join(labels)}.")
    return sorted({labels.index(name) for name in listed})


def _numbers(
    rate: float | np.ndarray | None, add: float | np.ndarray | None, shape: tuple[int, ...], instrument: str
) -> np.ndarray:
    """What to put on the chosen cells, as an array of their shape."""
    if (rate is None) == (add is None):
        raise InputError(
            "Give either rate (what it shall be) or add (what is added), as a fraction: 0.25 is 25 percent."
        )
    given, word = (add, "add") if rate is None else (rate, "rate")
    if isinstance(given, dict):
        raise InputError(f"{word} is a number, such as 0.25 for 25 percent; names go in importer, exporter and sector.")
    try:
        numbers = np.asarray(as_rate(given), dtype=float)
        as_rate(float(numbers[np.isfinite(numbers)].max(initial=0.0)))
    except (TypeError, ValueError) as error:
        said = f"{given!r} is no number" if "convert" in str(error) or isinstance(error, TypeError) else str(error)
        raise InputError(f"{word}: {said}.") from None
    if numbers.ndim and numbers.shape != shape:
        raise InputError(f"{word} has shape {numbers.shape}; the chosen names ask for one number or for shape {shape}.")
    if np.isnan(numbers).any():
        raise InputError(f"{word} is not a number (NaN); {instrument} needs one, such as 0.25 for 25 percent.")
    return numbers


def _count(rates: Any, what: str) -> str:
    rates = np.asarray(rates)
    found = rates[rates != 0]
    many = {"subsidy": "subsidies", "export tax": "export taxes"}.get(what, f"{what}s")
    if not found.size:
        return f"no {many}"
    lowest, highest = 100 * found.min(), 100 * found.max()
    return f"{found.size} {what if found.size == 1 else many} from {lowest:.3g} to {highest:.3g} percent"
