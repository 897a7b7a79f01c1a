// What can be done with a scenario: kept for comparison, reported, saved as a file, cited.

import { send } from "../../api.js";
import { h, save } from "../../dom.js";
import { cite } from "../../figure.js";
import { announce } from "../../messages.js";
import { follow, link, query } from "../../router.js";
import { packed } from "../../scenario.js";
import { language, t, tn } from "../../text.js";
import { Work } from "../../work.js";

export const MOST = 4;

export const compareLink = (kept) => {
  const next = new URLSearchParams({ view: "compare", lang: language });
  kept.forEach((one) => next.append("s", one));
  return `/?${next}`;
};

const ASSUMED = ["model", "horizon", "deficit", "law", "range", "left_out"];

// `asked()`: the question that the server is sent for the scenario on the screen.
export class Actions {
  constructor(scenario, asked) {
    this.asked = asked;
    this.work = new Work();
    const kept = query().getAll("s");
    this.compare = h("a", { class: "button", href: compareLink(kept), hidden: !kept.length, onclick: follow }, t("whatif.compare", { n: kept.length }));
    this.keeper = h("button", { type: "button", disabled: kept.length >= MOST, onclick: () => this.keep(scenario) }, t("whatif.keep"));
    this.node = h("div", { class: "card doing" },
      h("div", { class: "actions" }, this.keeper, this.compare,
        h("button", { type: "button", onclick: () => this.report() }, t("whatif.report")),
        h("button", { type: "button", onclick: () => this.file("/api/whatif/file", "scenario.yaml") }, t("whatif.file")),
        h("button", { type: "button", onclick: (event) => cite(event.currentTarget) }, t("figure.cite"))),
      this.work.node,
      h("details", {}, h("summary", {}, t("whatif.assumptions")), h("ul", {}, ASSUMED.map((key) => h("li", {}, t(`assume.${key}`))))),
      h("details", { ontoggle: (event) => event.target.open && this.repeat() }, h("summary", {}, t("whatif.again")), h("p", {}, t("whatif.again.how")),
        h("h3", {}, t("whatif.again.yaml")), this.yaml = h("pre", { tabindex: "0" }), this.copier(() => this.yaml),
        h("pre", {}, `detente run scenario.yaml --out results${language === "en" ? "" : ` --lang ${language}`}`),
        h("h3", {}, t("whatif.again.python")), this.python = h("pre", { tabindex: "0" }), this.copier(() => this.python)));
  }

  // The scenario as it stands, as a file and as a program; both give the numbers of the page.
  async repeat() {
    const text = await (await send("POST", "/api/whatif/file", this.titled())).text();
    const [first] = this.asked().pair;
    this.yaml.textContent = text;
    this.python.textContent = `import detente as dt\nimport yaml\n\nstudy = dt.run(yaml.safe_load("""\n${text.trim()}\n"""))\nprint(study.result.welfare.sel(region="${first}"))  # percent\n`;
  }

  copier(box) {
    const button = h("button", { type: "button", onclick: async () => {
      await navigator.clipboard?.writeText(box().textContent).catch(() => null);
      button.textContent = t("link_copied_text");
      setTimeout(() => { button.textContent = t("copy"); }, 2000);
    } }, t("copy"));
    return button;
  }

  keep(scenario) {
    const kept = [...query().getAll("s"), packed(scenario)].slice(0, MOST);
    const next = new URLSearchParams(link({ s: null }).slice(2));
    kept.forEach((one) => next.append("s", one));
    history.replaceState(null, "", `/?${next}`);
    this.compare.hidden = false;
    this.compare.textContent = t("whatif.compare", { n: kept.length });
    this.compare.setAttribute("href", compareLink(kept));
    this.keeper.disabled = kept.length >= MOST;
    announce(tn("whatif.kept", kept.length));
  }

  // The report with ranges takes some seconds; the central answer alone can be had meanwhile.
  async report() {
    const quick = h("button", { type: "button", onclick: () => { this.work.stop(); this.file("/api/whatif/report", "report.html", this.askedReport()); } }, t("whatif.report.now"));
    const found = await this.work.run("/api/whatif/report/ranges", this.askedReport(), [quick]);
    if (found) save("report.html", found.html, "text/html");
  }

  titled() {
    return { ...this.asked(), title: t("nav.whatif") };
  }

  askedReport() {
    return { ...this.titled(), lang: language };
  }

  async file(path, name, question = this.titled()) {
    try {
      save(name, await (await send("POST", path, question)).blob());
    } catch (error) {
      this.work.node.replaceChildren(h("p", { class: "status error", role: "alert" }, error.message));
    }
  }
}
