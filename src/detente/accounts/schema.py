"""What a `Baseline` holds: every variable with its dimensions, unit and meaning, in one table.

The same table drives validation, the file's attributes, exports and the documentation.
"""

from __future__ import annotations

from dataclasses import dataclass

#: Dimensions, in the order used everywhere. `importer`, `exporter` and `region` carry the same labels.
DIMENSIONS = {
    "region": "economy (ISO 3166 alpha-3; EUR: rest of the European Union, ROW: rest of the world)",
    "importer": "economy that buys",
    "exporter": "economy that sells",
    "sector": "industry and its product",
    "using_sector": "industry that buys inputs",
    "use": "use class: a group of buyers that share one sourcing pattern",
    "fifth": "fifth of households by income, the poorest first",
}

#: Labels of the fifths of households, in every baseline.
FIFTHS = ("1", "2", "3", "4", "5")


@dataclass(frozen=True)
class Variable:
    """One variable of a baseline: dimensions, unit, meaning, and the value to assume when it is absent."""

    dims: tuple[str, ...]
    units: str
    description: str
    default: float | None = None  # None: required
    signed: bool = False


#: What an absent number holds where no value can be taken for granted.
UNKNOWN = float("nan")

VARIABLES: dict[str, Variable] = {
    "trade": Variable(
        ("importer", "exporter", "sector", "use"),
        "million USD a year",
        "sales at the exporter's basic price, net of export taxes and import duties, own sales on the diagonal",
    ),
    "tariff": Variable(
        ("importer", "exporter", "sector", "use"),
        "fraction of the value at the border (0.25 is 25 percent)",
        "applied import tariff",
        0.0,
    ),
    "export_tax": Variable(
        ("importer", "exporter", "sector"), "fraction of the basic price", "applied export tax", 0.0
    ),
    "output": Variable(("region", "sector"), "million USD a year", "gross output at basic prices"),
    "value_added": Variable(
        ("region", "sector"), "million USD a year", "value added, including net taxes on production and products"
    ),
    "input_expenditure": Variable(
        ("region", "sector", "using_sector"),
        "million USD a year",
        "spending of a using sector on inputs of a sector, all origins, duties included",
    ),
    "final_expenditure": Variable(
        ("region", "sector"), "million USD a year", "final spending (consumption and investment), duties included"
    ),
    "deficit": Variable(
        ("region",), "million USD a year", "trade deficit: imports less exports at border values", signed=True
    ),
    "employment": Variable(
        ("region", "sector"), "thousand jobs", "payroll jobs: employees, without the self-employed", UNKNOWN
    ),
    "employment_total": Variable(
        ("region", "sector"), "thousand jobs", "all jobs: employees, self-employed and proprietors", UNKNOWN
    ),
    "labour_share": Variable(
        ("region", "sector"), "fraction of value added", "share of labour, the self-employed included", UNKNOWN
    ),
    "capital_share": Variable(("region", "sector"), "fraction of value added", "share of capital", UNKNOWN),
    "resource_share": Variable(
        ("region", "sector"), "fraction of value added", "share of natural resources: land, deposits, forests", UNKNOWN
    ),
    "investment_share": Variable(
        ("region", "sector"), "fraction of final spending on the product", "share of fixed investment", UNKNOWN
    ),
    "household_spending": Variable(
        ("region", "sector", "fifth"),
        "USD a household a year",
        "what a household spends on a product, by fifth of income, at basic prices with duties; trade and transport "
        "margins are spending on trade and transport",
        UNKNOWN,
    ),
    "trade_elasticity": Variable(
        ("sector",), "1", "trade elasticity theta: percent fall of imports' relative share for one percent higher cost"
    ),
}
