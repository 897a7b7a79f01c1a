"""`LabelledArray`: an array that knows its labels, so that people can ask by name for what programs ask by position."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.errors import InputError

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


@dataclass(frozen=True)
class Edge:
    """What an array is called outside: its name, dimensions, labels of each, and attributes such as the unit."""

    name: str
    dims: tuple[str, ...]
    labels: Mapping[str, tuple[str, ...]]
    attributes: Mapping[str, str] = field(default_factory=dict)


class LabelledArray(np.ndarray):
    """A NumPy array with a labelled side: `sel`, `to_xarray` and `to_frame`. What is computed from it is a plain array.

    Example:
        >>> import detente as dt
        >>> world = dt.load("toy")
        >>> round(float(world.output.sel(region="AAA", sector="goods")), 2)
        72.98
        >>> world.output.sum(axis=1).shape
        (3,)
    """

    _edge: Edge | None = None

    @classmethod
    def of(cls, values: np.ndarray, edge: Edge) -> LabelledArray:
        """A view of `values` with labels."""
        array = np.asarray(values).view(cls)
        array._edge = edge
        return array

    def __array_finalize__(self, origin: object) -> None:
        self._edge = None  # of a part or a transpose, the labels are another matter

    def __array_wrap__(self, array: np.ndarray, context: Any = None, return_scalar: bool = False) -> Any:
        plain = np.asarray(array)
        return plain[()] if return_scalar else plain

    def __getitem__(self, key: Any) -> Any:
        return np.asarray(self)[key]

    def to_xarray(self) -> xr.DataArray:
        """The array with its labels, unit and source, sharing its memory."""
        import xarray as xr

        edge = self._known
        labels = {dim: list(edge.labels[dim]) for dim in edge.dims}
        return xr.DataArray(np.asarray(self), labels, edge.dims, edge.name, dict(edge.attributes))

    def sel(self, **labels: str | list[str]) -> xr.DataArray:
        """The part with these labels, by dimension; raises `InputError` naming what there is.

        Example:
            >>> import detente as dt
            >>> dt.load("toy").gdp.sel(region=["AAA", "BBB"]).dims
            ('region',)
        """
        edge = self._known
        for dim, asked in labels.items():
            if dim not in edge.dims:
                raise InputError(f"{edge.name} has no dimension {dim!r}; its dimensions are {', '.join(edge.dims)}.")
            for label in [asked] if isinstance(asked, str) else asked:
                if label not in edge.labels[dim]:
                    raise InputError(f"Unknown {dim} {label!r}; the baseline has {', '.join(edge.labels[dim])}.")
        return self.to_xarray().sel(labels)

    def to_frame(self) -> pd.DataFrame:
        """One row for each cell, labels as index, the value as the one column."""
        return self.to_xarray().to_dataframe(name=self._known.name)

    @property
    def _known(self) -> Edge:
        if self._edge is None:
            raise InputError("This part of an array has lost its labels; choose by name first: world.output.sel(...).")
        return self._edge

    def __repr__(self) -> str:
        return np.asarray(self).__repr__() if self._edge is None else repr(self.to_xarray())

    def _repr_html_(self) -> str:
        return str(self.to_xarray()._repr_html_())  # type: ignore[no-untyped-call]
