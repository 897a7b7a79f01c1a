# %% A world, the law of a day, and what three tariffs would do
import detente as dt

world = dt.load("world-2024")
print(world, world.trade.sel(importer="USA", exporter="CAN", sector="steel").sum().item(), "million USD of steel")
print(dt.statutory("7208.10", "CAN", "USA", "2025-06-15").added_pct, "percent added duty on hot-rolled steel that day")
economy = dt.calibrate(world, horizon="long")
start = economy.status_quo()
policy = start
for sector, rate in {"steel": 0.5, "aluminum": 0.5, "lumber": 0.35}.items():
    policy = policy.set(importer="USA", exporter="CAN", sector=sector, rate=rate)
print(policy.to_frame(before=start).groupby("sector").max())

# %% The answer: a table, a chart, a file
result = economy.solve(policy)
print(result.to_frame()[["welfare", "real_wage", "trade_balance_musd"]].loc[["USA", "CAN"]].round(4))
chart = result.plot("output", region="CAN")

# %% A hundred scenarios, and which tariff would hurt Canada most
rates = {
    f"{rate} percent": start.set(importer="USA", exporter="CAN", sector="steel", rate=rate / 100) for rate in range(100)
}
print(economy.sweep(rates).welfare.sel(region=["USA", "CAN"]).to_pandas().iloc[::25].round(4))
print(economy.gradient("CAN").sel(importer="USA", exporter="CAN").to_series().nsmallest(3).round(5))

# %% What Canada would do alone, and a deal
print(dt.optimum(economy, "CAN", partners="USA", sectors=["steel", "aluminum"], today=policy).to_frame().round(3))
steel = [{"track": "steel", "tariff": {"importer": a, "exporter": b, "sectors": ["steel"], "range": [0, 0.5]}}
         for a, b in (("USA", "CAN"), ("CAN", "USA"))]  # fmt: skip
table = {"title": "Steel", "law": "2025-06-15", "parties": {"USA": {}, "CAN": {}}, "terms": steel}
print(dt.talks(table).agreement("nash").to_frame().round(3))
