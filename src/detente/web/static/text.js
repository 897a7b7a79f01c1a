// Words and numbers in the language of the link.

export const LANGUAGES = { en: "English", fr: "Français" };

let words = {};
let names = { regions: {}, sectors: {}, places: {} };
export let language = "en";

export async function speak(lang, vocabulary) {
  language = lang in LANGUAGES ? lang : "en";
  const reply = await fetch(`/text/${language}.json`);
  words = await reply.json();
  names = {
    regions: vocabulary.regions,
    sectors: vocabulary.sectors,
    places: Object.fromEntries(vocabulary.places.map((place) => [place.code, place.name])),
  };
  document.documentElement.lang = language;
}

// The text of a key, with the names in braces filled in. Sentences are written so that none needs a plural.
export function t(key, values = {}) {
  const text = words[key];
  if (text === undefined) return key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

export const has = (key) => key in words;
export const region = (code) => words[`region.${code}`] ?? names.regions[code] ?? code;
export const sector = (code) => words[`sector.${code}`] ?? names.sectors[code] ?? code;
export const place = (code) => words[`place.${code}`] ?? names.places[code] ?? code;
export const track = (code) => words[`track.${code}`] ?? code;
// A region inside a sentence: "the United States", "le Canada".
export const theRegion = (code) => words[`the.${code}`] ?? region(code);
export const ofRegion = (code) => words[`of.${code}`] ?? region(code);
export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

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
  }).format(shown);
}

// Percent with as many digits as the number is worth.
export function pct(value, signed = false, digits = null) {
  if (value === null || value === undefined || !Number.isFinite(value)) return t("no_data");
  const size = Math.abs(value);
  const kept = digits ?? (size >= 9.95 ? 0 : size >= 0.995 ? 1 : 2);
  return t("percent", { n: num(value, kept, signed) });
}

// Million USD as people say it; the sign goes before the currency.
export function money(musd, signed = false) {
  if (musd === null || musd === undefined || !Number.isFinite(musd)) return t("no_data");
  const size = Math.abs(musd);
  const [unit, value, digits] = size >= 999500 ? ["usd_trillion", size / 1e6, 1] : size >= 999.5 ? ["usd_billion", size / 1000, size >= 9950 ? 0 : 1] : ["usd_million", size, 0];
  const sign = size < 0.5 ? "" : musd < 0 ? "-" : signed ? "+" : "";
  return sign + t(unit, { n: num(value, digits) });
}

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
  return new Intl.DateTimeFormat(language === "fr" ? "fr-CA" : "en-CA", {
    year: "numeric", month: "long", day: "numeric", timeZone: "UTC",
  }).format(new Date(Date.UTC(year, month - 1, date)));
}

export const range = (low, high, show) => t("range", { low: show(low), high: show(high) });
