"""Supply chains in a baseline: whose value is in a product, how often its parts cross a border, who bears a duty.

Input-output algebra on the inter-country table of a baseline that holds each buyer apart. Technology and sourcing are
those of the baseline: these are measures of today's chains, not forecasts.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from detente.accounts.baseline import Baseline
from detente.errors import InputError


class SupplyChains:
    """The inter-country table of a baseline and what follows from it.

    Industries are pairs of region and sector, in one axis of length regions x sectors (region first); `[region,
    sector]` results have them apart. Flows are at basic prices. Raises `InputError` when buyers share use classes: load
    the baseline with ``uses="buyers"``.
    """

    def __init__(self, baseline: Baseline) -> None:
        if len(set(baseline.buyer_class.tolist())) < len(baseline.buyer_class):
            raise InputError(
                "Supply chains need a use class for each buyer, and this baseline joins them; load one that has them "
                'apart, with uses="buyers".'
            )
        self.baseline = baseline
        self.shape = (len(baseline.regions), len(baseline.sectors))
        self.size = len(baseline.regions) * len(baseline.sectors)

    def industry(self, region: str, sector: str) -> int:
        """Position of an industry in the axis of industries."""
        return self.baseline.index("region", region) * self.shape[1] + self.baseline.index("sector", sector)

    # -- the table -------------------------------------------------------------------------------------------------

    def _by_industry(self, flows: np.ndarray) -> np.ndarray:
        """Flows [importer, exporter, sector, use] to industries, as [selling industry, buying industry]."""
        inputs = flows[..., self.baseline.buyer_class[:-1]]
        return inputs.transpose(1, 2, 0, 3).reshape(self.size, self.size)

    def _per_output(self, inputs: np.ndarray) -> np.ndarray:
        output = self.baseline.arrays["output"].ravel()
        return np.divide(inputs, output, out=np.zeros_like(inputs), where=output > 0)

    @cached_property
    def coefficients(self) -> np.ndarray:
        """A: inputs at basic prices per unit of output [selling industry, buying industry]."""
        return self._per_output(self._by_industry(self.baseline.arrays["trade"]))

    @cached_property
    def leontief(self) -> np.ndarray:
        """L = (I - A)^-1: output needed, along the whole chain, per unit of an industry's final product.

        [selling industry, buying industry]; Miller and Blair (2009), section 2.2.
        """
        return np.linalg.inv(np.eye(self.size) - self.coefficients)

    @cached_property
    def direct_value(self) -> np.ndarray:
        """Value created in each industry per unit of output: value added, and duties on its inputs [industry].

        Both arise in the region of the industry. Export taxes on its inputs arise where these come from, see `content`.
        """
        return 1.0 - self.coefficients.sum(axis=0) - self._export_taxes.sum(axis=0)

    @cached_property
    def _export_taxes(self) -> np.ndarray:
        """Export taxes on inputs per unit of output [selling industry, buying industry]."""
        taxes = self.baseline.arrays["trade"] * self.baseline.arrays["export_tax"][..., None]
        return self._per_output(self._by_industry(taxes))

    # -- whose value is in a product -------------------------------------------------------------------------------

    def content_by_industry(self, region: str, sector: str) -> np.ndarray:
        """Share of each origin industry in the value of a product [origin region, origin sector]; they sum to one.

        The share of an industry is v L: value it creates anywhere along the chain, however often it crosses borders
        (the matrix VB of Koopman, Wang and Wei 2014). Duties count where they are collected.
        """
        made = self.leontief[:, self.industry(region, sector)]
        return (self.direct_value * made + self._export_taxes @ made).reshape(self.shape)

    @cached_property
    def content(self) -> np.ndarray:
        """Share of each region in the value of each product [origin, region, sector]; they sum to one over origins.

        A flow takes the content of what its exporter makes: `content[USA, CAN, motor_vehicles]` is the US content of
        Canadian cars, whoever buys them. Source: see `content_by_industry`.
        """
        created = self.direct_value[:, None] * self.leontief + self._export_taxes @ self.leontief
        return created.reshape(*self.shape, self.size).sum(axis=1).reshape(self.shape[0], *self.shape)

    @cached_property
    def exports(self) -> np.ndarray:
        """Sales abroad at basic prices [region, sector], million USD."""
        sales = self.baseline.arrays["trade"].sum(axis=3)
        return sales.sum(axis=0) - np.einsum("nnj->nj", sales)

    @cached_property
    def domestic_value_in_exports(self) -> np.ndarray:
        """The part of a region's GDP that its exports of a sector account for [region, sector], million USD.

        v (I - A_rr)^-1 e: what GDP would lose if the region stopped exporting, the hypothetical extraction of Los,
        Timmer and de Vries (2016). Unlike `content` it counts value that comes home and leaves again once.
        """
        regions, sectors = self.shape
        blocks = self.coefficients.reshape(regions, sectors, regions, sectors)
        at_home = np.einsum("rjrk->rjk", blocks)
        value = self.direct_value.reshape(self.shape)
        per_unit = np.linalg.solve((np.eye(sectors) - at_home).transpose(0, 2, 1), value[..., None])[..., 0]
        return per_unit * self.exports

    # -- how often it crosses a border -----------------------------------------------------------------------------

    def border_crossings(self, between: tuple[str, str] | None = None) -> np.ndarray:
        """How many borders a dollar of a product has crossed before the product leaves its factory [region, sector].

        The mean over all value in the product of the crossings it made as an input: the column sums of A_F L, where A_F
        holds the inputs that cross a border; only that of two regions, either way, when `between` is given. Selling the
        product abroad adds one. The average number of border crossings of Muradov (2016) and Wang, Wei, Yu and Zhu
        (2017).
        """
        crosses = ~np.eye(self.shape[0], dtype=bool)
        if between is not None:
            one, two = (self.baseline.index("region", region) for region in between)
            crosses = np.zeros_like(crosses)
            crosses[one, two] = crosses[two, one] = one != two
        at_border = self.coefficients * np.kron(crosses, np.ones((self.shape[1], self.shape[1])))
        return (at_border.sum(axis=0) @ self.leontief).reshape(self.shape)

    # -- who bears a duty ------------------------------------------------------------------------------------------

    def cost_exposure(self, tariff_change: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Rise of each industry's unit cost from a change of tariffs: on its own inputs, and along the chain.

        `tariff_change` [importer, exporter, sector, use], points of the border value (0.25: 25 points). Returns the two
        [region, sector], fractions of unit cost, with sourcing unchanged and every cost passed on in full: the Leontief
        price model (Miller and Blair 2009, section 2.6). In equilibrium buyers turn elsewhere.
        """
        direct = self._per_output(self._by_industry(self.baseline.border_value * tariff_change)).sum(axis=0)
        at_prices_paid = self._per_output(self._by_industry(self.baseline.expenditure))
        total = np.linalg.solve((np.eye(self.size) - at_prices_paid).T, direct)
        return direct.reshape(self.shape), total.reshape(self.shape)


def nominal_protection(baseline: Baseline, tariff: np.ndarray | None = None) -> np.ndarray:
    """Average tariff on imports of each product [region, sector], fraction; 0 where none is imported."""
    abroad = ~np.eye(len(baseline.regions), dtype=bool)[..., None, None]
    border = baseline.border_value * abroad
    imports = border.sum(axis=(1, 3))
    duties = (border * (baseline.arrays["tariff"] if tariff is None else tariff)).sum(axis=(1, 3))
    return np.divide(duties, imports, out=np.zeros_like(imports), where=imports > 0)


def effective_protection(baseline: Baseline, tariff: np.ndarray | None = None) -> np.ndarray:
    """Effective rate of protection [region, sector]: how much tariffs raise value added per unit above free trade.

    (t_k - sum_j a_jk t_j) / (1 - sum_j a_jk), with the average import tariff t of each product on outputs and inputs
    alike (as if home and foreign goods were the same), and input shares a at free-trade prices, found from the
    baseline's by taking its tariffs out. Inputs that are not imported count as inputs with no tariff. `tariff`
    [importer, exporter, sector, use] replaces the baseline's. NaN where value added at free-trade prices is not
    positive. Corden (1966), "The structure of a tariff system and the effective protective rate".
    """
    today = 1 + nominal_protection(baseline)
    shares = baseline.input_coefficient * today[:, None, :] / today[:, :, None]  # [region, sector, using_sector]
    rate = nominal_protection(baseline, tariff)
    value_added = 1 - shares.sum(axis=1)
    gain = rate - (shares * rate[:, :, None]).sum(axis=1)
    return np.divide(gain, value_added, out=np.full_like(gain, np.nan), where=value_added > 0)


def trace(
    chains: SupplyChains, product: str, exporter: str, importer: str, rate: float, top: int = 10
) -> dict[str, Any]:
    """The chain behind one flow, as plain numbers ready for JSON: value, content, crossings, protection, exposure.

    Values in million USD a year at the border, the rest fractions. `content` is by region and `suppliers` by industry,
    the `top` largest; `exposed` are the importer's industries whose cost rises most when the importer adds a duty of
    `rate` on the flow. Raises `InputError` for unknown labels.
    """
    b = chains.baseline
    n, i, j = b.index("importer", importer), b.index("exporter", exporter), b.index("sector", product)
    if n == i:
        raise InputError(f"The flow must cross a border; both its exporter and its importer are {exporter}.")
    border = b.border_value[n, i, j]
    duty = np.zeros_like(b.border_value)
    duty[n, i, j] = rate
    direct, total = chains.cost_exposure(duty)
    origin = chains.content_by_industry(exporter, product)
    final = float(border[b.buyer_class[-1]])
    duties = float((border * b.arrays["tariff"][n, i, j]).sum())
    effective = float(effective_protection(b)[n, j])
    return {
        "product": product,
        "exporter": exporter,
        "importer": importer,
        "value": float(border.sum()),
        "value_to_final_demand": final,
        "tariff": duties / float(border.sum()) if border.sum() > 0 else 0.0,
        "content": [
            {"origin": b.regions[r], "share": float(chains.content[r, i, j])}
            for r in np.argsort(-chains.content[:, i, j])[:top]
        ],
        "suppliers": [
            {"region": b.regions[r], "sector": b.sectors[k], "share": float(origin[r, k])}
            for r, k in (divmod(int(cell), len(b.sectors)) for cell in np.argsort(-origin, axis=None)[:top])
        ],
        "border_crossings": float(chains.border_crossings()[i, j]),
        "border_crossings_between": float(chains.border_crossings((exporter, importer))[i, j]),
        "nominal_protection": float(nominal_protection(b)[n, j]),
        "effective_protection": None if np.isnan(effective) else effective,
        "rate": rate,
        "exposed": [
            {"sector": b.sectors[k], "direct": float(direct[n, k]), "total": float(total[n, k])}
            for k in np.argsort(-total[n])[:top]
        ],
    }
