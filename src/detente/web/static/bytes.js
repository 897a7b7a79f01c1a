// Bytes of files that no browser writes by itself: a workbook of two sheets, and a picture that carries words.

const utf8 = new TextEncoder();

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
  return n;
});

function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 255] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

// Numbers as bytes, [width, value] each; the lowest byte first unless `big`.
function numbers(pairs, big = false) {
  const view = new DataView(new ArrayBuffer(pairs.reduce((sum, [width]) => sum + width, 0)));
  let at = 0;
  for (const [width, value] of pairs) {
    if (width === 4) view.setUint32(at, value, !big);
    else view.setUint16(at, value, !big);
    at += width;
  }
  return new Uint8Array(view.buffer);
}

// Files [name, text] in one ZIP archive, stored as they are.
function zip(files) {
  const parts = [], directory = [];
  let at = 0;
  for (const [name, text] of files) {
    const path = utf8.encode(name), body = utf8.encode(text);
    const same = [[2, 20], [2, 0x800], [2, 0], [2, 0], [2, 0x21], [4, crc32(body)], [4, body.length], [4, body.length], [2, path.length], [2, 0]];
    parts.push(numbers([[4, 0x04034b50], ...same]), path, body);
    directory.push(numbers([[4, 0x02014b50], [2, 20], ...same, [2, 0], [2, 0], [2, 0], [4, 0], [4, at]]), path);
    at += 30 + path.length + body.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = numbers([[4, 0x06054b50], [2, 0], [2, 0], [2, files.length], [2, files.length], [4, size], [4, at], [2, 0]]);
  return joined([...parts, ...directory, end]);
}

const xml = (text) => String(text).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "").replace(/[&<>"]/g, (one) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[one]);
const cell = (value) => (Number.isFinite(value) ? `<c><v>${value}</v></c>` : value === null || value === undefined || value === "" ? "<c/>" : `<c t="inlineStr"><is><t>${xml(value)}</t></is></c>`);
const sheet = (rows) => `<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>${rows.map((row) => `<row>${row.map(cell).join("")}</row>`).join("")}</sheetData></worksheet>`;

// A workbook for a spreadsheet: `sheets` is {name: rows}, a row an array of texts and numbers.
export function workbook(sheets) {
  const names = Object.keys(sheets), head = '<?xml version="1.0" encoding="UTF-8"?>';
  const package_ = "http://schemas.openxmlformats.org/package/2006", office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships", main = "application/vnd.openxmlformats-officedocument.spreadsheetml";
  return zip([
    ["[Content_Types].xml", `${head}<Types xmlns="${package_}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${main}.sheet.main+xml"/>${names.map((_, k) => `<Override PartName="/xl/worksheets/sheet${k + 1}.xml" ContentType="${main}.worksheet+xml"/>`).join("")}</Types>`],
    ["_rels/.rels", `${head}<Relationships xmlns="${package_}/relationships"><Relationship Id="r1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`],
    ["xl/workbook.xml", `${head}<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="${office}"><sheets>${names.map((name, k) => `<sheet name="${xml(name)}" sheetId="${k + 1}" r:id="r${k + 1}"/>`).join("")}</sheets></workbook>`],
    ["xl/_rels/workbook.xml.rels", `${head}<Relationships xmlns="${package_}/relationships">${names.map((_, k) => `<Relationship Id="r${k + 1}" Type="${office}/worksheet" Target="worksheets/sheet${k + 1}.xml"/>`).join("")}</Relationships>`],
    ...names.map((name, k) => [`xl/worksheets/sheet${k + 1}.xml`, sheet(sheets[name])]),
  ]);
}

// A PNG picture with `words` {keyword: text} written into it, where readers of pictures find them.
export function withWords(picture, words) {
  const begin = 33; // after the signature and the first chunk
  const chunks = Object.entries(words).map(([key, text]) => {
    const body = joined([utf8.encode("iTXt"), utf8.encode(key), new Uint8Array(5), utf8.encode(text)]);
    return joined([numbers([[4, body.length - 4]], true), body, numbers([[4, crc32(body)]], true)]);
  });
  return joined([picture.slice(0, begin), ...chunks, picture.slice(begin)]);
}
