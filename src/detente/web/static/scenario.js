// A scenario of the page: read from the link, written to it, and sent to the server.

export const PAIR = ["USA", "CAN"];
const HORIZONS = ["short", "medium", "long"];

// set: {"USA<CAN.steel": percent} by track, add: the same by sector, on top of the law; drop: measures, rate: {measure: percent}.
function duties(text) {
  const found = new Map();
  for (const part of (text ?? "").split(",")) {
    const match = /^([A-Z]{3})-([A-Z]{3})\.([a-z_]+):([\d.]+)$/.exec(part);
    if (match) found.set(`${match[1]}<${match[2]}.${match[3]}`, Math.min(200, Number(match[4])));
  }
  return found;
}

const written = (map) => [...map].map(([key, value]) => `${key.replace("<", "-")}:${value}`).join(",");

export function fromQuery(query) {
  const pair = (query.get("pair") ?? "").split("-");
  const rate = new Map();
  for (const part of (query.get("rate") ?? "").split(",").filter(Boolean)) {
    const [id, value] = part.split(":");
    if (/^[\w-]+$/.test(id) && Number.isFinite(Number(value))) rate.set(id, Math.min(1000, Math.max(0, Number(value))));
  }
  return {
    law: /^(\d{4}-\d{2}-\d{2}|none)$/.test(query.get("law") ?? "") ? query.get("law") : "latest",
    horizon: HORIZONS.includes(query.get("horizon")) ? query.get("horizon") : "long",
    against: query.get("against") === "law" ? "law" : "2024",
    pair: pair.length === 2 && pair.every((code) => /^[A-Z]{3}$/.test(code)) && pair[0] !== pair[1] ? pair : PAIR,
    set: duties(query.get("set")),
    add: duties(query.get("add")),
    drop: new Set((query.get("drop") ?? "").split(",").filter((id) => /^[\w-]+$/.test(id))),
    rate,
  };
}

export function toQuery(scenario) {
  return {
    law: scenario.law === "latest" ? null : scenario.law,
    horizon: scenario.horizon === "long" ? null : scenario.horizon,
    against: scenario.against === "2024" ? null : scenario.against,
    pair: scenario.pair.join() === PAIR.join() ? null : scenario.pair.join("-"),
    set: written(scenario.set),
    add: written(scenario.add),
    drop: [...scenario.drop].join(","),
    rate: [...scenario.rate].map(([id, value]) => `${id}:${value}`).join(","),
  };
}

// One string for a link that holds several scenarios.
export function packed(scenario) {
  return new URLSearchParams(Object.entries(toQuery(scenario)).filter(([, value]) => value)).toString();
}

export function question(scenario, tracks, title = "What if") {
  const changes = [];
  for (const [key, percent] of scenario.set) {
    const [flow, name] = key.split(".");
    const [importer, exporter] = flow.split("<");
    if (tracks[name]) changes.push({ tariff: { importer, exporter, sectors: tracks[name], rate: percent / 100 } });
  }
  for (const [key, percent] of scenario.add) {
    const [flow, sector] = key.split(".");
    const [importer, exporter] = flow.split("<");
    changes.push({ tariff: { importer, exporter, sectors: [sector], add: percent / 100 } });
  }
  if (scenario.law !== "none") {
    for (const id of scenario.drop) changes.push({ measure: id, action: "drop" });
    for (const [id, percent] of scenario.rate) {
      if (!scenario.drop.has(id)) changes.push({ measure: id, action: "set", rate: percent / 100 });
    }
  }
  const { law, horizon, against, pair } = scenario;
  return { title, law, horizon, against, pair, changes };
}
