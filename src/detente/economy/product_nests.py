"""Products inside a sector: how one importer's spending on a sector moves between suppliers who sell different goods.

A sector is an aggregate. Where China sells toys and Canada newsprint, a duty on one does not send buyers to the other. Here a
sector is a bundle of products (Cobb-Douglas: the share of each in spending is held), home and imports of a product substitute
with the macro elasticity, and imports from different origins with the trade elasticity of the sector (Feenstra, Luck, Obstfeld
and Russ 2018, equations 2 to 4). Costs and the sector's spending are those of the equilibrium of sectors: wages and prices are
not solved for again, so that the answer is exact in the sector's total and of first order between suppliers.
"""

from __future__ import annotations

from typing import NamedTuple

from detente import _runtime  # noqa: F401  (sets JAX up)

# isort: split
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from detente.errors import InputError


class ProductNests(NamedTuple):
    """Spending of one importer by product and supplier.

    `sector` [product], position of the product's sector; `spending` [product, supplier], money, duties paid, home sales in the
    column `home`; `sectors`, how many there are. Sectors without products are left as they are.
    """

    sector: np.ndarray
    spending: np.ndarray
    home: int
    sectors: int

    @classmethod
    def of(cls, sector: ArrayLike, spending: ArrayLike, home: int, sectors: int) -> ProductNests:
        """Checked nests. Raises `InputError` for negative or missing spending and shapes that do not fit."""
        where, money = np.asarray(sector, dtype=int), np.asarray(spending, dtype=float)
        if money.ndim != 2 or where.shape != money.shape[:1] or not 0 <= home < money.shape[1]:
            raise InputError(
                f"Products need a sector each and spending by product and supplier; got shapes {where.shape}, {money.shape}."
            )
        if not np.isfinite(money).all() or (money < 0).any() or (money.sum(axis=1) <= 0).any():
            raise InputError("Every product needs spending that is a number, not negative, and not zero in all.")
        return cls(where, money, home, sectors)

    def reallocate(
        self, ratio: ArrayLike, total: ArrayLike, *, macro: ArrayLike = 1.0, uneven: ArrayLike | None = None
    ) -> Array:
        """Spending over that of the baseline [supplier, sector], once buyers choose suppliers product by product.

        `ratio` [supplier, sector]: the same from the equilibrium of sectors; `total` [sector]: the sector's spending over that
        of the baseline. `macro`: elasticity between home and imports over that between origins (1: one tier). `uneven`
        [product, supplier]: factor on a supplier's attraction where its duty on the product differs from its sector's,
        ((1 + duty of the product) / (1 + duty of the sector)) to the minus trade elasticity.
        """
        ratio, total = jnp.asarray(ratio), jnp.asarray(total)
        attraction = ratio.T[self.sector] * (1.0 if uneven is None else jnp.asarray(uneven))  # [product, supplier]
        own = self.spending / self.spending.sum(axis=1, keepdims=True)
        foreign = np.arange(own.shape[1]) != self.home
        imported = np.where(foreign, own, 0.0).sum(axis=1)
        bought = imported > 0
        mean = jnp.where(bought, (own * foreign * attraction).sum(axis=1) / np.where(bought, imported, 1.0), 1.0)
        abroad = imported * mean**macro
        at_home = own[:, self.home] * attraction[:, self.home] ** macro
        factor = attraction * (mean ** (jnp.asarray(macro) - 1.0))[:, None]
        factor = factor.at[:, self.home].set(attraction[:, self.home] ** macro)
        found = self._by_sector(factor / (abroad + at_home)[:, None] * self._mix())
        return jnp.where(self._held().T, found.T * total, ratio)

    def _mix(self) -> np.ndarray:
        """Share of each product in what a supplier sells in the product's sector [product, supplier]."""
        sold = np.zeros((self.sectors, self.spending.shape[1]))
        np.add.at(sold, self.sector, self.spending)
        sold = sold[self.sector]
        return np.divide(self.spending, sold, out=np.zeros_like(sold), where=sold > 0)

    def _held(self) -> np.ndarray:
        """Where a supplier sells products [sector, supplier]."""
        sold = np.zeros((self.sectors, self.spending.shape[1]))
        np.add.at(sold, self.sector, self.spending)
        return sold > 0

    def _by_sector(self, values: Array) -> Array:
        return jax.ops.segment_sum(values, jnp.asarray(self.sector), self.sectors)
