"""A few kills on every run; `python -m tests.kill --kills 200` for many."""

from __future__ import annotations

import pytest

pytest.importorskip("fastapi", reason="the page needs the extra [web]")

from tests.kill.siege import Siege
from tests.postgres import MissingError, running


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_nothing_that_was_acknowledged_is_lost_when_the_server_is_killed(kind: str, tmp_path):
    if kind == "sqlite":
        found = Siege(f"sqlite:///{tmp_path}/kept.db", kills=4, seed=1).run()
    else:
        try:
            with running(tmp_path) as url:
                found = Siege(url, kills=4, seed=1).run()
        except MissingError as missing:
            pytest.skip(str(missing))
    assert (found.kills, found.lost, found.faults) == (4, [], [])
    assert found.kept >= len(found.acknowledged) >= 4
