// Who lies here, their level, and what is offered. Guest first; every change is a command of the mat.
import { command, h, text } from "./kit.js";

export function personCard(people, programme, changed) {
  const trouble = h("p", { class: "trouble small", role: "status" });
  const act = async (name, value = null) => {
    text(trouble, "");
    try {
      await command(name, value);
      await changed();
    } catch (error) {
      text(trouble, error.message);
    }
  };
  const press = (word, name, value = null, more = "") => h("button", { type: "button", class: `button ${more}`, onclick: () => act(name, value) }, word);
  const choice = h("fieldset", { class: "chips" }, h("legend", {}, "Who lies here"), h("div", { class: "row" }, people.people.map((one) =>
    h("label", { class: "chip" }, h("input", { type: "radio", name: "person", value: one.name, checked: one.chosen, onchange: () => act("person", one.name) }), h("span", {}, one.guest ? "A guest" : one.name)))));
  const name = h("input", { type: "text", class: "field", maxlength: 32, "aria-label": "Name of a new person", placeholder: "Name", autocomplete: "off" });
  const add = h("div", { class: "row" }, name, h("button", { type: "button", class: "button", onclick: () => name.value.trim() && act("add_person", name.value.trim()).then(() => act("person", name.value.trim())) }, "Add a person"));
  const about = programme.guest
    ? [h("p", { class: "mid" }, "A guest lies at the first level. Nothing is counted for anybody, and nothing is offered.")]
    : [h("p", { class: "mid" }, `Level ${programme.level}: ${programme.goal_min} minutes, ${programme.cover}, ${programme.surface}.`)];
  if (!programme.guest && programme.needs_acknowledgement)
    about.push(h("p", { class: "mid" }, "Until you have read “Before you use it”, the mat times at the first level."), h("a", { class: "button", href: "/help" }, "Read it"));
  if (programme.spacing) about.push(h("p", { class: "mid" }, programme.spacing));
  if (programme.hold) about.push(h("p", { class: "mid" }, programme.hold), ...(/healed/.test(programme.hold) ? [press("My skin has healed", "healed")] : []));
  if (programme.offer)
    about.push(h("div", { class: "offer" }, h("h3", {}, programme.offer.minutes ? `${programme.offer.minutes} minutes at level ${programme.offer.level}` : `Level ${programme.offer.level}`), h("p", { class: "mid" }, programme.offer.text), h("div", { class: "row" }, press("Yes", "accept", null, "main"), press("Not now", "decline"))));
  if (!programme.guest && !programme.needs_acknowledgement && programme.level > 0)
    about.push(h("div", { class: "row" }, h("button", { type: "button", class: "quiet", onclick: () => act("level", programme.level - 1) }, "Go one level down")));
  return h("section", { class: "card", id: "person" }, h("h2", {}, "You and the programme"), choice, ...about, add, trouble);
}
