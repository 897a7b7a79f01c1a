// Words and numbers in the language of the link.

export const LANGUAGES = { en: "English", fr: "Français" };

// Until the texts are here, what may have to be said is said in both languages.
const BOTH = {
  "error.title": "This did not work. Cela n’a pas fonctionné.",
  "error.offline": "The server does not answer: check that detente serve is running. Le serveur ne répond pas : vérifiez que detente serve est en marche.",
  "error.server": "The server answered with status {status}. Le serveur a répondu avec le code {status}.",
  "error.retry": "Try again. Réessayer.",
};
let words = BOTH;
let names = { regions: {}, sectors: {}, places: {} };
export let language = "en";
export let currency = "USD";
export const CAD = 1.3698; // Canadian dollars to the US dollar, average of 2024, Bank of Canada

export async function speak(lang, money, vocabulary) {
  language = lang in LANGUAGES ? lang : "en";
  currency = money === "CAD" ? "CAD" : "USD";
  const reply = await fetch(`/text/${language}.json`).catch(() => null);
  if (!reply?.ok) throw new Error(t(reply ? "error.server" : "error.offline", { status: reply?.status }));
  words = await reply.json();
  if (language === "fr") for (const key of Object.keys(words)) words[key] = spaced(words[key]);
  names = {
    regions: vocabulary.regions,
    sectors: vocabulary.sectors,
    places: Object.fromEntries(vocabulary.places.map((place) => [place.code, place.name])),
  };
  document.documentElement.lang = language;
}

// Canadian French: a space before the colon, the percent and the dollar, none before ; ? !, and a number stays with its unit.
const spaced = (text) => text.replace(/[ \u00a0]+([;?!])/g, "$1").replace(/ ([:»%$])/g, "\u00a0$1").replace(/« /g, "«\u00a0").replace(/([MGT]?\$) (US|CA)/g, "$1\u00a0$2").replace(/(\}) ([MGT]\$)/g, "$1\u00a0$2").replace(/(\}) (milli|million|billion)/g, "$1\u00a0$2");

// The text of a key, with the names in braces filled in. Sentences are written so that none needs a plural.
export function t(key, values = {}) {
  const text = words[key];
  if (text === undefined) return key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

// The text for a count: that of one where the language counts it so.
export const tn = (key, count, values = {}) => t(isOne(count) && has(`${key}.one`) ? `${key}.one` : key, { n: num(count, 0), ...values });
const isOne = (count) => (language === "fr" ? Math.abs(count) < 2 : count === 1);

export const has = (key) => key in words;
export const region = (code) => words[`region.${code}`] ?? names.regions[code] ?? code;
export const sector = (code) => words[`sector.${code}`] ?? names.sectors[code] ?? code;
export const place = (code) => words[`place.${code}`] ?? names.places[code] ?? code;
// The ground in law of a measure, by its name in the ledger.
export const authority = (name) => words[`authority.${name}`] ?? name;
// A measure by its name in plain words, or by its mark in the ledger where it has none.
export const measure = (id) => words[`measure.${id}`] ?? id;
// Percentage points.
export const points = (value, digits, signed = false) => t(language === "fr" && Math.abs(value) < 2 ? "points.one" : "points", { n: num(value, digits, signed) });
export const track = (code) => words[`track.${code}`] ?? code;
// A region inside a sentence: "the United States", "le Canada".
export const theRegion = (code) => words[`the.${code}`] ?? region(code);
export const ofRegion = (code) => words[`of.${code}`] ?? region(code);
// "a", "a and b", "a, b and c".
export const listed = (items) => (items.length < 2 ? items.join("") : t("said.list", { first: items.slice(0, -1).join(", "), last: items.at(-1) }));
export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

const MINUS = "\u2212";
const formats = new Map();
function format(options) {
  const key = language + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.NumberFormat(language === "fr" ? "fr-CA" : "en-CA", options));
  return formats.get(key);
}

export function num(value, digits = 1, signed = false) {
  if (value === null || value === undefined || !Number.isFinite(value)) return t("no_data");
  const shown = Math.abs(value) < 0.5 * 10 ** -digits ? 0 : value;
  return format({
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    signDisplay: signed ? "exceptZero" : "auto",
  }).format(shown).replace("-", MINUS);
}

// A number of a table, four digits of it.
export const plain = (value) => format({ maximumSignificantDigits: 4 }).format(value).replace("-", MINUS);

// Percent with as many digits as the number is worth: two decimals at most, `finest` more for small differences.
export function pct(value, signed = false, digits = null, finest = 2) {
  if (value === null || value === undefined || !Number.isFinite(value)) return t("no_data");
  const size = Math.abs(value);
  let kept = digits ?? (size >= 9.95 ? 0 : size >= 0.995 ? 1 : size < 0.5 * 10 ** -finest ? 0 : 2);
  if (digits === null) while (kept > 1 && kept < finest && size < 0.995 * 10 ** (1 - kept)) kept++;
  return t("percent", { n: num(value, kept, signed) });
}

// Percent where offers differ by little: down to a hundred-thousandth of income.
export const fine = (value, signed = true) => pct(value, signed, null, 4);

// A duty: one decimal below ten percent where there is one.
export const duty = (percent) => pct(percent, false, percent >= 9.95 || Math.abs(percent - Math.round(percent)) < 0.05 ? 0 : 1);

// Million USD as people say it, in the currency of the page; the sign goes before the currency. `form`: ".short" in tables.
export function money(musd, signed = false, form = "") {
  if (musd === null || musd === undefined || !Number.isFinite(musd)) return t("no_data");
  const amount = currency === "CAD" ? musd * CAD : musd, size = Math.abs(amount);
  const [scale, value, digits] = size >= 999500 ? ["trillion", size / 1e6, 1] : size >= 999.5 ? ["billion", size / 1000, size >= 9950 ? 0 : 1] : ["million", size, 0];
  const sign = size < 0.5 ? "" : amount < 0 ? MINUS : signed ? "+" : "";
  const one = !form && language === "fr" && Number(value.toFixed(digits)) < 2 ? ".one" : "";
  return sign + t(`${currency.toLowerCase()}_${scale}${one || form}`, { n: num(value, digits) });
}

// US dollars of a household, in the currency of the page, rounded to ten.
export function usd(value, signed = false) {
  const own = Math.round((currency === "CAD" ? CAD : 1) * value / 10) * 10, sign = own < 0 ? MINUS : signed && own > 0 ? "+" : "";
  return sign + t(`dollars.${currency}`, { n: num(Math.abs(own), 0) });
}

export const amount = (musd, signed = false) => money(musd, signed, ".short");

// Thousand jobs as jobs, rounded to what the model knows.
export function jobs(thousand, signed = false) {
  if (thousand === null || thousand === undefined || !Number.isFinite(thousand)) return t("no_data");
  const value = thousand * 1000;
  const size = Math.abs(value);
  const step = size >= 10000 ? 1000 : size >= 1000 ? 100 : 10;
  return num(Math.round(value / step) * step, 0, signed);
}

export function day(iso) {
  const [year, month, date] = iso.split("-").map(Number);
  const text = new Intl.DateTimeFormat(language === "fr" ? "fr-CA" : "en-CA", {
    year: "numeric", month: "long", day: "numeric", timeZone: "UTC",
  }).format(new Date(Date.UTC(year, month - 1, date)));
  return language === "fr" ? text.replace(/^1 /, "1er\u00a0") : text;
}

export const monthName = (date) => new Intl.DateTimeFormat(language === "fr" ? "fr-CA" : "en-CA", { year: "numeric", month: "short", timeZone: "UTC" }).format(date);

// Low to high; one number where both read the same.
export function range(low, high, show) {
  const [from, to] = [show(low), show(high)];
  return from === to ? from : t("range", { low: from, high: to });
}

export const labelled = (label, value) => t("labelled", { label, value });
