"""Stage 9, rounding: flows kept to 14 bits (about four digits), and tiny ones merged, so that the file stays small."""

from __future__ import annotations

import numpy as np

BITS = 14
SMALLEST_FLOW = 0.05  # million USD a year


def quantise(flows: np.ndarray) -> np.ndarray:
    """`flows` [..., buyer] rounded to `BITS` bits of mantissa (relative error below 2^-14).

    A flow below `SMALLEST_FLOW` joins that of the largest buyer of the same product from the same exporter, so that
    bilateral trade keeps its total.
    """
    tiny = flows < SMALLEST_FLOW
    kept = np.where(tiny, 0.0, flows)
    largest = flows.argmax(axis=-1)[..., None]
    merged = np.take_along_axis(kept, largest, axis=-1) + np.where(tiny, flows, 0.0).sum(axis=-1, keepdims=True)
    np.put_along_axis(kept, largest, merged, axis=-1)
    mantissa, exponent = np.frexp(kept)
    return np.ldexp(np.round(mantissa * 2**BITS) / 2**BITS, exponent)
