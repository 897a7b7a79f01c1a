"""The sidecar of a CSV file, as CSV on the Web has it: the table stays plain, what it means and rests on lies beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping

#: What the name of the sidecar adds to that of its table (W3C, Metadata Vocabulary for Tabular Data, 2015).
ENDING = "-metadata.json"


def sidecar(name: str, columns: Mapping[str, str], record: Mapping[str, object]) -> str:
    """The content of NAME.csv-metadata.json: each of `columns` (name to meaning, with its unit) and the provenance `record`."""
    document = {
        "@context": "http://www.w3.org/ns/csvw",
        "url": name,
        "dialect": {"encoding": "utf-8", "delimiter": ",", "header": True},
        "tableSchema": {"columns": [{"name": key, "dc:description": meaning} for key, meaning in columns.items()]},
        "detente:provenance": dict(record),
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"
