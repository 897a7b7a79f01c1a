// A scenario of the page: read from the link, written to it, and sent to the server.

export const PAIR = ["USA", "CAN"];
const HORIZONS = ["short", "medium", "long"];
export const HIGHEST = 200; // percent, of what can be entered

// Keys are flows, "USA<CAN.steel": importer, exporter, and a track or a sector.
// set: percent by track; by sector, on top of the law, add: points, quota: [percent of the trade of 2024, percent above it or
// null for none], content: [region whose value is spared, percent on the rest]. drop: measures; rate: {measure: percent}.
const FLOW = /^([A-Z]{3})-([A-Z]{3})\.([a-z_]+)$/;
const NUMBER = /^\d+(\.\d+)?$/;

function flows(text, value) {
  const found = new Map();
  for (const part of (text ?? "").split(",").filter(Boolean)) {
    const [flow, ...rest] = part.split(":");
    const match = FLOW.exec(flow), read = value(rest);
    if (match && read !== null && match[1] !== match[2]) found.set(`${match[1]}<${match[2]}.${match[3]}`, read);
  }
  return found;
}

const percent = (text) => (NUMBER.test(text) ? Math.min(HIGHEST, Number(text)) : null);
const one = ([text]) => percent(text);
const quota = ([limit, over]) => (percent(limit) === null || (over !== "none" && percent(over) === null) ? null : [percent(limit), over === "none" ? null : percent(over)]);
const content = ([origin, rate]) => (/^[A-Z]{3}$/.test(origin) && percent(rate) !== null ? [origin, percent(rate)] : null);

const written = (map) => [...map].map(([key, value]) => [key.replace("<", "-"), ...[value].flat().map((part) => part ?? "none")].join(":")).join(",");

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
    set: flows(query.get("set"), one),
    add: flows(query.get("add"), one),
    quota: flows(query.get("quota"), quota),
    content: flows(query.get("content"), content),
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
    quota: written(scenario.quota),
    content: written(scenario.content),
    drop: [...scenario.drop].join(","),
    rate: [...scenario.rate].map(([id, value]) => `${id}:${value}`).join(","),
  };
}

// What is changed, for the name of a file: "usa-can-steel-5".
export function slug(scenario) {
  const { set, add, quota, content, drop, rate } = toQuery(scenario);
  return [set, add, quota, content, drop && `without ${drop}`, rate].filter(Boolean).join(" ").replace(/\.(?!\d)|[^A-Za-z0-9.]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 60);
}

// One string for a link that holds several scenarios.
export function packed(scenario) {
  return new URLSearchParams(Object.entries(toQuery(scenario)).filter(([, value]) => value)).toString();
}

export const apart = (key) => {
  const [flow, name] = key.split(".");
  return [...flow.split("<"), name];
};

// What the server is asked. A track's rate reaches its sectors but those that have a rule of their own on that flow.
export function question(scenario, tracks, title = "What if") {
  const changes = [];
  for (const [key, value] of scenario.set) {
    const [importer, exporter, name] = apart(key);
    const own = (sector) => ["add", "content"].some((kind) => scenario[kind].has(`${importer}<${exporter}.${sector}`));
    const sectors = (tracks[name] ?? []).filter((sector) => !own(sector));
    if (sectors.length) changes.push({ tariff: { importer, exporter, sectors, rate: value / 100 } });
  }
  const trackOf = (sector) => Object.keys(tracks).find((name) => tracks[name].includes(sector));
  for (const [key, value] of scenario.add) {
    const [importer, exporter, sector] = apart(key), base = scenario.set.get(`${importer}<${exporter}.${trackOf(sector)}`);
    if (scenario.content.has(key)) continue; // the content rule stands in its place
    changes.push({ tariff: { importer, exporter, sectors: [sector], ...(base === undefined ? { add: value / 100 } : { rate: (base + value) / 100 }) } });
  }
  for (const [key, [origin, value]] of scenario.content) {
    const [importer, exporter, sector] = apart(key);
    changes.push({ tariff: { importer, exporter, sectors: [sector], rate: value / 100, except_content_of: origin } });
  }
  for (const [key, [limit, over]] of scenario.quota) {
    const [importer, exporter, sector] = apart(key);
    changes.push({ quota: { importer, exporter, sectors: [sector], share_of_baseline: limit / 100, over_quota: over === null ? "prohibitive" : over / 100 } });
  }
  if (scenario.law !== "none") {
    for (const id of scenario.drop) changes.push({ measure: id, action: "drop" });
    for (const [id, value] of scenario.rate) {
      if (!scenario.drop.has(id)) changes.push({ measure: id, action: "set", rate: value / 100 });
    }
  }
  const { law, horizon, against, pair } = scenario;
  return { title, law, horizon, against, pair, changes };
}
