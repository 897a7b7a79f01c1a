// A drawing as a file of its own: SVG with its styles written in, a title and a source line; PNG made of that.

import { h, s } from "./dom.js";

const STYLED = ["fill", "stroke", "stroke-width", "stroke-dasharray", "font-size", "font-weight", "font-style", "font-family", "opacity", "fill-opacity"];
const LETTER = { title: 10, source: 6.6 }; // pixels of a letter, in the widest of the usual fonts

// The words of a title in lines that fit.
function wrapped(text, most) {
  const lines = [""];
  for (const word of text.split(" ")) {
    if (lines.at(-1) && lines.at(-1).length + word.length >= most) lines.push(word);
    else lines[lines.length - 1] += (lines.at(-1) ? " " : "") + word;
  }
  return lines;
}

export function standalone(svg, title, source) {
  const copy = svg.cloneNode(true);
  const originals = svg.querySelectorAll("*"), copies = copy.querySelectorAll("*");
  originals.forEach((node, k) => {
    const style = getComputedStyle(node);
    for (const name of STYLED) copies[k].setAttribute(name, style.getPropertyValue(name));
    copies[k].removeAttribute("class");
  });
  const [, , wide, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  const { color, backgroundColor } = getComputedStyle(document.body);
  const heads = wrapped(title, Math.floor((wide - 16) / LETTER.title)), feet = wrapped(source, Math.floor((wide - 16) / LETTER.source));
  const above = 12 + 22 * heads.length, below = 16 + 15 * feet.length, tall = above + height + below;
  const text = (content, y, size, weight) => s("text", { x: 8, y, "font-size": size, "font-weight": weight, "font-family": "Arial, sans-serif", fill: color }, content);
  const outer = s("svg", { xmlns: "http://www.w3.org/2000/svg", width: wide, height: tall, viewBox: `0 0 ${wide} ${tall}` });
  outer.append(s("rect", { width: wide, height: tall, fill: backgroundColor }));
  heads.forEach((one, k) => outer.append(text(one, 24 + 22 * k, 16, 600)));
  for (const [name, value] of [["y", above], ["width", wide], ["height", height]]) copy.setAttribute(name, value);
  outer.append(copy);
  feet.forEach((one, k) => outer.append(text(one, above + height + 18 + 15 * k, 11, 400)));
  return { text: new XMLSerializer().serializeToString(outer), wide, height: tall };
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
