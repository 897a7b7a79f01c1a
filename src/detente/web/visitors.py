"""Who asks, and how much each had of late: by address, which a visitor cannot choose, and within it by browser tab."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: Seconds after which half of what somebody had is forgotten.
HALF_LIFE = 60.0
MOST_REMEMBERED = 10_000


@dataclass(frozen=True)
class Visitor:
    """`address`: as `counted` writes it; `client`: what a tab calls itself, which anybody may make up."""

    address: str
    client: str = ""

    @classmethod
    def of(cls, scope: Mapping[str, Any]) -> Visitor:
        """The visitor of an ASGI request."""
        client = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"x-client"), "")
        return cls(counted(scope.get("client")), client[:40])


def counted(peer: Any) -> str:
    """The address that a connection is counted under: of IPv6 the network, since one house has 2^64 addresses of it."""
    host = str(peer[0]) if peer else "?"
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False).network_address)
    return str(address)


class Usage:
    """Seconds of work that visitors had, half of it forgotten every minute. Whoever had least comes first."""

    def __init__(self) -> None:
        self._had: dict[str | Visitor, tuple[float, float]] = {}

    def add(self, visitor: Visitor, seconds: float) -> None:
        """Count `seconds` of work for a visitor."""
        now = time.monotonic()
        if len(self._had) > MOST_REMEMBERED:
            self._had = {who: kept for who, kept in self._had.items() if now - kept[1] < HALF_LIFE}
        for who in (visitor.address, visitor):
            self._had[who] = (self._of(who, now) + seconds, now)

    def rank(self, visitor: Visitor) -> tuple[float, float]:
        """What the visitor's address had, and what the visitor had: the lower, the sooner it is served."""
        now = time.monotonic()
        return self._of(visitor.address, now), self._of(visitor, now)

    def _of(self, who: str | Visitor, now: float) -> float:
        had, when = self._had.get(who, (0.0, now))
        return had * 0.5 ** ((now - when) / HALF_LIFE)
