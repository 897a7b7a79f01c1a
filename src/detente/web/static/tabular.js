// A table as files: plain CSV for programs, a description of it (CSV on the Web), and a workbook for people.
//
// A table is {columns: [{name, title, unit}], rows}: `name` is the same in every language and in no two columns.

import { workbook } from "./bytes.js";
import { save } from "./dom.js";
import { language, t } from "./text.js";

// A text that a spreadsheet would take for a formula is quoted with an apostrophe.
function csvCell(value) {
  const text = String(value ?? "");
  const safe = /^[=+\-@]/.test(text) && !Number.isFinite(Number(text)) ? `'${text}` : text;
  return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

// Every row names the scenario and the licence, so that a file that was renamed, or joined to others, still says them.
const CARRIED = ["scenario", "licence"];

export function csv({ columns, rows }, about) {
  const lines = [[...columns.map((one) => one.name), ...CARRIED], ...rows.map((row) => [...row, ...CARRIED.map((key) => about[key])])];
  return lines.map((row) => `${row.map(csvCell).join(",")}\r\n`).join("");
}

// https://www.w3.org/TR/tabular-metadata/
export function description(file, title, { columns, rows }, about) {
  const kind = (k) => (rows.some((row) => typeof row[k] === "number") ? "number" : rows.some((row) => typeof row[k] === "boolean") ? "boolean" : "string");
  const described = columns.map(({ name, title: words, unit }, k) => ({ name, titles: { [language]: words }, datatype: kind(k), ...(unit ? { "dc:description": unit } : {}) }));
  return {
    "@context": ["http://www.w3.org/ns/csvw", { "@language": language }],
    url: `${file}.csv`,
    "dc:title": title,
    "dc:description": `${about.scenario} ${t("about.range")}${t("about.colon")}${about.range}.`,
    "dc:source": about.source,
    "dc:license": about.licence,
    "dc:publisher": "Détente",
    "dc:identifier": about.link,
    tableSchema: { columns: [...described, ...CARRIED.map((name) => ({ name, titles: { [language]: t(`about.${name}`) }, datatype: "string" }))] },
  };
}

export const saveCsv = (file, table, about) => save(`${file}.csv`, csv(table, about), "text/csv;charset=utf-8");

export const saveDescription = (file, title, table, about) =>
  save(`${file}.csv-metadata.json`, `${JSON.stringify(description(file, title, table, about), null, 1)}\n`, "application/json");

export function saveWorkbook(file, title, { columns, rows }, about) {
  const said = [["title", title], ...["scenario", "range", "source", "licence", "link"].map((key) => [key, about[key]])].map(([key, text]) => [t(`about.${key}`), text]);
  const units = columns.filter((one) => one.unit).map((one) => [one.title, one.unit]);
  const bytes = workbook({ [t("about.data")]: [columns.map((one) => one.title), ...rows], [t("about.about")]: [...said, ...units] });
  save(`${file}.xlsx`, new Blob([bytes], { type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" }));
}
