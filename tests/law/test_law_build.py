"""What ships is what the pipeline makes of the sources."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from detente.law import build_lists, build_weights, published_averages


@pytest.mark.sources
@pytest.mark.slow
def test_lists_and_tables_are_made_again_alike(sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped_lists, shipped_data = build_lists.LISTS, build_weights.DATA
    monkeypatch.setattr(build_lists, "LISTS", tmp_path)
    monkeypatch.setattr(build_weights, "DATA", tmp_path)
    build_lists.build_lists(sources)
    build_weights.build_weights(sources)
    for file in shipped_lists.glob("*.csv"):
        assert (tmp_path / file.name).read_text(encoding="utf-8") == file.read_text(encoding="utf-8")
    for file in shipped_data.glob("*.parquet"):
        pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / file.name), pd.read_parquet(file))


@pytest.mark.sources
def test_every_large_gap_to_the_published_averages_is_explained(sources: Path) -> None:
    table = published_averages.compare(sources)
    large = table[table["gap"].abs() > published_averages.LARGE]
    assert len(table) == 414 and (large["reason"] != "").all()
    settled = table[table["date"] >= published_averages.SETTLED]
    assert settled["gap"].abs().mean() < 1.0
    assert "mean absolute gap" in published_averages.report(table)
    assert not any("seem" in reason.text or "as if" in reason.text for reason in published_averages.REASONS)
