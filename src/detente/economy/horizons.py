"""How long the economy has had to adjust: named sets of labour and trade-elasticity parameters, with their sources."""

from __future__ import annotations

from dataclasses import dataclass

from detente.errors import InputError


@dataclass(frozen=True)
class Horizon:
    """`rigidity` x of labour between sectors (0 mobile, 1 specific), `elasticity_factor` on the long-run trade elasticities,
    `labour_supply` elasticity of total labour to the real wage, and where the values come from.
    """

    name: str
    rigidity: float
    elasticity_factor: float
    labour_supply: float
    source: str


_BOEHM = (
    "Boehm, Levchenko and Pandalai-Nayar (2023, AER 113(4)): tariff elasticity of trade 0.76 in the first year, 2.12"
)
_GALLE = "Galle, Rodriguez-Clare and Yi (2023, REStud 90(1)): supply of workers to sectors, kappa between 1.4 and 2.8"

HORIZONS = {
    "short": Horizon(
        "short", 1.0, 0.36, 0.0, f"about a year; workers stay in their sector; {_BOEHM} after ten years, ratio 0.36"
    ),
    "medium": Horizon(
        "medium", 0.5, 0.65, 0.0, f"about three years; {_GALLE}, here 2; trade elasticities between short and long run"
    ),
    "long": Horizon("long", 0.0, 1.0, 0.0, "ten years; workers move freely between sectors (Caliendo and Parro 2015)"),
}


def horizon(name: str) -> Horizon:
    """The horizon called `name`; raises `InputError` naming those that exist."""
    try:
        return HORIZONS[name]
    except KeyError:
        raise InputError(f"Unknown horizon {name!r}; choose one of {', '.join(HORIZONS)}.") from None
