"""Make everything of the law that is computed from sources: lists, weights; and print the check against published averages.

Run by hand when a source changes: ``python -m detente.law.build_law SOURCES``. Nothing reads the sources at run time.
"""

from __future__ import annotations

import sys
from pathlib import Path


def build_law(sources: Path) -> str:
    """Write the product lists and the tables of the package; the check against published averages, in words."""
    from detente.law.build_lists import build_lists
    from detente.law.build_weights import build_weights

    build_lists(sources)
    build_weights(sources)
    from detente.law.published_averages import compare, report  # reads what has just been written

    return report(compare(sources))


if __name__ == "__main__":
    print(build_law(Path(sys.argv[1])))
