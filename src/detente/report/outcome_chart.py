"""One outcome as a bar chart: what `Result.plot` gives, to be shown in a notebook or saved."""

from __future__ import annotations

from typing import cast

import altair as alt
import numpy as np
import pandas as pd
import xarray as xr

from detente.economy.labelled_outcomes import EXTRA, LabelledOutcomes
from detente.errors import InputError
from detente.report import palette


def chart(outcomes: LabelledOutcomes, outcome: str, region: str | None = None) -> alt.Chart | alt.LayerChart:
    """Bars by region or, for a `region`, by sector, losses and gains in the report's colours, the unit on the axis."""
    if outcome not in outcomes.dataset:
        raise InputError(f"Unknown outcome {outcome!r}; choose one of {', '.join(map(str, outcomes.dataset))}.")
    array = outcomes.dataset[outcome]
    ranged, several = "bound" in array.dims, "scenario" in array.dims
    wanted = {"region"} if region is None else {"region", "sector"}
    if set(array.dims) - {*EXTRA} != wanted:
        how = "name a region" if "sector" in array.dims and region is None else "leave the region out"
        raise InputError(f"{outcome} is by {' and '.join(map(str, array.dims))}: {how}, or use to_frame.")
    if region is not None:
        if region not in array["region"].values:
            raise InputError(f"Unknown region {region!r}; there is {', '.join(array['region'].values)}.")
        array = array.sel(region=region)
    label = "region" if region is None else "sector"
    units, place = array.attrs.get("units", ""), "" if region is None else f", {region}"
    frame = _frame(array, ranged).reset_index().dropna(subset=["value"])
    frame["colour"] = np.where(frame["value"] > 0, palette.MORE, palette.LESS)
    drawn = alt.Chart(frame, title=f"{array.attrs.get('long_name', outcome)}{place}")
    y: dict[str, alt.Y | alt.YOffset] = {"y": alt.Y(f"{label}:N", sort=_order(frame, label), title=None)}
    if several:
        y["yOffset"] = alt.YOffset("scenario:N")
    colour = alt.Color("scenario:N", title=None) if several else alt.Color("colour:N", scale=None)
    tooltip = [*(["scenario"] if several else []), label, "value", *(["low", "high"] if ranged else [])]
    bars = drawn.mark_bar().encode(x=alt.X("value:Q", title=units), color=colour, tooltip=tooltip, **y)
    if not ranged:
        return bars
    lines = drawn.mark_rule(color=palette.INK).encode(x="low:Q", x2="high:Q", **y)
    return cast(alt.LayerChart, alt.layer(bars, lines))  # facets are for facetted charts alone


def _frame(array: xr.DataArray, ranged: bool) -> pd.DataFrame:
    """The numbers as `value`, with `low` and `high` where there is a range."""
    if not ranged:
        return array.to_dataframe(name="value")[["value"]]
    ends = array.to_dataset("bound").to_dataframe()
    return ends.rename(columns={"central": "value"})[["value", "low", "high"]]


def _order(frame: pd.DataFrame, label: str) -> list[str]:
    """Labels from the largest gain to the largest loss."""
    means = frame.groupby(label, sort=False)["value"].mean()
    return [str(name) for name in means.sort_values(ascending=False).index]
