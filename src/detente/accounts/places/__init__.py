"""States and provinces: where each sector works and earns, and results carried to them."""

from detente.accounts.places.outcomes import PlaceOutcomes, by_place
from detente.accounts.places.places import Places, load

__all__ = ["PlaceOutcomes", "Places", "by_place", "load"]
