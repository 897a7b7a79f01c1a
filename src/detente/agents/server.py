"""The MCP server: the questions as tools, one computation at a time, errors as sentences."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from pydantic import BaseModel

import detente
from detente.agents import answers
from detente.agents.questions import (
    DealQuestion,
    DutyQuestion,
    JobsQuestion,
    OptimumQuestion,
    RatesQuestion,
    ScenarioQuestion,
)
from detente.errors import DetenteError

Asked = TypeVar("Asked", bound=BaseModel)
Answered = TypeVar("Answered", bound=BaseModel)

#: Seconds that a question waits for the one before it.
PATIENCE = 30.0
#: Bytes of a request, over HTTP.
LARGEST_REQUEST = 200_000
INSTRUCTIONS = (
    "Tariff law of a day, and the world economy re-solved under changes of it. Rates in questions are fractions (0.25 is 25 "
    "percent); answers name their units. Quote ranges and what an answer rests on. A deal may take minutes."
)


def create_server() -> MCPServer[Any]:
    """A server with every tool; each call of this function makes its own."""
    server: MCPServer[Any] = MCPServer(
        "detente", version=detente.__version__, instructions=INSTRUCTIONS, log_level="CRITICAL"
    )
    turn = threading.Lock()

    def ask(answer: Callable[[Asked], Answered], question: Asked) -> Answered:
        """One computation at a time; what a person can act on comes back as the tool's error."""
        if not turn.acquire(timeout=PATIENCE):
            raise ToolError("Another question is being computed; ask again in a minute.")
        try:
            with contextlib.redirect_stdout(
                sys.stderr
            ):  # over stdio, whatever else is printed would break the protocol
                return answer(question)
        except DetenteError as error:
            raise ToolError(str(error)) from None
        finally:
            turn.release()

    @server.tool()
    def duty(question: DutyQuestion) -> answers.DutyAnswer:
        """The statutory duty on one consignment on a day: every layer with its legal citation, percent of customs value."""
        return ask(answers.duty, question)

    @server.tool()
    def rates(question: RatesQuestion) -> answers.RatesAnswer:
        """Average added duty of an importer on an exporter by sector on a day, percent, low to high, with its authorities."""
        return ask(answers.rates, question)

    @server.tool()
    def what_if(question: ScenarioQuestion) -> answers.WhatIfAnswer:
        """What changes of tariffs, quotas or measures do to welfare, wages and revenue of every region in equilibrium."""
        return ask(answers.what_if, question)

    @server.tool()
    def jobs_by_place(question: JobsQuestion) -> answers.JobsAnswer:
        """What the same changes do to jobs of every US state or Canadian province, thousand, with ranges."""
        return ask(answers.jobs_by_place, question)

    @server.tool()
    def optimum(question: OptimumQuestion) -> answers.OptimumAnswer:
        """The tariffs that are best for one country alone while nobody answers, and what they would bring."""
        return ask(answers.best_tariffs, question)

    @server.tool()
    def deal(question: DealQuestion) -> answers.DealAnswer:
        """The agreement on a table of terms that leaves every party better off than without one, or why there is none."""
        return ask(answers.deal, question)

    return server


def serve_http(host: str, port: int) -> None:
    """Serve at http://HOST:PORT/mcp, to requests that name this host alone."""
    names = [f"{name}:{port}" for name in {host, "127.0.0.1", "localhost"}]
    create_server().run(
        "streamable-http",
        host=host,
        port=port,
        stateless_http=True,
        json_response=True,
        max_request_body_size=LARGEST_REQUEST,
        transport_security=TransportSecuritySettings(
            allowed_hosts=names, allowed_origins=[f"http://{name}" for name in names]
        ),
    )
