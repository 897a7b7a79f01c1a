// Ten questions that people ask, answered: each is a link to the screen that holds its numbers.

import { h, replace } from "../dom.js";
import { column, tableFiles } from "../figure.js";
import { follow } from "../router.js";
import { day, jobs, language, listed, pct, range, region, t, usd } from "../text.js";
import { world } from "../world.js";

const signed = (value) => pct(value, true);

export async function show(shell) {
  const { data, day: on, questions } = await (await fetch("/gallery.json")).json();
  const current = data === world.vocabulary.baseline.hash;
  const link = (one) => `/?${new URLSearchParams({ view: "whatif", lang: language, ...one.link })}`;
  const answer = (one) => listed(one.pair.map((code) => {
    const { welfare_pct: value, range_pct: ends } = one.sides[code];
    return t("gallery.side", { region: region(code), n: signed(value), range: range(ends[0], ends[1], signed) });
  }));
  const more = (one) => one.pair.filter((code) => one.sides[code].household_usd !== null).map((code) => {
    const { household_usd: dollars, jobs_lost_k: lost } = one.sides[code];
    return h("li", {}, t(lost >= 0.05 ? "gallery.more" : "gallery.household", { region: region(code), dollars: usd(dollars, true), jobs: jobs(lost) }));
  });
  replace(shell, h("h1", {}, t("gallery.title")), h("p", { class: "lead" }, t("gallery.lead", { day: day(on), n: questions[0].draws })),
    current ? null : h("p", { class: "warning" }, t("gallery.stale")),
    h("div", { class: "questions" }, questions.map((one) => h("article", { class: "card" },
      h("h2", {}, h("a", { href: link(one), onclick: follow }, t(`gallery.${one.name}`))), h("p", {}, answer(one)), h("ul", { class: "note" }, more(one))))),
    tableFiles("questions", t("gallery.title"), () => ({ scenario: t("gallery.lead", { day: day(on), n: questions[0].draws }), range: t("about.draws", { n: questions[0].draws }), slug: on, source: t("source.model", { version: world.vocabulary.version, baseline: world.vocabulary.baseline.title, hash: data }) }), () => ({
      columns: [column("question", t("gallery.question")), column("region", t("column.region")), column("real_income_pct", t("column.income"), "%"), column("real_income_pct_low", t("column.low"), "%"), column("real_income_pct_high", t("column.high"), "%"), column("household_usd", t("card.household"), "US$"), column("jobs_lost_thousand", t("card.jobs"), t("unit.thousand_jobs"))],
      rows: questions.flatMap((one) => one.pair.map((code) => { const side = one.sides[code]; return [t(`gallery.${one.name}`), code, side.welfare_pct, ...side.range_pct, side.household_usd, side.jobs_lost_k]; })),
    })));
}
