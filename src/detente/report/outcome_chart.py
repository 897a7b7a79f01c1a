"""One outcome as a bar chart: what `Result.plot` gives, to be shown in a notebook or saved."""

from __future__ import annotations

import altair as alt
import numpy as np

from detente.economy.labelled_outcomes import LabelledOutcomes
from detente.errors import InputError
from detente.report import palette


def chart(outcomes: LabelledOutcomes, outcome: str, region: str | None = None) -> alt.Chart:
    """Bars by region or, for a `region`, by sector, losses and gains in the report's colours, the unit on the axis."""
    if outcome not in outcomes.dataset:
        raise InputError(f"Unknown outcome {outcome!r}; choose one of {', '.join(map(str, outcomes.dataset))}.")
    array = outcomes.dataset[outcome]
    wanted = ("region",) if region is None else ("region", "sector")
    if array.dims != wanted:
        how = "name a region" if "sector" in array.dims and region is None else "leave the region out"
        raise InputError(f"{outcome} is by {' and '.join(map(str, array.dims))}: {how}, or use to_frame.")
    if region is not None:
        if region not in array["region"].values:
            raise InputError(f"Unknown region {region!r}; there is {', '.join(array['region'].values)}.")
        array = array.sel(region=region)
    label = str(array.dims[0])
    frame = array.to_dataframe(name="value").reset_index()[[label, "value"]].dropna()
    frame["colour"] = np.where(frame["value"] > 0, palette.MORE, palette.LESS)
    place = "" if region is None else f", {region}"
    return (
        alt.Chart(frame, title=f"{array.attrs.get('long_name', outcome)}{place}")
        .mark_bar()
        .encode(
            x=alt.X("value:Q", title=array.attrs.get("units", "")),
            y=alt.Y(f"{label}:N", sort="-x", title=None),
            color=alt.Color("colour:N", scale=None),
            tooltip=[label, "value"],
        )
    )
