// Why a sector moves: its change taken apart into parts that add up.

import { post } from "../../api.js";
import { bars } from "../../charts.js";
import { h, newId, replace } from "../../dom.js";
import { column, Figure } from "../../figure.js";
import { announce } from "../../messages.js";
import { capital, listed, num, ofRegion, pct, sector, t, theRegion } from "../../text.js";
import { sectorCode } from "./summary.js";

const SAID = 3; // parts in the sentence
const signed = (value) => pct(value, true);

// `asked()`: the question on the screen; `about()`: what figures of the screen say of themselves.
export class Why {
  constructor(asked, about) {
    this.asked = asked;
    const id = newId("why");
    this.choice = h("select", { id, onchange: () => this.ask() });
    this.said = h("p", { class: "status", role: "status" });
    this.figure = new Figure("why", { about, table: () => ({
      columns: [column("part", t("column.code")), column("part_name", t("why.part")), column("points", t("column.points"), t("unit.points"))],
      rows: this.parts.map(([part, value]) => [part, t(`why.${part}`), value]) }) });
    this.figure.node.hidden = true;
    this.node = h("div", {}, h("div", { class: "choices card" }, h("label", { for: id }, h("span", {}, t("why.ask")), this.choice)), this.said, this.figure.node);
  }

  // The sectors of `code` that can be asked about, those that move most first; what was said of another answer goes.
  offer(code, output) {
    const order = output.map((value, k) => [value ?? 0, k]).sort((x, y) => Math.abs(y[0]) - Math.abs(x[0])).slice(0, 12);
    this.code = code;
    replace(this.choice, h("option", { value: "" }, t("why.choose")), order.map(([value, k]) => h("option", { value: sectorCode(k) }, `${sector(sectorCode(k))} ${signed(value)}`)));
    this.figure.node.hidden = true;
    this.said.textContent = "";
  }

  async ask() {
    const name = this.choice.value, { code } = this;
    if (!name) return;
    this.said.className = "status busy";
    this.said.textContent = t("why.asking");
    try {
      const { output } = await post("/api/whatif/why", { ...this.asked(), region: code, sector: name });
      if (this.choice.value !== name) return;
      const { total, ...parts } = output;
      this.parts = Object.entries(parts).filter(([, value]) => Math.abs(value) >= 0.005).sort((x, y) => Math.abs(y[1]) - Math.abs(x[1]));
      const most = listed(this.parts.slice(0, SAID).map(([part, value]) => t("why.points", { part: t(`why.${part}`), n: num(value, 1, true) })));
      const title = capital(t("why.title", { sector: sector(name).toLowerCase(), region: theRegion(code), of: ofRegion(code), n: signed(total), parts: most }));
      this.figure.node.hidden = false;
      const rows = this.parts.map(([part, value]) => ({ key: part, label: t(`why.${part}`), value }));
      this.figure.show(title, (wide) => bars(rows, { show: (value) => num(value, 1, true), label: title, wide }), t("why.note"));
      this.said.textContent = "";
      this.said.className = "status";
      announce(title);
    } catch (error) {
      this.said.className = "status error";
      this.said.textContent = error.message;
    }
  }
}
