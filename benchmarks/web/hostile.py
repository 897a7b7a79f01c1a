"""An honest visitor among hostile ones: ``python benchmarks/web/hostile.py [SLOW] [CLIENTS] [SECONDS]``.

One visitor asks a what-if each half second, first alone, then while SLOW connections (500) never finish their requests and
CLIENTS (200) ask for what-ifs, reports and long work as fast as they are answered, each under a new name. The hostile
come from 40 addresses of loopback, the visitor from another. All share the processors of one computer, the crowd's own
work included, so the ratio is an upper bound of what the server adds.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import ssl
import subprocess
import sys
import tempfile
import time
from collections import Counter
from typing import TextIO

import httpx
from common import keep, percentiles, served

ADDRESSES = 40
CONTEXT = ssl.create_default_context()  # once: to make one takes longer than to be refused
HALF = b"POST /api/whatif HTTP/1.1\r\nHost: localhost\r\nX-Never:"


def address(k: int) -> str:
    return f"127.0.2.{1 + k % ADDRESSES}"


def client(url: str, source: str) -> httpx.AsyncClient:
    transport = httpx.AsyncHTTPTransport(local_address=source, verify=CONTEXT)
    return httpx.AsyncClient(base_url=url, timeout=120, transport=transport)


def question(dice: random.Random) -> dict:
    flow = dice.choice([("USA", "CAN"), ("CAN", "USA")])
    edit = {"importer": flow[0], "exporter": flow[1], "sectors": [dice.choice(["steel", "aluminum", "motor_vehicles"])]}
    return {"changes": [{"tariff": {**edit, "rate": round(dice.uniform(0, 0.6), 4)}}]}


async def visitor(url: str, count: int) -> dict:
    """The times of `count` what-ifs, in milliseconds, and how many were refused."""
    dice, times, statuses = random.Random(1), [], Counter()
    async with client(url, "127.0.0.1") as http:
        for _ in range(count):
            began = time.perf_counter()
            reply = await http.post("/api/whatif", json=question(dice), headers={"X-Client": "honest"})
            times.append(1000 * (time.perf_counter() - began))
            statuses[reply.status_code] += 1
            await asyncio.sleep(0.5)
    return {"milliseconds": percentiles(times), "statuses": dict(statuses)}


async def slow(port: int, k: int, counts: Counter) -> None:
    """A connection that never finishes its request, opened again whenever the server gives it up."""
    while True:
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address(k), 0))
            counts["opened"] += 1
            writer.write(HALF)
            while not reader.at_eof():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(reader.read(1000), 1)
                    continue
                writer.write(b"x")
            writer.close()
        await asyncio.sleep(0.5)


async def hostile(url: str, k: int, counts: Counter) -> None:
    dice = random.Random(k)
    async with client(url, address(k)) as http:
        while True:
            path = dice.choice(["/api/whatif", "/api/whatif", "/api/whatif/report", "/api/whatif/report/ranges"])
            with contextlib.suppress(httpx.HTTPError):
                name = str(dice.random())
                reply = await http.post(path, json={**question(dice), "title": name}, headers={"X-Client": name})
                counts[reply.status_code] += 1


async def crowd(url: str, connections: int, clients: int) -> None:
    """What the hostile process does until it is killed; its counts, once a second, on standard output."""
    port, opened, answers = int(url.rsplit(":", 1)[1]), Counter(), Counter()
    tasks = [asyncio.create_task(slow(port, k, opened)) for k in range(connections)]
    tasks += [asyncio.create_task(hostile(url, k, answers)) for k in range(clients)]
    while True:
        await asyncio.sleep(1)
        print(dict(opened), dict(answers), flush=True)


def _last(file: TextIO) -> str:
    file.seek(0)
    return (file.read().splitlines() or [""])[-1]


def measure(connections: int, clients: int, seconds: float) -> dict:
    with served() as (url, _):
        count = max(3, int(seconds / 0.6))
        asyncio.run(visitor(url, 5))
        quiet = asyncio.run(visitor(url, count))
        command = [sys.executable, __file__, "crowd", url, str(connections), str(clients)]
        with tempfile.TemporaryFile("w+") as told:
            others = subprocess.Popen(command, stdout=told, preexec_fn=lambda: os.nice(5))
            try:
                while _last(told).count("429") == 0:  # until the server has begun to refuse
                    assert others.poll() is None
                    time.sleep(1)
                besieged = asyncio.run(visitor(url, count))
            finally:
                others.terminate()
                others.wait()
                said = _last(told)
    ratio = {p: round(besieged["milliseconds"][p] / quiet["milliseconds"][p], 2) for p in ("p50", "p95")}
    return {
        "slow connections": connections,
        "hostile clients": clients,
        "quiet": quiet,
        "besieged": besieged,
        "ratio": ratio,
        "the crowd (connections opened; answers by status)": said,
    }


if __name__ == "__main__":
    if sys.argv[1:2] == ["crowd"]:
        asyncio.run(crowd(sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
    else:
        given = [float(a) for a in sys.argv[1:]] + [500, 200, 60][len(sys.argv) - 1 :]
        keep("hostile", measure(int(given[0]), int(given[1]), given[2]))
