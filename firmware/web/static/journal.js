// Journal: ratings first, then how the person lay, a note last. Each tap is stored at once; nothing is preselected.
import { dayOf, h, head, locked, pick, read, send, sentence, text, timeOf } from "./kit.js";
import { personCard } from "./person.js";

const PHASES = [["before", "Before"], ["after", "After"], ["morning", "Next morning"]];
const PAIN = ["0 none", "10 worst imaginable"];
const PADS = {
  before: [["back_pain", "Back pain right now", PAIN], ["headache", "Headache right now", PAIN], ["tension", "Tension right now", ["0 none", "10 very tense"]], ["stress", "Stress right now", ["0 none", "10 very stressed"]]],
  after: [["back_pain", "Back pain right now", PAIN], ["discomfort", "How uncomfortable was it?", PAIN], ["headache", "Headache right now", PAIN], ["tension", "Tension right now", ["0 none", "10 very tense"]], ["stress", "Stress right now", ["0 none", "10 very stressed"]]],
  morning: [["sleep", "How well did you sleep?", ["0 very badly", "10 very well"]]],
};
const YES = [["true", "Yes"], ["false", "No"]];
const CHIPS = {
  before: ["How you will lie", [
    ["cover", "Between you and the spikes", [["double_towel", "Double towel"], ["thick_towel", "Thick towel"], ["thin_towel", "Thin towel"], ["t_shirt", "T-shirt"], ["bare", "Bare skin"]]],
    ["surface", "On the", [["bed", "Bed or couch"], ["floor", "Floor"]]],
    ["head", "Under your head", [["cushion", "Cushion"], ["folded_towel", "Folded towel"], ["none", "Nothing"]]],
    ["knees", "Roll under your knees", YES],
    ["trigger", "Why now", [["after_drive", "After a drive"], ["lunch", "Lunch break"], ["bedtime", "Bedtime"], ["headache", "Headache"], ["backache", "Backache"], ["other", "Something else"]]],
  ]],
  after: ["How it was", [
    ["marks", "Marks on your skin", [["none", "None"], ["light", "Light"], ["strong", "Strong"], ["broken_skin", "Broken skin"]]],
    ["lightheaded", "Lightheaded when you got up?", YES],
    ["water", "Did you drink something?", YES],
    ["slept", "Did you fall asleep on the mat?", YES],
  ]],
  morning: ["And last night", [["marks_gone", "Are the marks gone?", YES]]],
};

export class View {
  constructor(app) {
    this.app = app;
    this.node = h("div", {});
  }

  async start() {
    try {
      [this.journal, this.people, this.programme] = await Promise.all([read("/api/journal"), read("/api/people"), read("/api/programme")]);
    } catch (error) {
      this.node.replaceChildren(head("Journal"), locked(error));
      return;
    }
    const asked = location.hash.slice(1);
    const ended = this.app.frame?.ended && !this.app.frame.in_session;
    this.phase = PHASES.some(([phase]) => phase === asked) ? asked : ended ? "after" : "before";
    this.form = h("div", { class: "cols pads" });
    this.about = h("p", {});
    this.state = h("p", { class: "small", role: "status" }, "");
    this.node.replaceChildren(
      h("div", { class: "head" }, h("div", {}, h("h1", {}, "Journal"), this.about)),
      h("div", { class: "row phases" }, pick("When", PHASES, this.phase, (phase) => this.choose(phase)), this.state),
      this.form, h("div", { class: "cols" }, personCard(this.people, this.programme, () => this.start()), this.entries()),
    );
    this.choose(this.phase);
    if (asked === "person") document.getElementById("person")?.scrollIntoView();
  }

  choose(phase) {
    this.phase = phase;
    text(this.state, "");
    const about = this.journal.about;
    const now = new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
    const day = about && about.start_s !== null ? `${dayOf(about.start_s)}, ${timeOf(about.start_s)}` : "your last session";
    text(this.about, phase === "before" ? `Now, ${now}` : phase === "after" ? `About ${day}` : `The night after ${day}`);
    if (phase !== "before" && !about) {
      this.form.replaceChildren(h("p", { class: "card" }, "No session yet. This is asked after your first one."));
      return;
    }
    this.said = this.kept(phase);
    const last = phase === "before" ? this.journal.as_last_time : {};
    const pads = PADS[phase].map(([name, title, ends]) => this.pad(name, title, ends));
    const [title, groups] = CHIPS[phase];
    if (phase === "before") for (const [name] of groups) if (this.said[name] === undefined && last[name] !== undefined && last[name] !== null) this.said[name] = last[name];
    const chips = h("section", { class: "card" }, h("div", { class: "split" }, h("h2", {}, title), phase === "before" && Object.keys(last).length ? h("span", { class: "small" }, "as last time") : null), groups.map((group) => this.chips(...group)));
    const note = h("textarea", { rows: 3, maxlength: 2000, "aria-label": "Note" });
    note.value = this.said.note ?? "";
    note.addEventListener("change", () => this.save("note", note.value.trim() || undefined));
    this.form.replaceChildren(h("div", { class: "stack" }, pads), h("div", { class: "stack" }, chips, h("section", { class: "card" }, h("h2", {}, "A note"), h("p", { class: "small" }, "Only for you; it stays on the mat."), note)));
  }
  // What was said a moment ago in this phase; never the value from before while rating after.
  kept(phase) {
    const newest = this.journal.entries.find((entry) => entry.phase === phase && entry.session === (phase === "before" ? null : this.journal.about?.id));
    return { ...(newest?.said ?? {}) };
  }

  pad(name, title, [low, high]) {
    const keys = [...Array.from({ length: 11 }, (_, n) => n), "skip"].map((value) =>
      h("label", { class: `key ${value === "skip" ? "skip-key" : ""}` }, h("input", { type: "radio", name, value, checked: this.said[name] === value, onchange: () => this.save(name, value === "skip" ? undefined : value) }), h("span", {}, `${value}`)));
    return h("fieldset", { class: "card pad" }, h("legend", {}, h("span", { class: "h2" }, title)), h("div", { class: "keys11" }, keys), h("p", { class: "small split" }, h("span", {}, low), h("span", {}, high)));
  }
  chips(name, title, options) {
    return h("fieldset", { class: "chips" }, h("legend", {}, title), h("div", { class: "row" }, options.map(([value, word]) =>
      h("label", { class: "chip" }, h("input", { type: "radio", name, value, checked: String(this.said[name] ?? "") === value, onchange: () => this.save(name, value === "true" ? true : value === "false" ? false : value) }), h("span", {}, word)))));
  }

  async save(name, value) {
    if (value === undefined) delete this.said[name];
    else this.said[name] = value;
    text(this.state, "Saving");
    const [phase, said] = [this.phase, { ...this.said }];
    try {
      await send("/api/journal", { phase, said });
      text(this.state, said.marks === "broken_skin" ? "Saved. The programme rests until your skin has healed." : "Saved");
    } catch (error) {
      text(this.state, error.status === 409 ? sentence(error.message) : "Not saved yet. Keep this page open.");
      if (error.status !== 409) setTimeout(() => phase === this.phase && this.save(name, this.said[name]), 5000);
    }
  }

  entries() {
    const rows = this.journal.entries.slice(0, 20).map((entry) => {
      const said = Object.entries(entry.said).filter(([, value]) => value !== null);
      const words = said.map(([name, value]) => (name === "note" ? value : `${name.replaceAll("_", " ")} ${value === true ? "yes" : value === false ? "no" : String(value).replaceAll("_", " ")}`)).join(", ");
      return h("li", {}, h("span", {}, `${entry.at_s === null ? "Not dated" : `${dayOf(entry.at_s)}, ${timeOf(entry.at_s)}`}, ${PHASES.find(([phase]) => phase === entry.phase)[1].toLowerCase()}`), h("span", { class: "small" }, words));
    });
    return h("section", { class: "card" }, h("h2", {}, "What you noted"), rows.length ? h("ul", { class: "list notes", tabindex: 0, "aria-label": "What you noted" }, rows) : h("p", {}, "Nothing yet. Every question may stay empty."));
  }
}
