// What if: sliders and measures, the world economy re-solved, who gains and who loses.

import { get, post, send } from "../api.js";
import { h, replace } from "../dom.js";
import { announce, beyond, failure, misread } from "../messages.js";
import { link, remember } from "../router.js";
import { fromQuery, question, toQuery } from "../scenario.js";
import { day, num, pct, region, t, theRegion } from "../text.js";
import { world } from "../world.js";
import { Actions } from "./whatif/actions.js";
import { ADDED, dayOf, inShort, inWords, unchanged } from "./whatif/describe.js";
import { LawMeasures, NewMeasures } from "./whatif/measures.js";
import { Results, tabs } from "./whatif/results.js";
import { Sliders } from "./whatif/sliders.js";
import { card, summary } from "./whatif/summary.js";

const QUIET = 400; // milliseconds without a change before ranges are asked for
const RESTED = 2500; // and before as many draws as a report has are
const LOOK = 1500; // between looks at how far they are
const SLOW = 400; // milliseconds of solving before it is said

export async function show(shell, values) {
  const screen = new Screen(shell, values);
  await screen.start();
  return () => screen.stop();
}

// Whether the scenario is compared with itself.
const nothingAsked = (scenario) => unchanged(scenario) && (scenario.law === "none" || scenario.against === "law");

class Screen {
  constructor(shell, values) {
    this.shell = shell;
    this.scenario = fromQuery(values, world.vocabulary);
    this.tracks = world.vocabulary.tracks;
    this.alive = true;
    this.results = new Results(this.scenario, values, () => this.draw(), () => this.about(), () => ({ ...this.asked(), law: dayOf(this.scenario) ?? "none" }));
    this.sliders = new Sliders(this.scenario, this.tracks, {
      onmove: (key, percent) => { this.held = true; this.touched = performance.now(); this.scenario.set.set(key, percent); this.solve(); },
      onrest: () => { this.held = false; this.remember(); },
      onundo: (key) => { this.scenario.set.delete(key); this.changed(); },
    });
    this.law = new LawMeasures(this.scenario, () => this.changed());
    this.added = new NewMeasures(this.scenario, (...measure) => this.attempt(...measure), () => this.changed());
    this.actions = new Actions(this.scenario, () => this.asked());
    this.repaint = () => this.answer && this.draw();
    this.closed = () => { this.stopRanging(); this.actions.work.stop(); }; // nobody is left to see them end
    this.resized = () => { clearTimeout(this.fitting); this.fitting = setTimeout(this.repaint, 150); };
  }

  async start() {
    this.build();
    addEventListener("resize", this.resized);
    addEventListener("repaint", this.repaint);
    addEventListener("pagehide", this.closed);
    await this.solve();
    this.law.load();
  }

  stop() {
    this.alive = false;
    clearTimeout(this.timer);
    this.stopRanging();
    this.actions.work.leave();
    removeEventListener("resize", this.resized);
    removeEventListener("repaint", this.repaint);
    removeEventListener("pagehide", this.closed);
  }

  build() {
    const [a, b] = this.scenario.pair;
    this.status = h("p", { class: "status busy", role: "status" }, t("whatif.solving"));
    this.summary = h("div", { class: "summary" });
    this.cards = h("div", { class: "cards" });
    this.brief = h("div", { class: "brief", "aria-hidden": "true" });
    const choose = (name, options) =>
      h("label", {}, h("span", {}, t(`whatif.${name}`)), h("select", { id: `choose-${name}`, onchange: (event) => this.choose(name, event.target.value) },
        options.map(([value, text]) => h("option", { value, selected: value === this.scenario[name] }, text))));
    const days = /^\d/.test(this.scenario.law) ? [[this.scenario.law, day(this.scenario.law)]] : [];
    const controls = h("section", { class: "controls card", "aria-label": t("whatif.controls") },
      h("div", { class: "choices" },
        choose("law", [["latest", t("whatif.start.latest")], ...days, ["none", t("whatif.start.none")]]),
        choose("against", ["2024", "law"].map((name) => [name, t(`whatif.against.${name}`)])),
        choose("rates", ["statutory", "collected"].map((name) => [name, t(`whatif.rates.${name}`)])),
        choose("horizon", ["short", "medium", "long"].map((name) => [name, t(`horizon.${name}`)]))),
      this.sliders.nodes,
      h("button", { type: "button", class: "reset", onclick: () => this.reset() }, t("whatif.reset")),
      this.law.node, this.added.node, this.status);
    this.said = h("p", {});
    this.whose = tabs("with", [["all", t("whatif.with.all")], ["pair", t("whatif.with.pair", { a: theRegion(a), b: theRegion(b) })]], this.scenario.only ? "pair" : "all", (name) => {
      this.scenario.only = name === "pair";
      this.changed();
    });
    this.warned = h("div", {});
    const results = h("section", { class: "results", "aria-label": t("whatif.results") }, this.warned, h("div", { class: "asked" }, this.said, this.whose), this.summary, this.cards, this.results.node, this.actions.node);
    replace(this.shell, h("h1", {}, t("whatif.title")), misread(this.scenario.unknown), h("p", { class: "lead" }, t("whatif.lead", { a: theRegion(a), b: theRegion(b) })),
      h("div", { class: "columns" }, controls, results), this.brief);
  }

  // -- changes ----------------------------------------------------------------------------------------------------

  remember() {
    remember({ ...toQuery(this.scenario), data: world.vocabulary.baseline.hash });
  }

  changed() {
    this.remember();
    return this.solve();
  }

  reset() {
    for (const name of ["set", "drop", "rate", ...ADDED]) this.scenario[name].clear();
    this.added.draw();
    this.law.load();
    this.changed();
  }

  choose(name, value) {
    this.scenario[name] = value;
    this.changed();
    if (name === "law") this.law.load();
  }

  asked() {
    return question(this.scenario, this.tracks);
  }

  // A measure is taken up when the server can solve the world with it; otherwise what it said.
  async attempt(kind, key, value) {
    const trial = { ...this.scenario, [kind]: new Map(this.scenario[kind]).set(key, value) };
    try {
      await post("/api/whatif", question(trial, this.tracks));
    } catch (error) {
      return error.message;
    }
    this.scenario[kind].set(key, value);
    this.changed();
    return null;
  }

  // -- answers ----------------------------------------------------------------------------------------------------

  // One request at a time; of the changes made meanwhile, the last is sent next.
  async solve() {
    clearTimeout(this.timer);
    this.stopRanging();
    this.spread = null;
    if (this.busy) {
      this.again = true;
      return;
    }
    this.busy = true;
    do {
      this.again = false;
      await this.once(this.touched);
    } while (this.again && this.alive);
    this.busy = false;
    this.timer = setTimeout(() => this.ask(), QUIET);
  }

  async once(touched) {
    const slow = setTimeout(() => { this.status.textContent = t("whatif.solving"); this.status.className = "status busy"; }, SLOW);
    try {
      const began = performance.now();
      const answer = await post("/api/whatif", this.asked());
      if (!this.alive) return;
      const received = performance.now();
      this.answer = answer;
      this.draw();
      const { iterations, solve_ms: spent } = answer.diagnostics;
      this.status.textContent = t("whatif.solved", { ms: num(spent, 0), n: num(iterations, 0) });
      this.status.className = "status";
      this.shell.classList.remove("stale");
      if (touched) {
        const end = performance.now();
        performance.measure("detente:update", { start: touched, end, detail: { waiting: began - touched, request: received - began, drawing: end - received, server: answer.diagnostics } });
      }
    } catch (error) {
      if (this.alive) this.complain(error);
    } finally {
      clearTimeout(slow);
    }
  }

  complain(error) {
    this.shell.classList.add("stale");
    this.status.className = "status error";
    this.status.textContent = this.answer ? `${error.message} ${t("whatif.last_good")}` : error.message;
    if (!this.answer) replace(this.summary, failure(error, () => this.solve()));
    announce(error.message);
  }

  async ask() {
    if (!this.alive || !this.answer || this.shell.classList.contains("stale") || nothingAsked(this.scenario)) return;
    this.ranging = new AbortController();
    try {
      const spread = await post("/api/whatif/range", this.asked(), this.ranging.signal);
      if (this.again || this.busy || !this.alive) return;
      this.spread = spread;
      this.draw();
      announce([...this.summary.querySelectorAll(".first")].map((one) => one.textContent).join(" "));
      this.timer = setTimeout(() => this.refine(), RESTED);
    } catch (error) {
      if (error.name !== "AbortError") this.summary.querySelector(".note").textContent = t("whatif.no_range", { why: error.message });
    }
  }

  // The same range from as many draws as a report has, in the background; left where the scenario changes.
  async refine() {
    const mine = this.ranging;
    try {
      let now = await post("/api/whatif/range/full", this.asked(), mine.signal);
      while (!mine.signal.aborted && ["waiting", "running"].includes(now.state)) {
        this.job = now.job;
        await new Promise((done) => setTimeout(done, LOOK));
        if (!mine.signal.aborted) now = await get(`/api/jobs/${now.job}`, {}, mine.signal);
      }
      if (mine.signal.aborted) return;
      this.job = null;
      if (now.state !== "done") return;
      this.spread = now.result;
      this.draw();
    } catch { /* the range of fewer draws stands */ }
  }

  stopRanging() {
    this.ranging?.abort();
    if (this.job) send("DELETE", `/api/jobs/${this.job}`).catch(() => null); // nobody waits for it any more
    this.job = null;
  }

  draw() {
    const { answer, spread } = this, { pair } = this.scenario;
    this.sliders.show(answer.rates);
    this.said.textContent = inWords(this.scenario);
    replace(this.warned, beyond(dayOf(this.scenario), world.vocabulary.coverage[1]));
    this.whose.hidden = this.scenario.law === "none";
    const empty = nothingAsked(this.scenario);
    this.shell.classList.toggle("empty", empty);
    if (empty) {
      replace(this.summary, h("p", { class: "first" }, t("whatif.empty")), h("p", {}, t("whatif.empty.how")));
      replace(this.brief);
      return;
    }
    replace(this.summary, summary(this.scenario, answer, spread));
    if (!this.held) this.summary.style.minHeight = "";
    else this.summary.style.minHeight = `${(this.floor = Math.max(this.floor ?? 0, this.summary.offsetHeight))}px`; // what is below stays in place
    if (!this.held) this.floor = 0;
    replace(this.cards, pair.map((code) => card(code, answer.regions[code], answer.households[code], spread)));
    replace(this.brief, pair.map((code) => h("span", {}, `${region(code)} `, h("strong", {}, pct(answer.regions[code].welfare_pct, true)))));
    this.results.show(answer, spread, this.held);
  }

  // What a figure that leaves this screen says of itself.
  about() {
    const { baseline, version } = world.vocabulary, { spread } = this;
    return {
      scenario: [inWords(this.scenario), ...beyond(dayOf(this.scenario), world.vocabulary.coverage[1]).map((one) => one.textContent)].join(" "), slug: inShort(this.scenario), source: t("source.model", { version, baseline: baseline.title, hash: baseline.hash }),
      range: spread ? t("about.draws", { n: spread.draws }) : t("about.central"),
      link: location.origin + link({ law: dayOf(this.scenario), data: baseline.hash }), // a day, so that the link keeps its meaning
    };
  }
}
