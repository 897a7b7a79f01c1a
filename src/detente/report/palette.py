"""The one palette: blue and orange stay apart in every common colour blindness, and both stay dark in grey print.

Blue is more, orange is less; neither is good or bad. Every colour of a figure is one of these, so that the page can
put its counterpart for the dark in its place.
"""

from __future__ import annotations

MORE, LESS, STILL = "#1f5a9c", "#b35806", "#8a8a8a"
FIRST, SECOND, THIRD = "#1f5a9c", "#a6480a", "#5e4b8b"  # told apart by shape as well
INK, QUIET, GRID, PAPER = "#222222", "#5f5f5f", "#e2e2e2", "#ffffff"
SERIES = (FIRST, SECOND, THIRD)
SHAPES = ("circle", "diamond", "square")

#: Loss, nothing, gain, for maps and grids that write the number on the colour.
DIVERGING = ("#b35806", "#f1a340", "#fddcae", "#f5f5f5", "#c3dbee", "#5b9bd0", "#1f5a9c")
NO_DATA = "#e3e3e3"

#: What stands in for a colour on a dark page.
DARK = {
    MORE: "#7db4ea",
    LESS: "#f0a35e",
    STILL: "#a3a3a3",
    SECOND: "#f2a45f",
    THIRD: "#b9a8e3",
    INK: "#ececec",
    QUIET: "#b5b5b5",
    GRID: "#3a3d42",
}

FONT = "Arial, Helvetica, sans-serif"

#: Vega-Lite configuration of every figure.
CONFIG = {
    "background": None,
    "font": FONT,
    "padding": 2,
    "view": {"stroke": None},
    "axis": {
        "labelColor": INK,
        "titleColor": QUIET,
        "gridColor": GRID,
        "domain": False,
        "ticks": False,
        "labelFontSize": 11,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
        "labelPadding": 6,
    },
    "legend": {"labelColor": INK, "titleColor": QUIET, "labelFontSize": 11, "orient": "top", "title": None},
    "text": {"fill": INK, "fontSize": 11},
}
