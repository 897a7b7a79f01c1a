"""`detente schema`: the published JSON schema of a file that a command reads or of a document that it prints."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from detente.cli import app


@app.command("schema")
def print_schema(
    name: Annotated[
        str, typer.Argument(help="run or talks (files), results, agreement, war or optimum (what --json prints).")
    ],
) -> None:
    """Print the JSON schema of a file or document, for editors and programs."""
    from detente.study.documents import schema

    print(json.dumps(schema(name), indent=1))
