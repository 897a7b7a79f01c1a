"""20 people at once on loopback: ``python benchmarks/web/load.py [SECONDS] [PEOPLE]``.

Each moves a slider, looks at the law, scores drafts and makes offers on a negotiation shared by five, reading again and
sending again when told that somebody was first. At the end every offer that was acknowledged must be there.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections import Counter, defaultdict

import httpx
from common import keep, memory_mb, percentiles, served

TRACKS = {
    "steel": ["steel"],
    "aluminum": ["aluminum"],
    "autos": ["motor_vehicles"],
    "energy": ["oil_gas", "electricity"],
}
THINK = (0.2, 1.5)  # seconds between actions


async def person(k: int, url: str, table: str, end: float, seen: dict) -> None:
    dice = random.Random(k)
    times, statuses, offers = seen["times"], seen["statuses"], seen["offers"]
    async with httpx.AsyncClient(base_url=url, timeout=60, headers={"X-Client": f"person {k}"}) as client:

        async def timed(kind: str, method: str, path: str, **options) -> httpx.Response:
            began = time.perf_counter()
            reply = await client.request(method, path, **options)
            times[kind].append(1000 * (time.perf_counter() - began))
            statuses[f"{kind} {reply.status_code}"] += 1
            return reply

        while time.monotonic() < end:
            what = dice.random()
            if what < 0.55:
                flow = dice.choice([("USA", "CAN"), ("CAN", "USA")])
                edit = {"importer": flow[0], "exporter": flow[1], "sectors": dice.choice(list(TRACKS.values()))}
                change = {"tariff": {**edit, "rate": round(dice.uniform(0, 0.6), 3)}}
                await timed("slider", "POST", "/api/whatif", json={"changes": [change]})
            elif what < 0.70:
                day = f"2025-{dice.randint(1, 12):02d}-{dice.randint(1, 28):02d}"
                await timed("law", "GET", "/api/law/day", params={"on": day})
            elif what < 0.85:
                values = [round(dice.uniform(0, 0.5), 3) for _ in range(2)]
                await timed("score", "POST", f"{table}/score", json={"values": values})
            else:
                note = f"{k}-{dice.random()}"
                while True:
                    version = (await timed("read", "GET", table)).json()["version"]
                    body = {"version": version, "side": dice.choice(["USA", "CAN"]), "values": [0.1, 0.2], "note": note}
                    reply = await timed("offer", "POST", f"{table}/offers", json=body)
                    if reply.status_code == 201:
                        offers[table].append(note)
                    if reply.status_code != 409:
                        break
            await asyncio.sleep(dice.uniform(*THINK))


PAIRS = (("USA", "CAN"), ("CAN", "USA"))


async def crowd(url: str, process, seconds: float, people: int) -> dict:
    seen: dict = {"times": defaultdict(list), "statuses": Counter(), "offers": defaultdict(list)}
    memory = [memory_mb(process)]
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        kinds = [{"importer": a, "exporter": b, "sectors": ["steel"], "range": [0, 0.5]} for a, b in PAIRS]
        terms = [{"track": "steel", "threat": 0.5, "tariff": kind} for kind in kinds]
        setup = {"title": "Crowd", "parties": {"USA": {}, "CAN": {}}, "threats": ["terms"], "terms": terms}
        tables = [
            f"/api/talks/{(await client.post('/api/talks', json=setup)).json()['id']}" for _ in range(people // 5)
        ]
        end = time.monotonic() + seconds
        tasks = [asyncio.create_task(person(k, url, tables[k // 5], end, seen)) for k in range(people)]
        while not all(task.done() for task in tasks):
            await asyncio.sleep(5)
            memory.append(memory_mb(process))
        await asyncio.gather(*tasks)
        lost = 0
        for table in tables:
            kept = {offer["note"] for offer in (await client.get(table)).json()["offers"]}
            lost += len(set(seen["offers"][table]) - kept)
    failures = {k: n for k, n in seen["statuses"].items() if int(k.rsplit(" ", 1)[1]) >= 400 and not k.endswith("409")}
    third = max(1, len(memory) // 3)
    return {
        "people": people,
        "seconds": seconds,
        "requests": sum(seen["statuses"].values()),
        "failures": failures,
        "conflicts told and sent again": seen["statuses"].get("offer 409", 0),
        "offers acknowledged": sum(map(len, seen["offers"].values())),
        "offers lost": lost,
        "memory_mb": {
            "start": round(memory[0]),
            "after a third": round(memory[third]),
            "end": round(memory[-1]),
            "most": round(max(memory)),
        },
        "milliseconds": {kind: percentiles(values) for kind, values in seen["times"].items()},
    }


if __name__ == "__main__":
    arguments = [float(a) for a in sys.argv[1:]]
    with served() as (address, server):
        keep("load", asyncio.run(crowd(address, server, (arguments or [120])[0], int((arguments[1:] or [20])[0]))))
