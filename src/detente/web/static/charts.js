// The figures: bars, a stacked line, a tile map, a frontier. Plain SVG, drawn anew in a few milliseconds.

import { h, s } from "./dom.js";
import { day, num, place, t } from "./text.js";

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
  return mix(css("--zero"), css(value < 0 ? "--loss" : "--gain"), share);
}

function ink(background) {
  const [r, g, b] = parse(background);
  return 0.299 * r + 0.587 * g + 0.114 * b > 140 ? "#1a1a1a" : "#ffffff";
}

const largest = (values) => Math.max(1e-9, ...values.filter(Number.isFinite).map(Math.abs));

// The width to draw for: as wide as the figure may become, or as the phone.
const room = (most) => Math.max(300, Math.min(most, innerWidth - 64));

function nice(top) {
  const power = 10 ** Math.floor(Math.log10(top));
  return [1, 2, 2.5, 5, 10].map((m) => m * power).find((m) => m >= top * 0.999);
}

// A name that fits in so many pixels (a letter of 14 px text takes about 8).
function fit(text, wide) {
  const most = Math.floor(wide / 8);
  return text.length > most ? `${text.slice(0, most - 1).trimEnd()}…` : text;
}

// Horizontal bars around zero. rows: [{label, value, low, high}], show: value -> text.
export function bars(rows, { show, label, wide = room(440) }) {
  const line = 26, name = wide * 0.42, gap = 66;
  const height = rows.length * line + 6;
  const top = largest(rows.flatMap((row) => [row.value, row.low ?? 0, row.high ?? 0]));
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
    svg.append(s("text", { x: name - 8, y: middle + 5, class: "name", "text-anchor": "end" }, fit(row.label, name - 10), s("title", {}, row.label)));
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
export function tiles(places, values, { show, label, assumed = [], unit }) {
  const size = 56, pad = 3, shift = 0.45;
  const rowsOf = (country) => places.filter((p) => p.country === country);
  const lowest = Math.max(...places.map((p) => p.row)) + 1;
  const wide = 12 * size, height = (lowest + shift) * size + 52;
  const top = largest(values.map((v) => v ?? 0));
  const svg = s("svg", { viewBox: `0 0 ${wide} ${height}`, role: "img", "aria-label": label, class: "chart tiles" });
  const empty = css("--empty");
  places.forEach((p, k) => {
    const x = p.column * size, y = (p.row + (p.country === "USA" ? shift : 0)) * size;
    const known = Number.isFinite(values[k]);
    const colour = known ? shade(values[k], top) : empty;
    const group = s("g", {}, s("title", {}, `${place(p.code)}: ${known ? show(values[k]) : t("no_data")}${assumed[k] ? ` (${t("assumed")})` : ""}`));
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
    svg.append(s("rect", { x, y: base, width: 56, height: 12, fill: share ? shade(share * top, top) : css("--zero"), class: "tile" }));
    svg.append(s("text", { x: x + 28, y: base + 28, "text-anchor": "middle", class: "tick" }, short(share * top)));
  });
  svg.append(s("text", { x: wide - 4, y: base + 28, "text-anchor": "end", class: "tick" }, unit));
  return svg;
}

function short(value) {
  const size = Math.abs(value);
  return num(value, size >= 9.95 ? 0 : size >= 0.995 ? 1 : 2, true);
}

// Steps of an average over time, stacked by authority. steps: [{from, until, parts: {name: points}}].
export function stacked(steps, names, { label, mark, jumps = [], wide = room(860), onpick }) {
  const height = wide < 500 ? 240 : 300, left = 44, right = 12, top = 14, bottom = 34;
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
    svg.append(s("polygon", { points: [...points, ...back].join(" "), class: `layer l${order % 8}` }, s("title", {}, name)));
  });
  for (const jump of jumps) {
    const at = x(time(jump.date));
    svg.append(s("path", { d: `M${at} ${height - bottom}v6`, class: "axis" }, s("title", {}, `${day(jump.date)}: ${jump.cause}`)));
  }
  const begin = new Date(first);
  for (let month = new Date(Date.UTC(begin.getUTCFullYear(), 0, 1)); month <= last; month.setUTCMonth(month.getUTCMonth() + (wide < 500 ? 6 : 3))) {
    if (month < first) continue;
    svg.append(s("text", { x: x(+month), y: height - 10, class: "tick", "text-anchor": +month === first ? "start" : x(+month) > wide - 50 ? "end" : "middle" }, month.toISOString().slice(0, 7)));
  }
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

// Round numbers between two ends, with the digits that tell them apart.
function ticks([low, high]) {
  const step = nice((high - low) / 5), power = Math.floor(Math.log10(step) + 1e-9);
  const digits = Math.max(0, -power + (step / 10 ** power === 2.5 ? 1 : 0));
  const found = [];
  for (let k = Math.ceil(low / step); k * step <= high; k++) found.push([k * step, num(k * step, digits)]);
  return found;
}

// Gains of the two sides, percent: the frontier as a line, offers and special points as marks.
export function plane({ curve, points, axes, label, wide = room(560) }) {
  const height = wide < 500 ? 340 : 420, pad = { left: 64, right: 30, top: 20, bottom: 52 };
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
  for (const point of points) {
    const [cx, cy] = [x(point.at[0]), y(point.at[1])];
    const shape = {
      circle: () => s("circle", { cx, cy, r: 8 }),
      square: () => s("rect", { x: cx - 7, y: cy - 7, width: 14, height: 14 }),
      star: () => s("path", { d: `M${cx} ${cy - 10}l3 7h7l-5.5 5 2 7.500-6.500-4.500-6.500 4.500 2-7.500-5.500-5h7z` }),
      cross: () => s("path", { d: `M${cx - 6} ${cy - 6}l12 12M${cx + 6} ${cy - 6}l-12 12` }),
    }[point.shape ?? "circle"]();
    shape.setAttribute("class", `point ${point.kind ?? ""}`);
    shape.append(s("title", {}, point.title));
    svg.append(shape);
    svg.append(s("text", { x: cx + 12, y: cy - 8 + (point.nudge ?? 0), class: "value" }, point.name));
  }
  return svg;
}

const STYLED = ["fill", "stroke", "stroke-width", "stroke-dasharray", "font-size", "font-weight", "font-style", "font-family", "opacity", "fill-opacity"];

// The drawing as a file of its own: styles written into it, a title and a source line added.
export function standalone(svg, title, source) {
  const copy = svg.cloneNode(true);
  const originals = svg.querySelectorAll("*"), copies = copy.querySelectorAll("*");
  originals.forEach((node, k) => {
    const style = getComputedStyle(node);
    for (const name of STYLED) copies[k].setAttribute(name, style.getPropertyValue(name));
    copies[k].removeAttribute("class");
  });
  const [, , wide, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  const inkColour = getComputedStyle(document.body).color;
  const outer = s("svg", { xmlns: "http://www.w3.org/2000/svg", width: wide, height: height + 70, viewBox: `0 0 ${wide} ${height + 70}` });
  outer.append(s("rect", { width: wide, height: height + 70, fill: getComputedStyle(document.body).backgroundColor }));
  outer.append(s("text", { x: 8, y: 24, "font-size": 17, "font-weight": 600, "font-family": "Arial, sans-serif", fill: inkColour }, title));
  copy.setAttribute("y", 36);
  copy.setAttribute("width", wide);
  copy.setAttribute("height", height);
  outer.append(copy);
  outer.append(s("text", { x: 8, y: height + 60, "font-size": 11, "font-family": "Arial, sans-serif", fill: inkColour }, source));
  return { text: new XMLSerializer().serializeToString(outer), wide, height: height + 70 };
}

export async function png({ text, wide, height }) {
  const url = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = h("canvas", { width: 2 * wide, height: 2 * height });
    canvas.getContext("2d").drawImage(image, 0, 0, 2 * wide, 2 * height);
    return await new Promise((done) => canvas.toBlob(done, "image/png"));
  } finally {
    URL.revokeObjectURL(url);
  }
}
