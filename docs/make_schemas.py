"""Write the JSON schemas of files and documents to docs/schema: ``python docs/make_schemas.py``."""

from __future__ import annotations

import json
from pathlib import Path

from detente.study.documents import schemas

FOLDER = Path(__file__).parent / "schema"


def files() -> dict[str, str]:
    """File name -> content."""
    return {f"{name}.json": json.dumps(found, indent=1) + "\n" for name, (_, found) in schemas().items()}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in files().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
