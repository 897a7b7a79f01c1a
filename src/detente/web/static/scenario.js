// A scenario of the page: read from the link, written to it, and sent to the server.

export const PAIR = ["USA", "CAN"];
const HORIZONS = ["short", "medium", "long"];
export const HIGHEST = 200; // percent, of what can be entered

// Keys are flows, "USA<CAN.steel": importer, exporter, and a track or a sector.
// set: percent by track; by sector, on top of the law, add: points, quota: [percent of the trade of 2024, percent above it or
// null for none], content: [region whose value is spared, percent on the rest]. drop: measures; rate: {measure: percent}.
const FLOW = /^([A-Z]{3})-([A-Z]{3})\.([a-z_]+)$/;
const NUMBER = /^\d+(\.\d+)?$/;

// Keys of every address of the page; the screens check what is under theirs.
const KEYS = new Set(["view", "lang", "law", "horizon", "against", "with", "rates", "pair", "set", "add", "quota", "content", "drop", "rate", "data", "map", "side", "s", "importer", "exporter", "on", "sort", "sector", "id", "by", "draft", "token", "against_on", "product", "seat", "figure", "currency"]);

export const strangers = (query) => [...new Set([...query.keys()].filter((key) => !KEYS.has(key)))];

// A text of flows as a map; what is not one of `goods` between two `regions` goes to `unknown`.
function flows(query, name, value, goods, regions, unknown) {
  const found = new Map();
  for (const part of (query.get(name) ?? "").split(",").filter(Boolean)) {
    const [flow, ...rest] = part.split(":");
    const match = FLOW.exec(flow), read = value(rest);
    const known = match && match[1] in regions && match[2] in regions && match[3] in goods;
    if (known && read !== null && match[1] !== match[2]) found.set(`${match[1]}<${match[2]}.${match[3]}`, read);
    else unknown.push(`${name}=${part}`);
  }
  return found;
}

const percent = (text = "") => (NUMBER.test(text) ? Math.min(HIGHEST, Number(text)) : null);
const one = ([text]) => percent(text);
const quota = ([limit, over = ""]) => (percent(limit) === null || (over !== "none" && percent(over) === null) ? null : [percent(limit), over === "none" ? null : percent(over)]);
const content = ([origin = "", rate = ""]) => (/^[A-Z]{3}$/.test(origin) && percent(rate) !== null ? [origin, percent(rate)] : null);

const written = (map) => [...map].map(([key, value]) => [key.replace("<", "-"), ...[value].flat().map((part) => part ?? "none")].join(":")).join(",");

// The scenario of a link; `unknown` has the parts of it that say nothing here.
export function fromQuery(query, { regions, sectors, tracks }) {
  const unknown = [], rate = new Map(), drop = new Set();
  const choose = (name, fits, otherwise) => {
    const given = query.get(name);
    if (given === null || fits(given)) return given ?? otherwise;
    unknown.push(`${name}=${given}`);
    return otherwise;
  };
  const parts = (name) => (query.get(name) ?? "").split(",").filter(Boolean);
  for (const part of parts("rate")) {
    const [id, value = ""] = part.split(":");
    if (/^[\w-]+$/.test(id) && NUMBER.test(value)) rate.set(id, Math.min(1000, Number(value)));
    else unknown.push(`rate=${part}`);
  }
  for (const id of parts("drop")) (/^[\w-]+$/.test(id) ? drop.add(id) : unknown.push(`drop=${id}`));
  const two = (text) => text.split("-").length === 2 && text.split("-").every((code) => code in regions) && text.slice(0, 3) !== text.slice(4);
  return {
    law: choose("law", (text) => text === "none" || text === "latest" || isDay(text), "latest"),
    horizon: choose("horizon", (text) => HORIZONS.includes(text), "long"),
    against: choose("against", (text) => text === "law" || text === "2024", "2024"),
    rates: choose("rates", (text) => text === "statutory" || text === "collected", "statutory"),
    only: choose("with", (text) => text === "pair" || text === "all", "all") === "pair",
    pair: choose("pair", two, PAIR.join("-")).split("-"),
    set: flows(query, "set", one, tracks, regions, unknown),
    add: flows(query, "add", one, sectors, regions, unknown),
    quota: flows(query, "quota", quota, sectors, regions, unknown),
    content: flows(query, "content", content, sectors, regions, unknown),
    drop,
    rate,
    unknown,
  };
}

// Whether a text is a day of the calendar.
export const isDay = (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text);

export function toQuery(scenario) {
  return {
    law: scenario.law === "latest" ? null : scenario.law,
    horizon: scenario.horizon === "long" ? null : scenario.horizon,
    against: scenario.against === "2024" ? null : scenario.against,
    with: scenario.only ? "pair" : null,
    rates: scenario.rates === "statutory" ? null : scenario.rates,
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
  const { law, horizon, against, pair, only } = scenario, rates = law === "none" ? "statutory" : scenario.rates;
  return { title, law, rates, horizon, against, pair, only_pair: only, changes };
}
