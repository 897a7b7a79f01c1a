// A drawing as a file of its own: title, scenario, range, source, licence and link written around it, on white.

import { withWords } from "./bytes.js";
import { h, s } from "./dom.js";
import { t } from "./text.js";

const STYLED = ["fill", "stroke", "stroke-width", "stroke-dasharray", "font-size", "font-weight", "font-style", "font-family", "opacity", "fill-opacity"];
const FONT = "Arial, Helvetica, 'Liberation Sans', sans-serif";
const WIDE = 800, EDGE = 20; // pixels
const INK = "#1b1d21", SOFT = "#565c66";

const pen = document.createElement("canvas").getContext("2d");

// Words in lines that fit.
function wrapped(text, size, weight) {
  pen.font = `${weight} ${size}px ${FONT}`;
  const lines = [];
  for (const word of text.split(" ").filter(Boolean)) {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
    if (lines.length && pen.measureText(longer).width > WIDE - 2 * EDGE) lines.push(word);
    else lines[Math.max(lines.length - 1, 0)] = longer;
  }
  return lines;
}

// The drawing, made for the width of the file and in the colours of paper, with its styles written into it.
function drawn(draw) {
  const bench = h("div", { class: "bench", "aria-hidden": "true" });
  document.documentElement.toggleAttribute("data-print", true);
  document.body.append(bench);
  try {
    const svg = draw(WIDE - 2 * EDGE);
    bench.append(svg);
    const copy = svg.cloneNode(true), copies = copy.querySelectorAll("*");
    svg.querySelectorAll("*").forEach((node, k) => {
      const style = getComputedStyle(node);
      for (const name of STYLED) copies[k].setAttribute(name, name === "font-family" ? FONT : style.getPropertyValue(name));
      copies[k].removeAttribute("class");
    });
    copy.removeAttribute("class");
    return copy;
  } finally {
    bench.remove();
    document.documentElement.toggleAttribute("data-print", false);
  }
}

export function standalone(draw, title, note, about) {
  const svg = drawn(draw), [, , inner, high] = svg.getAttribute("viewBox").split(" ").map(Number);
  const outer = s("svg", { xmlns: "http://www.w3.org/2000/svg", width: WIDE });
  const said = [title, about.scenario, about.range, about.source, about.licence, about.link].filter(Boolean);
  outer.append(s("title", {}, title), s("desc", {}, said.slice(1).join("\n")), s("rect", { width: WIDE, height: "100%", fill: "#ffffff" }));
  let y = EDGE;
  const say = (text, size, weight, fill) => {
    for (const line of wrapped(text, size, weight)) {
      y += size * 1.32;
      outer.append(s("text", { x: EDGE, y, "font-size": size, "font-weight": weight, "font-family": FONT, fill }, line));
    }
  };
  say(title, 21, 700, INK);
  y += 4;
  say(about.scenario, 14, 400, SOFT);
  if (note) say(note, 12.5, 400, SOFT);
  y += 14;
  const scale = Math.min(1, (WIDE - 2 * EDGE) / inner);
  for (const [name, value] of [["x", EDGE], ["y", y], ["width", inner * scale], ["height", high * scale]]) svg.setAttribute(name, value);
  outer.append(svg);
  y += high * scale + 12;
  outer.append(s("line", { x1: EDGE, x2: WIDE - EDGE, y1: y, y2: y, stroke: "#d5d9e0" }));
  for (const key of ["range", "source", "licence"]) if (about[key]) say(`${t(`about.${key}`)}${t("about.colon")}${about[key]}`, 11, 400, SOFT);
  if (about.link) say(about.link.length > 150 ? `${about.link.slice(0, 149)}…` : about.link, 11, 400, SOFT);
  y += EDGE;
  outer.setAttribute("height", y);
  outer.setAttribute("viewBox", `0 0 ${WIDE} ${y}`);
  return { text: new XMLSerializer().serializeToString(outer), wide: WIDE, height: y, title, about };
}

export async function png({ text, wide, height, title, about }) {
  const url = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = h("canvas", { width: 2 * wide, height: Math.ceil(2 * height) });
    canvas.getContext("2d").drawImage(image, 0, 0, 2 * wide, 2 * height);
    const picture = await new Promise((done) => canvas.toBlob(done, "image/png"));
    const words = { Title: title, Description: about.scenario, Copyright: about.licence, Source: about.source, Comment: [about.range, about.link].filter(Boolean).join(" ") };
    return new Blob([withWords(new Uint8Array(await picture.arrayBuffer()), words)], { type: "image/png" });
  } finally {
    URL.revokeObjectURL(url);
  }
}
