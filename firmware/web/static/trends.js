// Trends: the person's own notes over weeks. They describe; they cannot show that the mat caused a change.
import { bars, dots, pairs } from "./chart.js";
import { clock, h, head, locked, pick, read, shortDay, table } from "./kit.js";

const SHOWN = 14;

export class View {
  constructor(app) {
    this.app = app;
    this.node = h("div", {});
    this.weeks = "12";
  }

  async start() {
    try {
      this.draw(await read(`/api/trends?weeks=${this.weeks}`));
    } catch (error) {
      this.node.replaceChildren(head("Trends"), locked(error));
    }
  }

  draw(found) {
    const span = pick("How long", [["12", "12 weeks"], ["0", "All"]], this.weeks, (weeks) => {
      this.weeks = weeks;
      this.start();
    });
    const under = `Day ${found.day} · ${found.sessions} session${found.sessions === 1 ? "" : "s"}${found.simulated ? " · simulated" : ""}`;
    if (!found.sessions) {
      this.node.replaceChildren(head("Trends", "Nothing to draw yet"), h("p", { class: "card" }, "After a few sessions this shows minutes a week and what you noted before and after. No hurry."), h("div", { class: "cols" }, this.reading()));
      return;
    }
    const pain = found.pain.slice(-SHOWN);
    const eased = found.eased.slice(-SHOWN);
    const sorted = eased.map((point) => point.seconds).sort((a, b) => a - b);
    const middle = sorted.length ? (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2 : null;
    const newest = found.weeks.at(-1);
    const card = (title, aside, ...rest) => h("section", { class: "card trend" }, h("div", { class: "split" }, h("h2", {}, title), h("span", { class: "small" }, aside)), ...rest);
    const none = (words) => h("p", { class: "mid" }, words);
    this.node.replaceChildren(
      head("Trends", under, span),
      h("div", { class: "cols" },
        card("Minutes a week", `${found.week_sessions} of ${found.week_target} sessions`, bars(`Minutes on the mat in each of ${found.weeks.length} weeks; ${Math.round(newest.minutes)} in this week.`, found.weeks),
          table("Minutes a week", ["Week from", "Minutes", "Sessions"], found.weeks.map((week) => [shortDay(week.start_s), Math.round(week.minutes), week.sessions]))),
        card("Back pain, before and after", "", pain.length ? pairs(`Back pain before and after each of the last ${pain.length} sessions with both notes.`, pain, shortDay(pain.at(-1).start_s)) : none("Nothing noted yet."),
          h("p", { class: "keys" }, h("span", {}, h("i", { class: "ringkey" }), "before"), h("span", {}, h("i", { class: "ringkey full" }), "after")),
          table("Back pain before and after", ["Day", "Before", "After"], found.pain.map((point) => [shortDay(point.start_s), point.before, point.after]))),
        card("Time until it felt easier", middle === null ? "" : `middle value ${clock(middle)}`, eased.length ? dots(`Minutes until it felt easier in the last ${eased.length} sessions; the middle value is ${clock(middle)}.`, eased, middle, shortDay(eased.at(-1).start_s)) : none("Press “It is easing” in a session, and it is noted."),
          table("Time until it felt easier", ["Day", "Minutes"], found.eased.map((point) => [shortDay(point.start_s), clock(point.seconds)]))),
        this.reading(found)),
    );
  }

  reading(found = null) {
    const save = (name, kind, make) => h("button", { type: "button", class: "button", onclick: () => download(name, kind, make()) }, `Save as ${name.split(".")[1].toUpperCase()}`);
    return h("section", { class: "card" }, h("h2", {}, "How to read this"),
      h("p", {}, "These are your own notes. They can help you see what suits you; they cannot show that the mat caused a change. Pain goes up and down by itself."),
      found && h("div", { class: "row" }, save("trends.csv", "text/csv", () => csv(found)), save("trends.json", "application/json", () => JSON.stringify(found, null, 1))));
  }
}

function csv(found) {
  const day = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 10);
  const rows = [["kind", "day", "value", "second value"], ...found.weeks.map((week) => ["minutes and sessions a week", day(week.start_s), week.minutes, week.sessions]), ...found.pain.map((point) => ["back pain before and after", day(point.start_s), point.before, point.after]), ...found.eased.map((point) => ["seconds until easier", day(point.start_s), point.seconds, ""])];
  return rows.map((row) => row.join(",")).join("\n");
}
function download(name, type, words) {
  const link = h("a", { href: URL.createObjectURL(new Blob([words], { type })), download: `acumat-${name}` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
