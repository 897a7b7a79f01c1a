// The figures: bars, a stacked line, a tile map, a frontier. Plain SVG, drawn anew in a few milliseconds.

import { s } from "./dom.js";
import { day, monthName, num, place as nameOf, t } from "./text.js";

const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function parse(colour) {
  const hex = colour.replace("#", "");
  return [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

function mix(from, to, share) {
  const [a, b] = [parse(from), parse(to)];
  return `#${a.map((x, k) => Math.round(x + share * (b[k] - x)).toString(16).padStart(2, "0")).join("")}`;
}

// Orange for a loss, blue for a gain, the neutral colour at zero; `top` is where the colour is full.
function shade(value, top) {
  const share = Math.min(1, Math.sqrt(Math.abs(value) / top));
  return mix(palette().zero, palette()[value < 0 ? "loss" : "gain"], share);
}

function ink(background) {
  const [r, g, b] = parse(background);
  return 0.299 * r + 0.587 * g + 0.114 * b > 140 ? "#1a1a1a" : "#ffffff";
}

const SEEN = 0.01; // smaller changes (percent, thousand jobs) are written as zero, and drawn so
const largest = (values) => Math.max(1e-9, ...values.filter(Number.isFinite).map(Math.abs));

// The colours of the page, read once for each scheme: reading a style makes the browser lay the page out.
const palettes = new Map();
function palette() {
  const scheme = matchMedia("(prefers-color-scheme: dark)").matches && !("print" in document.documentElement.dataset);
  if (!palettes.has(scheme)) palettes.set(scheme, Object.fromEntries(["zero", "gain", "loss", "empty"].map((name) => [name, css(`--${name}`)])));
  return palettes.get(scheme);
}

function nice(top) {
  const power = 10 ** Math.floor(Math.log10(top));
  return [1, 2, 2.5, 5, 10].map((m) => m * power).find((m) => m >= top * 0.999);
}

// A name in one line, or in two smaller ones where it is long.
function named(text, x, y, wide) {
  const box = (size, children) => s("text", { x, y, class: size, "text-anchor": "end" }, children, s("title", {}, text));
  if (text.length * 7.4 <= wide) return box("name", text);
  const most = Math.floor(wide / 6.1), words = text.split(" ");
  const short = (line) => (line.length > most ? `${line.slice(0, most - 1).trimEnd()}…` : line);
  let first = words.shift();
  while (words.length && first.length + 1 + words[0].length <= Math.max(most * 0.6, text.length / 2 + 2) && first.length + 1 + words[0].length <= most) first += ` ${words.shift()}`;
  return box("name two", [first, words.join(" ")].filter(Boolean).map((line, k, all) => s("tspan", { x, y: all.length > 1 ? y - 6 + 12 * k : y }, short(line))));
}

// Horizontal bars around zero. rows: [{label, value, low, high}], show: value -> text.
export function bars(rows, { show, label, wide }) {
  const line = 28, gap = 66;
  const name = Math.min(wide * 0.42, 230, 18 + 7.6 * Math.max(...rows.map((row) => row.label.length)));
  const height = rows.length * line + 6;
  const top = Math.max(SEEN, largest(rows.flatMap((row) => [row.value, row.low ?? 0, row.high ?? 0])));
  const left = name + (rows.some((row) => row.value < 0) ? gap : 14);
  const right = wide - (rows.some((row) => row.value > 0) ? gap : 14);
  const least = Math.min(0, ...rows.map((r) => Math.min(r.value ?? 0, r.low ?? 0)));
  const most = Math.max(0, ...rows.map((r) => Math.max(r.value ?? 0, r.high ?? 0)));
  const scale = (right - left) / Math.max(most - least, top * 0.02, 1e-9);
  const zero = left - least * scale;
  const svg = s("svg", { viewBox: `0 0 ${wide} ${height}`, role: "img", "aria-label": label, class: "chart bars" });
  svg.append(s("line", { x1: zero, x2: zero, y1: 0, y2: height, class: "axis" }));
  rows.forEach((row, k) => {
    const middle = k * line + line / 2 + 2;
    const value = Number.isFinite(row.value) ? row.value : 0;
    const end = zero + value * scale;
    svg.append(named(row.label, name - 8, middle + 5, name - 10));
    svg.append(s("rect", {
      x: Math.min(zero, end), width: Math.max(1, Math.abs(end - zero)), y: middle - 8, height: 16,
      class: value < 0 ? "loss" : "gain", rx: 2,
    }));
    let edge = end;
    if (Number.isFinite(row.low) && Number.isFinite(row.high)) {
      const [a, b] = [zero + row.low * scale, zero + row.high * scale];
      svg.append(s("path", { d: `M${a} ${middle}H${b}M${a} ${middle - 5}V${middle + 5}M${b} ${middle - 5}V${middle + 5}`, class: "whisker" }));
      edge = value < 0 ? Math.min(a, end) : Math.max(b, end);
    }
    svg.append(s("text", {
      x: value < 0 ? edge - 6 : edge + 6, y: middle + 5, class: "value", "text-anchor": value < 0 ? "end" : "start",
    }, show(row.value)));
  });
  return svg;
}

// One tile for each state, province and territory, with its number.
export function tiles(places, values, { show, label, assumed = [], unit, wide: space }) {
  const size = 56, pad = 3, shift = 0.45;
  const rowsOf = (country) => places.filter((p) => p.country === country);
  const lowest = Math.max(...places.map((p) => p.row)) + 1;
  const wide = 12 * size, height = (lowest + shift) * size + 52;
  const top = Math.max(SEEN, largest(values.map((v) => v ?? 0)));
  const svg = s("svg", { viewBox: `0 0 ${wide} ${height}`, role: "img", "aria-label": label, class: `chart tiles${space < 560 ? " large" : ""}` });
  const { empty } = palette();
  places.forEach((p, k) => {
    const x = p.column * size, y = (p.row + (p.country === "USA" ? shift : 0)) * size;
    const known = Number.isFinite(values[k]);
    const colour = known ? shade(values[k], top) : empty;
    const group = s("g", {}, s("title", {}, `${nameOf(p.code)}: ${known ? show(values[k]) : t("no_data")}${assumed[k] ? ` (${t("assumed")})` : ""}`));
    group.append(s("rect", { x: x + pad / 2, y: y + pad / 2, width: size - pad, height: size - pad, rx: 4, fill: colour, class: "tile" }));
    group.append(s("text", { x: x + size / 2, y: y + 21, "text-anchor": "middle", fill: ink(colour), class: "code" }, p.code.slice(3) + (assumed[k] ? " ≈" : "")));
    group.append(s("text", { x: x + size / 2, y: y + 41, "text-anchor": "middle", fill: ink(colour), class: "figure-number" }, known ? short(values[k]) : "–"));
    svg.append(group);
  });
  for (const [country, column, row] of [["CAN", 4, 0], ["USA", 1, 2 + shift]]) {
    if (rowsOf(country).length) svg.append(s("text", { x: column * size + 6, y: row * size + size * 0.72, class: "heading" }, t(`map.${country}`)));
  }
  const base = (lowest + shift) * size + 14;
  const steps = [-1, -0.5, -0.1, 0, 0.1, 0.5, 1];
  steps.forEach((share, k) => {
    const x = size + k * 58;
    svg.append(s("rect", { x, y: base, width: 56, height: 12, fill: share ? shade(share * top, top) : palette().zero, class: "tile" }));
    svg.append(s("text", { x: x + 28, y: base + 28, "text-anchor": "middle", class: "tick" }, short(share * top)));
  });
  svg.append(s("text", { x: wide - 4, y: base + 28, "text-anchor": "end", class: "tick" }, unit));
  return svg;
}

function short(value) {
  const size = Math.abs(value);
  return num(value, size >= 9.95 ? 0 : size >= 0.995 ? 1 : 2, true);
}

// Where the names of a key go: side by side, in as many rows as it takes.
function key(names, wide) {
  let at = 0, row = 0;
  return names.map((name) => {
    const own = 38 + 7.4 * name.length;
    if (at && at + own > wide) [at, row] = [0, row + 1];
    at += own;
    return { name, at: at - own, row };
  });
}

// Steps of an average over time, stacked by authority. steps: [{from, until, parts: {name: points}}].
export function stacked(steps, names, { named = (name) => name, label, mark, jumps = [], wide, onpick }) {
  const left = 44, right = 12, top = 14, legend = key(names.map(named), wide - left - right), rows = 1 + Math.max(...legend.map((one) => one.row), 0);
  const height = (wide < 500 ? 240 : 300) + 22 * rows, bottom = 40 + 22 * rows;
  const time = (iso) => Date.parse(`${iso}T00:00:00Z`);
  const first = time(steps[0].from), last = time(steps.at(-1).until) + 864e5;
  const most = nice(Math.max(1, ...steps.map((step) => names.reduce((sum, name) => sum + (step.parts[name] ?? 0), 0))));
  const x = (at) => left + ((at - first) / (last - first)) * (wide - left - right);
  const y = (value) => height - bottom - (value / most) * (height - top - bottom);
  const svg = s("svg", { viewBox: `0 0 ${wide} ${height}`, role: "img", "aria-label": label, class: "chart stacked" });
  for (let k = 0; k <= 5; k++) {
    const value = (most * k) / 5;
    svg.append(s("line", { x1: left, x2: wide - right, y1: y(value), y2: y(value), class: "grid" }));
    svg.append(s("text", { x: left - 6, y: y(value) + 4, "text-anchor": "end", class: "tick" }, num(value, most < 5 ? 1 : 0)));
  }
  const under = steps.map(() => 0);
  names.forEach((name, order) => {
    const points = [], back = [];
    steps.forEach((step, k) => {
      const [a, b] = [x(time(step.from)), x(time(step.until) + 864e5)];
      const low = under[k], high = low + (step.parts[name] ?? 0);
      points.push(`${a},${y(high)} ${b},${y(high)}`);
      back.unshift(`${b},${y(low)} ${a},${y(low)}`);
      under[k] = high;
    });
    svg.append(s("polygon", { points: [...points, ...back].join(" "), class: `layer l${order % 8}` }, s("title", {}, named(name))));
  });
  for (const jump of jumps) {
    const at = x(time(jump.date));
    svg.append(s("path", { d: `M${at} ${height - bottom}v6`, class: "axis" }, s("title", {}, `${day(jump.date)}: ${jump.cause}`)));
  }
  months(svg, x, first, last, height - bottom + 22, wide);
  legend.forEach(({ name, at, row }, k) => {
    const y = height - 22 * (rows - row) + 8;
    svg.append(s("rect", { x: left + at, y: y - 11, width: 13, height: 13, rx: 2, class: `l${k % 8}` }), s("text", { x: left + at + 19, y, class: "label" }, name));
  });
  if (mark) {
    const at = x(Math.min(Math.max(time(mark), first), last));
    svg.append(s("line", { x1: at, x2: at, y1: top, y2: height - bottom, class: "mark" }));
  }
  if (onpick) {
    svg.addEventListener("click", (event) => {
      const box = svg.getBoundingClientRect();
      const at = first + (((event.clientX - box.left) / box.width) * wide - left) / (wide - left - right) * (last - first);
      onpick(new Date(Math.min(Math.max(at, first), last - 864e5)).toISOString().slice(0, 10));
    });
    svg.classList.add("pick");
  }
  return svg;
}

// The names of months below an axis of time, every quarter (every half year where there is little room).
function months(svg, x, first, last, y, wide) {
  const narrow = wide < 500;
  for (const month = new Date(Date.UTC(new Date(first).getUTCFullYear(), 0, 1)); month <= last; month.setUTCMonth(month.getUTCMonth() + (narrow ? 6 : 3))) {
    const at = x(+month);
    if (month < first || at > wide - 36) continue;
    svg.append(s("text", { x: at, y, class: "tick", "text-anchor": +month === first && !narrow ? "start" : "middle" }, narrow ? month.toISOString().slice(0, 7) : monthName(month)));
  }
}

// Round numbers between two ends, with the digits that tell them apart.
function ticks([low, high]) {
  const step = nice((high - low) / 5), power = Math.floor(Math.log10(step) + 1e-9);
  const digits = Math.max(0, -power + (step / 10 ** power === 2.5 ? 1 : 0));
  const found = [];
  for (let k = Math.ceil(low / step); k * step <= high; k++) found.push([k * step, num(k * step, digits)]);
  return found;
}

// Rates over time: steps as lines, and what was recorded as dots. lines: [{name, steps: [{from, until, value}]}], dots: [{at, value}].
export function timeline(lines, { label, dots = [], dotted = "", mark, wide }) {
  const left = 44, right = 12, top = 14, legend = key([...lines.map((line) => line.name), ...(dots.length ? [dotted] : [])], wide - left - right);
  const rows = 1 + Math.max(...legend.map((one) => one.row), 0), height = (wide < 500 ? 220 : 260) + 22 * rows, bottom = 40 + 22 * rows;
  const time = (iso) => Date.parse(`${iso}T00:00:00Z`), steps = lines[0].steps;
  const first = time(steps[0].from), last = time(steps.at(-1).until) + 864e5;
  const values = [...lines.flatMap((line) => line.steps.map((step) => step.value)), ...dots.map((dot) => dot.value)].filter(Number.isFinite);
  const most = nice(Math.max(1, ...values)), least = Math.min(0, ...values);
  const x = (at) => left + ((at - first) / (last - first)) * (wide - left - right);
  const y = (value) => height - bottom - ((value - least) / (most - least)) * (height - top - bottom);
  const svg = s("svg", { viewBox: `0 0 ${wide} ${height}`, role: "img", "aria-label": label, class: "chart timeline" });
  for (let k = 0; k <= 5; k++) {
    const value = (most * k) / 5;
    svg.append(s("line", { x1: left, x2: wide - right, y1: y(value), y2: y(value), class: "grid" }), s("text", { x: left - 6, y: y(value) + 4, "text-anchor": "end", class: "tick" }, num(value, most < 5 ? 1 : 0)));
  }
  lines.forEach((line, k) => {
    let path = "";
    for (const step of line.steps) if (Number.isFinite(step.value)) path += `${path ? "L" : "M"}${x(time(step.from))} ${y(step.value)}H${x(time(step.until) + 864e5)}`;
    svg.append(s("path", { d: path, class: `line s${k}` }, s("title", {}, line.name)));
  });
  for (const dot of dots) svg.append(s("circle", { cx: x(time(dot.at)), cy: y(dot.value), r: 4.5, class: "dot" }, s("title", {}, `${monthName(new Date(time(dot.at)))}: ${num(dot.value, 1)}`)));
  months(svg, x, first, last, height - bottom + 22, wide);
  legend.forEach(({ name, at, row }, k) => {
    const base = height - 22 * (rows - row) + 8;
    svg.append(k < lines.length ? s("path", { d: `M${left + at} ${base - 5}h15`, class: `line s${k}` }) : s("circle", { cx: left + at + 7, cy: base - 5, r: 4.5, class: "dot" }), s("text", { x: left + at + 21, y: base, class: "label" }, name));
  });
  if (mark) {
    const at = x(Math.min(Math.max(time(mark), first), last));
    svg.append(s("line", { x1: at, x2: at, y1: top, y2: height - bottom, class: "mark" }));
  }
  return svg;
}

// Gains of the two sides, percent: the frontier as a line, offers and special points as marks.
export function plane({ curve, points, axes, label, wide }) {
  const height = wide < 500 ? 340 : 430, pad = { left: 70, right: 24, top: 20, bottom: 52 };
  const all = [...curve, ...points.map((p) => p.at), [0, 0]];
  const span = (k) => {
    const [low, high] = [Math.min(...all.map((p) => p[k])), Math.max(...all.map((p) => p[k]))];
    const room = Math.max((high - low) * 0.12, 1e-4);
    return [low - room, high + room];
  };
  const [sx, sy] = [span(0), span(1)];
  const x = (v) => pad.left + ((v - sx[0]) / (sx[1] - sx[0])) * (wide - pad.left - pad.right);
  const y = (v) => height - pad.bottom - ((v - sy[0]) / (sy[1] - sy[0])) * (height - pad.top - pad.bottom);
  const svg = s("svg", { viewBox: `0 0 ${wide} ${height}`, role: "img", "aria-label": label, class: "chart plane" });
  svg.append(s("rect", { x: x(0), y: pad.top, width: Math.max(0, wide - pad.right - x(0)), height: Math.max(0, y(0) - pad.top), class: "both" }));
  svg.append(s("path", { d: `M${x(0)} ${pad.top}V${height - pad.bottom}M${pad.left} ${y(0)}H${wide - pad.right}`, class: "axis" }));
  ticks(sx).forEach(([value, text]) => svg.append(s("text", { x: x(value), y: height - pad.bottom + 18, class: "tick", "text-anchor": "middle" }, text)));
  ticks(sy).forEach(([value, text]) => svg.append(s("text", { x: pad.left - 8, y: y(value) + 4, class: "tick", "text-anchor": "end" }, text)));
  svg.append(s("text", { x: (pad.left + wide - pad.right) / 2, y: height - 12, class: "label", "text-anchor": "middle" }, axes[0]));
  svg.append(s("text", { transform: `translate(16 ${(pad.top + height - pad.bottom) / 2}) rotate(-90)`, class: "label", "text-anchor": "middle" }, axes[1]));
  if (curve.length > 1) svg.append(s("polyline", { points: curve.map((p) => `${x(p[0])},${y(p[1])}`).join(" "), class: "curve" }));
  const marks = points.map((point) => [x(point.at[0]), y(point.at[1])]);
  const axesAt = [[pad.left, y(0) - 1, wide, y(0) + 1], [x(0) - 1, 0, x(0) + 1, height]];
  const taken = [...axesAt, ...marks.map(([cx, cy]) => [cx - 8, cy - 8, cx + 8, cy + 8])];
  points.forEach((point, k) => {
    const shape = mark(point.shape, ...marks[k]);
    shape.setAttribute("class", `point ${point.kind ?? ""}`);
    shape.append(s("title", {}, point.title));
    svg.append(shape);
  });
  points.forEach((point, k) => {
    const { at, box, anchor } = place(marks[k], point.name.length * 7.6, taken, { left: pad.left, right: wide, top: 0, bottom: height - pad.bottom });
    taken.push(box);
    svg.append(s("text", { x: at[0], y: at[1], class: "value", "text-anchor": anchor }, point.name));
  });
  return svg;
}

function mark(shape, cx, cy) {
  if (shape === "square") return s("rect", { x: cx - 7, y: cy - 7, width: 14, height: 14 });
  if (shape === "star") return s("path", { d: `M${cx} ${cy - 10}l3 7h7l-5.5 5 2 7.5-6.5-4.5-6.5 4.5 2-7.5-5.5-5h7z` });
  if (shape === "cross") return s("path", { d: `M${cx - 6} ${cy - 6}l12 12M${cx + 6} ${cy - 6}l-12 12` });
  return s("circle", { cx, cy, r: 8 });
}

// Where a name meets no mark and no other name: beside its mark, above, below, then further off.
function place([cx, cy], wide, taken, frame) {
  const tall = 16;
  let least = null;
  for (const [dx, dy] of [[13, 5], [13, -12], [13, 20], [-13, 5], [-13, -12], [-13, 20], [0, -16], [0, 28], [13, 38], [13, -32], [-13, 38], [-13, -32]]) {
    const left = cx + dx - (dx < 0 ? wide : dx ? 0 : wide / 2), top = cy + dy - tall + 3;
    const box = [left, top, left + wide, top + tall];
    const outside = Math.max(0, frame.left - left) + Math.max(0, left + wide - frame.right) + Math.max(0, frame.top - top) + Math.max(0, top + tall - frame.bottom);
    const cost = 10 * outside + taken.reduce((sum, [a, b, c, d]) => sum + Math.max(0, Math.min(c, box[2]) - Math.max(a, box[0])) * Math.max(0, Math.min(d, box[3]) - Math.max(b, box[1])), 0);
    if (!least || cost < least.cost - 1e-9) least = { cost, box, at: [cx + dx, cy + dy], anchor: dx < 0 ? "end" : dx ? "start" : "middle" };
    if (!least.cost) break;
  }
  return least;
}
