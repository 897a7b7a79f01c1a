"""The model a second time, slowly: NumPy, loops, levels. Only what the papers say is used, nothing from the engine.

Caliendo and Parro (2015), equations 10 to 14, with use classes, export taxes e, subsidies s, labour that follows wages (Galle,
Rodriguez-Clare and Yi 2023) down to a floor, labour supply (w/P)^phi, capital that does the same or is saved for, natural
resources that stay, and baskets of final goods and of inputs with a constant elasticity. Baseline prices, wages, rentals and
unit costs are one.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.optimize import root

from detente.accounts import Baseline
from detente.economy import Policy

A = np.ndarray


class SecondModel(NamedTuple):
    """What the equations need to know."""

    baseline: Baseline
    policy: Policy
    theta: A
    rigidity: float = 0.0
    labour_supply: float = 0.0
    pooling: float = 0.0
    wage_floor: float = 0.0
    labour: A | None = None  # shares of value added [n, j]; None: all of it
    capital: A | None = None
    investment: A | None = None  # weights of products in the price of investment goods [n, j]
    capital_rigidity: float = 0.0
    accumulation: float = 0.0
    demand_elasticity: float = 1.0
    input_elasticity: float = 1.0

    def basket(self, share: A, price: A, elasticity: float) -> tuple[float, A]:
        """Price of a basket of products [k] and what part of it is spent on each, at a constant elasticity."""
        if elasticity == 1:
            return float(np.prod(price**share)), share
        index = (share * price ** (1 - elasticity)).sum() ** (1 / (1 - elasticity))
        return float(index), share * (price / index) ** (1 - elasticity)

    def inputs(self, n: int, j: int, price: A) -> tuple[float, A]:
        """Price of the inputs of producers of j in n, and cost shares of products [k], given what they pay [k]."""
        coefficient = self.baseline.input_coefficient[n, :, j]
        if not (whole := coefficient.sum()):
            return 1.0, coefficient
        index, share = self.basket(coefficient / whole, price, self.input_elasticity)
        return index**whole, whole * share

    def price_index(self, price: A) -> A:
        """The consumer price index [n], given prices of final goods [n, k]."""
        share = self.baseline.final_share
        return np.array([self.basket(a, p, self.demand_elasticity)[0] for a, p in zip(share, price, strict=True)])

    def wages(self, value_added: A, price_index: A) -> tuple[A, A]:
        """Sector wages and labour input [n, j], from what each sector pays for labour and the price index."""
        before = self.baseline.value_added
        share = np.ones(before.shape) if self.labour is None else self.labour
        wage, labour = np.ones(before.shape), np.ones(before.shape)
        for n in range(len(before)):
            growth = (share[n] * value_added[n]).sum() / (share[n] * before[n]).sum()
            # mean wage times labour is the wage bill, and labour is (w/P)^phi
            mean_wage = (growth * price_index[n] ** self.labour_supply) ** (1 / (1 + self.labour_supply))
            for j in range(before.shape[1]):
                if before[n, j] == 0:
                    continue  # nobody works there
                relative = value_added[n, j] / before[n, j] / growth
                wage[n, j] = max(mean_wage * relative**self.rigidity, self.wage_floor)
                labour[n, j] = value_added[n, j] / before[n, j] / wage[n, j]
        return wage, labour

    def rentals(self, value_added: A, investment_price: A) -> tuple[A, A]:
        """Sector rentals [n, j] and the stock of capital [n], from what each sector pays for capital."""
        before, share = self.baseline.value_added, self.capital
        rental, stock = np.ones(before.shape), np.ones(len(before))
        for n in range(len(before)):
            if share is None or not (share[n] * before[n]).sum():
                continue
            growth = (share[n] * value_added[n]).sum() / (share[n] * before[n]).sum()
            # between a stock that stays and one that grows until its return buys as many investment goods as before
            mean = growth ** (1 - self.accumulation) * investment_price[n] ** self.accumulation
            stock[n] = growth / mean
            for j in range(before.shape[1]):
                if before[n, j]:
                    rental[n, j] = mean * (value_added[n, j] / before[n, j] / growth) ** self.capital_rigidity
        return rental, stock

    def factor_cost(self, value_added: A, wage: A, investment_price: A) -> A:
        """What a unit of value added costs in each sector [n, j]."""
        if self.labour is None or self.capital is None:
            return wage
        rental, _ = self.rentals(value_added, investment_price)
        cost, before = np.ones(wage.shape), self.baseline.value_added
        for n, j in np.ndindex(*wage.shape):
            resource = 1 - self.labour[n, j] - self.capital[n, j]
            stays = value_added[n, j] / before[n, j] if before[n, j] else 1.0
            cost[n, j] = wage[n, j] ** self.labour[n, j] * rental[n, j] ** self.capital[n, j] * stays**resource
        return cost

    def prices(self, value_added: A) -> tuple[A, A, A, A]:
        """Unit costs [i, j], prices [n, j, u], sector wages and labour [n, j]: iterated until they repeat."""
        b, policy = self.baseline, self.policy
        share, tariff = b.expenditure_share, np.asarray(policy.tariff)
        regions, sectors, uses = len(b.regions), len(b.sectors), len(b.uses)
        kappa = (
            np.asarray(policy.trade_cost)
            * (1 + tariff)
            / (1 + b.tariff)
            * ((1 + np.asarray(policy.export_tax)) / (1 + b.export_tax))[..., None]
        )
        cost = np.ones((regions, sectors))
        price = np.ones((regions, sectors, uses))
        final = b.buyer_class[-1]
        for _ in range(5000):
            last = np.log(price), np.log(cost)
            index = self.price_index(price[:, :, final])
            wage, labour = self.wages(value_added, index)
            basket = b.final_share if self.investment is None else self.investment
            factor_cost = self.factor_cost(value_added, wage, np.prod(price[:, :, final] ** basket, axis=1))
            for n in range(regions):
                for j in range(sectors):
                    inputs, _ = self.inputs(n, j, price[n, :, b.buyer_class[j]])
                    cost[n, j] = factor_cost[n, j] ** b.value_added_share[n, j] * inputs * (1 - policy.subsidy[n, j])
            for n in range(regions):
                for j in range(sectors):
                    for u in range(uses):
                        offers = share[n, :, j, u] * (kappa[n, :, j, u] * cost[:, j]) ** -self.theta[j]
                        if offers.sum() > 0:
                            price[n, j, u] = offers.sum() ** (-1 / self.theta[j])
            if max(np.abs(np.log(price) - last[0]).max(), np.abs(np.log(cost) - last[1]).max()) < 1e-15:
                break
        return cost, price, wage, labour

    def gaps(self, output: A, income: A) -> tuple[A, A, dict[str, A]]:
        """Excess supply of each product [i, j] and budget gap [n], money, at outputs and incomes; and all the rest."""
        b, policy = self.baseline, self.policy
        tariff, export_tax = np.asarray(policy.tariff), np.asarray(policy.export_tax)
        subsidy = np.asarray(policy.subsidy)
        regions, sectors, uses = len(b.regions), len(b.sectors), len(b.uses)
        paid = output / (1 - subsidy)
        value_added = b.value_added_share * paid
        cost, price, wage, labour = self.prices(value_added)
        share = b.expenditure_share
        final = b.buyer_class[-1]
        spending = np.zeros((regions, sectors, uses))
        for n in range(regions):
            for k in range(sectors):
                _, part = self.inputs(n, k, price[n, :, b.buyer_class[k]])
                spending[n, :, b.buyer_class[k]] += part * paid[n, k]
            _, part = self.basket(b.final_share[n], price[n, :, final], self.demand_elasticity)
            spending[n, :, final] += part * income[n]
        trade = np.zeros(share.shape)
        for n in range(regions):
            for i in range(regions):
                for j in range(sectors):
                    for u in range(uses):
                        kappa = policy.trade_cost[n, i, j, u] * (1 + tariff[n, i, j, u]) / (1 + b.tariff[n, i, j, u])
                        kappa *= (1 + export_tax[n, i, j]) / (1 + b.export_tax[n, i, j])
                        now = share[n, i, j, u] * (kappa * cost[i, j] / price[n, j, u]) ** -self.theta[j]
                        trade[n, i, j, u] = (
                            now * spending[n, j, u] / (1 + tariff[n, i, j, u]) / (1 + export_tax[n, i, j])
                        )
        border = trade * (1 + export_tax)[..., None]
        tariff_revenue = (tariff * border).sum(axis=(1, 2, 3))
        export_tax_revenue = (border - trade).sum(axis=(0, 2, 3))
        at_home = value_added.sum(axis=1) + tariff_revenue + export_tax_revenue - (subsidy * paid).sum(axis=1)
        earned = at_home + b.deficit
        if self.pooling:  # a part of what each region would spend is its old share of what the world earns
            of_the_world = b.income / b.income.sum() * at_home.sum()
            earned = (1 - self.pooling) * earned + self.pooling * of_the_world
        index = self.price_index(price[:, :, final])
        rest = {
            "trade": trade,
            "border_value": border,
            "duties": tariff * border,
            "unit_cost": cost,
            "price": price,
            "sector_wage": wage,
            "employment": labour,
            "price_index": index,
            "value_added": value_added,
            "tariff_revenue": tariff_revenue,
            "export_tax_revenue": export_tax_revenue,
        }
        return trade.sum(axis=(0, 3)) - output, earned - income, rest

    def solve(self) -> tuple[A, A, dict[str, A]]:
        """Outputs, incomes and all the rest, by a general root finder on the gaps, from the baseline."""
        b = self.baseline
        made = b.output > 0
        size = int(made.sum())

        def levels(unknown: A) -> tuple[A, A]:
            output = np.zeros(b.output.shape)
            output[made] = b.output[made] * np.exp(unknown[:size])
            return output, b.income * np.exp(unknown[size:])

        def relative_gaps(unknown: A) -> A:
            output, income = levels(unknown)
            products, budgets, rest = self.gaps(output, income)
            found = np.concatenate([products[made] / b.output[made], budgets / b.income])
            found[0] = rest["value_added"].sum() / b.value_added.sum() - 1  # Walras' law frees one equation: numeraire
            return found

        found = root(relative_gaps, np.zeros(size + len(b.regions)), tol=1e-13)
        assert np.abs(found.fun).max() < 1e-9, found.message
        output, income = levels(found.x)
        return output, income, self.gaps(output, income)[2]
