// The first visit: how to lie down, who lies here, and the text before use. Nothing of it is needed for timing.
import { command, h, head, locked, read, text } from "./kit.js";

export class View {
  constructor(app) {
    this.app = app;
    this.node = h("div", {});
  }

  async start() {
    let words;
    let people;
    try {
      [words, people] = await Promise.all([read("/api/help"), read("/api/people")]);
    } catch (error) {
      this.node.replaceChildren(head("Welcome"), locked(error));
      return;
    }
    const trouble = h("p", { class: "trouble small", role: "status" });
    const choose = async (name) => {
      try {
        await command("person", name);
        text(trouble, name === "guest" ? "A guest lies here. Nothing is counted for anybody." : `${name} lies here.`);
      } catch (error) {
        text(trouble, error.message);
      }
    };
    const step = (number, title, ...rest) => h("section", { class: "card" }, h("p", { class: "small" }, `Step ${number} of 3`), h("h2", {}, title), ...rest);
    this.node.replaceChildren(
      head("Welcome", "Three short steps. You may leave out any of them: the mat times without them."),
      h("div", { class: "cols three" },
        step(1, "How to lie down", h("ol", { class: "steps" }, words.on_and_off.map((one) => h("li", {}, one))), h("p", { class: "mid" }, "Begin on a bed with a thick towel between you and the points. The timer starts by itself.")),
        step(2, "Who lies here", h("fieldset", { class: "chips" }, h("legend", {}, "You may stay a guest"), h("div", { class: "row" }, people.people.map((one) => h("label", { class: "chip" }, h("input", { type: "radio", name: "person", checked: one.chosen, onchange: () => choose(one.name) }), h("span", {}, one.guest ? "A guest" : one.name))))), trouble, h("a", { class: "quiet", href: "/journal#person" }, "Add a person")),
        step(3, "Before you use it", h("p", { class: "mid" }, "Ask a doctor or midwife first if you"), h("ul", { class: "points" }, words.ask_first.map((one) => h("li", {}, one))), h("a", { class: "button", href: "/help" }, "Read all of it"))),
      h("p", { class: "row last" }, h("a", { class: "button main", href: "/" }, "To the mat")),
    );
    localStorage.setItem("visited", "yes");
  }
}
