"""Stage 12, grades: how each number of the world was obtained, from what each stage knows (see `detente.accounts.grades`)."""

from __future__ import annotations

import numpy as np

from detente.accounts.build.customs import US_PARTNERS
from detente.accounts.build.tariffs import US_PARTNERS as US_DUTY_PARTNERS
from detente.accounts.build.vocabulary import GOODS, GROUP_OF, SECTORS, J, N, R, S, table
from detente.accounts.grades import Grade, joined
from detente.accounts.schema import FIFTHS

MEASURED, SCALED, MODELLED, ASSUMED = Grade.MEASURED, Grade.SCALED, Grade.MODELLED, Grade.ASSUMED

#: Whether a sector is a line of its source of home sales by itself.
ALONE = np.bincount(GROUP_OF)[GROUP_OF] == 1


def grades(trade: np.ndarray, us_undivided: np.ndarray) -> dict[str, np.ndarray]:
    """Grades of every variable but jobs.

    `trade` [importer, exporter, sector] weighs flows that are added up; `us_undivided` [sector]: US sectors whose output and
    value added are published as they are.
    """
    flows = trade_grades()
    sold = np.moveaxis(trade, 1, 0)  # [exporter, importer, sector]
    output = joined(_parts(np.moveaxis(flows, 1, 0), sold, axis=1))
    published = np.where(us_undivided, MEASURED, SCALED)
    output[R["USA"]] = published
    added = _region(MODELLED)
    added[R["USA"]] = published
    bought = _parts(flows, trade, axis=1)
    final = np.maximum(joined(bought), MODELLED)
    factors = _region(ASSUMED, USA=SCALED, CAN=MODELLED)
    resource = np.where(np.isin(SECTORS, ("oil_gas", "mining", "agriculture")), ASSUMED, factors)
    households = np.full((N, J, len(FIFTHS)), Grade.NOT_STATED)
    households[R["USA"]], households[R["CAN"]] = SCALED, MODELLED
    return {
        "trade": flows,
        "tariff": tariff_grades(),
        "export_tax": np.full((N, N, J), ASSUMED),
        "output": output,
        "value_added": added,
        "input_expenditure": np.full((N, J, J), MODELLED),
        "final_expenditure": final,
        "deficit": np.where(np.arange(N) == R["USA"], MEASURED, SCALED),
        "employment_total": _region(Grade.NOT_STATED, USA=SCALED),
        "labour_share": factors,
        "capital_share": resource,
        "resource_share": resource,
        "investment_share": _region(MODELLED, USA=SCALED),
        "household_spending": households,
        "trade_elasticity": np.where(GOODS & (np.array(SECTORS) != "electricity"), MODELLED, ASSUMED),
    }


def trade_grades() -> np.ndarray:
    """Grades of flows [importer, exporter, sector]."""
    found = np.full((N, N, J), MODELLED)
    usa, canada = R["USA"], R["CAN"]
    found[:, canada, GOODS] = SCALED  # Canadian customs by product and by destination
    found[[R[region] for region in US_PARTNERS.values()], usa] = np.where(GOODS, SCALED, MODELLED)
    found[canada] = np.where(GOODS, SCALED, MODELLED)
    found[usa] = np.where(GOODS, MEASURED, SCALED)
    own = np.arange(N)
    found[own, own] = np.where(ALONE, SCALED, MODELLED)
    found[usa, usa] = SCALED
    found[canada, canada, [S[sector] for row in table("canada_sales.csv") for sector in row["sectors"].split()]] = (
        SCALED
    )
    return found


def tariff_grades() -> np.ndarray:
    """Grades of tariffs [importer, exporter, sector]: services bear none, which is known."""
    found = np.full((N, N, J), SCALED)
    found[..., S["dairy"]] = ASSUMED
    found[..., [S["motor_vehicles"], S["motor_vehicle_parts"]]] = MODELLED
    shown = [R[region] for regions in US_DUTY_PARTNERS.values() for region in regions]
    found[R["USA"]] = SCALED  # the average of the partners that the file joins
    found[R["USA"], shown] = MEASURED
    found[..., ~GOODS] = MEASURED
    found[np.arange(N), np.arange(N)] = MEASURED
    return found


def _parts(grade: np.ndarray, value: np.ndarray, axis: int) -> dict[Grade, np.ndarray]:
    return {known: np.where(grade == known, value, 0.0).sum(axis=axis) for known in Grade}


def _region(otherwise: Grade, **of_region: Grade) -> np.ndarray:
    found = np.full((N, J), otherwise)
    for region, grade in of_region.items():
        found[R[region]] = grade
    return found
