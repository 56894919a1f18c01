// Help: what to read before use, and the acknowledgement. The mat stores the date, nothing about health.
import { command, h, head, locked, read, text } from "./kit.js";

export class View {
  constructor(app) {
    this.app = app;
    this.node = h("div", {});
  }

  async start() {
    let words;
    try {
      words = await read("/api/help");
    } catch (error) {
      this.node.replaceChildren(head("Before you use it"), locked(error));
      return;
    }
    const list = (items) => h("ul", { class: "points" }, items.map((item) => h("li", {}, item)));
    this.node.replaceChildren(
      head("Before you use it", "Two minutes to read. It stays here."),
      h("p", { class: "row small" }, h("a", { class: "quiet", href: "/welcome" }, "The three steps of a first visit")),
      h("div", { class: "cols" },
        h("div", { class: "stack" },
          h("section", { class: "card" }, h("h2", {}, "Ask a doctor or midwife first if you"), list(words.ask_first), h("p", { class: "small" }, words.ask_first_more), h("h2", { class: "next" }, "Do not use it on"), list(words.not_on), await this.read(words)),
          h("section", { class: "card" }, h("h2", {}, "What this is"), h("p", {}, words.what_this_is))),
        h("div", { class: "stack" },
          h("section", { class: "card" }, h("h2", {}, "Stop when"), list(words.stop_when), h("p", {}, words.stop_more)),
          h("section", { class: "card" }, h("h2", {}, "Getting on and off"), h("ol", { class: "steps" }, words.on_and_off.map((step) => h("li", {}, step)))))),
    );
  }

  async read(words) {
    let programme;
    let people;
    try {
      [programme, people] = await Promise.all([read("/api/programme"), read("/api/people")]);
    } catch {
      return null;
    }
    const who = people.people.find((one) => one.chosen);
    if (who.guest) return h("p", { class: "small" }, "A guest lies here, so nothing is stored. ", h("a", { href: "/journal#person" }, "Choose who you are"), " to keep that you have read it.");
    const state = h("span", { class: "small", role: "status" }, who.read ? `${who.name}, read: ${who.read}` : "");
    const box = h("input", { type: "checkbox", checked: Boolean(who.read), disabled: Boolean(who.read) });
    box.addEventListener("change", async () => {
      try {
        await command("acknowledge", programme.acknowledgement_version);
        box.disabled = true;
        text(state, `${who.name}, stored.`);
      } catch (error) {
        box.checked = false;
        text(state, error.message);
      }
    });
    return h("div", {}, h("label", { class: "check" }, box, h("span", {}, words.acknowledgement)), state);
  }
}
