"""How long the economy has had to adjust: named sets of labour and trade-elasticity parameters, with their sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from detente.errors import InputError


@dataclass(frozen=True)
class Horizon:
    """`rigidity` x of labour between sectors (0 mobile, 1 specific), `elasticity_factor` on the long-run trade elasticities,
    `labour_supply` elasticity of total labour to the real wage, and where the values come from. `capital_rigidity` and
    `accumulation` act where capital is a factor: how far it stays in its sector, and whether saving makes more of it. `ranges`:
    the lowest and the highest value of each that the evidence allows.

    Example:
        >>> import detente as dt
        >>> two_years = dt.Horizon("two years", rigidity=0.7, elasticity_factor=0.5, labour_supply=0.0, source="assumed")
        >>> dt.calibrate(dt.load("toy"), horizon=two_years)
        <Economy: 3 regions, 2 sectors, horizon two years, deficits fixed>
    """

    name: str
    rigidity: float
    elasticity_factor: float
    labour_supply: float
    source: str
    capital_rigidity: float = 0.0
    accumulation: float = 0.0
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def range_of(self, parameter: str) -> tuple[float, float]:
        """Lowest and highest value of a parameter; its value twice where no range is known."""
        value = getattr(self, parameter)
        return self.ranges.get(parameter, (value, value))


_BOEHM = (
    "Boehm, Levchenko and Pandalai-Nayar (2023, AER 113(4)): tariff elasticity of trade 0.76 in the first year, 2.12"
)
_GALLE = "Galle, Rodriguez-Clare and Yi (2023, REStud 90(1)): supply of workers to sectors, kappa between 1.4 and 2.8"

#: Where the `ranges` come from: kappa = 1 / rigidity divides the horizons at its estimates; the year's elasticity over a
#: long-run one of 1.75 to 2.25 (Boehm et al.); medium: assumed, between the others; labour supply: around 0.25.
RANGES_SOURCE = (
    f"{_GALLE}; {_BOEHM}, 1.75 to 2.25 after ten years; Chetty, Guren, Manoli and Weber (2011, AER 101(3)): extensive-margin "
    "elasticity of labour supply around 0.25"
)
_LABOUR_SUPPLY = (0.0, 0.5)

HORIZONS = {
    "short": Horizon(
        "short",
        1.0,
        0.36,
        0.0,
        f"about a year; workers stay in their sector; {_BOEHM} after ten years, ratio 0.36",
        capital_rigidity=1.0,
        ranges={
            "rigidity": (1 / 1.4, 1.0),
            "elasticity_factor": (0.76 / 2.25, 0.76 / 1.75),
            "labour_supply": _LABOUR_SUPPLY,
        },
    ),
    "medium": Horizon(
        "medium",
        0.5,
        0.65,
        0.0,
        f"about three years; {_GALLE}, here 2; trade elasticities between short and long run",
        capital_rigidity=0.5,
        ranges={"rigidity": (1 / 2.8, 1 / 1.4), "elasticity_factor": (0.5, 0.8), "labour_supply": _LABOUR_SUPPLY},
    ),
    "long": Horizon(
        "long",
        0.0,
        1.0,
        0.0,
        "ten years; workers move freely between sectors (Caliendo and Parro 2015)",
        accumulation=1.0,
        ranges={"rigidity": (0.0, 1 / 2.8), "labour_supply": _LABOUR_SUPPLY},
    ),
}


def horizon(name: str) -> Horizon:
    """The horizon called `name`; raises `InputError` naming those that exist."""
    try:
        return HORIZONS[name]
    except KeyError:
        raise InputError(f"Unknown horizon {name!r}; choose one of {', '.join(HORIZONS)}.") from None
