"""An `PayoffModel` that counts the equilibria it is asked for, says how far a job is, and lets it be stopped."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from detente.talks.bargaining import Deal
from detente.talks.payoff_model import PayoffModel
from detente.web.jobs import Job

#: Equilibria after which two thirds of a stage are taken to be done; nobody knows how many it will need.
TYPICAL = 60


class Watched(PayoffModel):
    """An payoff_model whose `job` hears of every equilibrium that is asked for."""

    def __init__(self, job: Job, *given: Any) -> None:
        self.job = job
        super().__init__(*given)

    def see(self, *given: Any, **options: Any) -> Any:
        """As `PayoffModel.see`."""
        self._step()
        return super().see(*given, **options)

    def features(self, *given: Any, **options: Any) -> Any:
        """As `PayoffModel.features`."""
        self._step()
        return super().features(*given, **options)

    def point(self, *given: Any, **options: Any) -> Any:
        """As `PayoffModel.point`."""
        self._step()
        return super().point(*given, **options)

    def _step(self) -> None:
        job = self.job
        job.step()
        low, high, before = job.span
        job.tell(job.stage, low + (high - low) * (1 - math.exp(-(job.solved - before) / TYPICAL)))


def watched(deal: Deal) -> Watched:
    """The payoff_model behind a deal."""
    return cast(Watched, deal.negotiation.payoff_model)


@contextmanager
def stage(job: Job, name: str, low: float, high: float) -> Iterator[None]:
    """A stage of a job, from one share of its work to another."""
    job.span = (low, high, job.solved)
    job.tell(name, low)
    yield
    job.tell(name, high)
