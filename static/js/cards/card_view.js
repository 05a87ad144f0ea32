// Draws polls and events from the same markup the server uses.

import { hue, personMark } from "../seals.js";
import { say } from "../sentences.js";
import { choicesOf, closing, coming, heldAt, isClosed, isEvent } from "./card_words.js";

const MOST_FACES = 8; // chat/cards/lines.py has it too

export class CardView {
  #card;
  #choice;

  // `root` holds the templates.
  constructor(root) {
    this.#card = root.querySelector("[data-card-template]");
    this.#choice = root.querySelector("[data-choice-template]");
  }

  make() {
    return copy(this.#card);
  }

  // `names` is what people are called, by id. Without an id of its message the card is a preview or under way: it
  // cannot be pressed yet.
  fill(form, { id = null, card, answers = {} }, readerId, names = new Map()) {
    const event = isEvent(card);
    form.classList.toggle("card--event", event);
    find(form, "poll").hidden = event;
    find(form, "event").hidden = !event;
    find(form, "closing").textContent = closing(card);
    find(form, "title").firstElementChild.textContent = card.title;
    find(form, "when").hidden = !event || !card.starts_at;
    find(form, "day").textContent = card.starts_at ? heldAt(card.starts_at) : "";
    find(form, "place").hidden = !card.place;
    find(form, "place").textContent = card.place ?? "";
    this.#fillChoices(form, choicesOf(card, answers, readerId), Object.keys(answers).length, !id || isClosed(card));
    this.#fillFaces(form, event ? coming(answers) : [], names);
    find(form, "people").textContent = say("card.people", { count: Object.keys(answers).length });
    find(form, "rule").textContent = event ? "" : say(card.multiple ? "card.several" : "card.one");
  }

  #fillChoices(form, choices, people, isDisabled) {
    const list = find(form, "choices");
    choices.forEach((choice, index) => {
      const item = list.children[index] ?? list.appendChild(copy(this.#choice));
      const button = item.querySelector("button");
      button.value = choice.then.join();
      button.setAttribute("aria-pressed", String(choice.isMine));
      button.disabled = isDisabled;
      Object.assign(item.querySelector("[data-choice-share]"), { max: Math.max(1, people), value: choice.count });
      item.querySelector("[data-choice-label]").textContent = choice.label;
      item.querySelector("[data-choice-count]").textContent = choice.count.toLocaleString();
    });
    while (list.childElementCount > choices.length) {
      list.lastElementChild.remove();
    }
  }

  #fillFaces(form, people, names) {
    const known = people.filter((person) => names.has(person)).slice(0, MOST_FACES);
    const row = find(form, "faces");
    const more = people.length - known.length;
    row.replaceChildren(...known.map((person) => face(person, names.get(person))), ...(more ? [rest(more)] : []));
    row.hidden = people.length === 0;
  }
}

function face(person, name) {
  const seal = document.createElement("span");
  seal.className = "seal seal--small";
  seal.dataset.hue = hue(person);
  seal.title = name;
  const mark = document.createElement("span");
  mark.setAttribute("aria-hidden", "true");
  mark.textContent = personMark(name);
  const spoken = document.createElement("span");
  spoken.className = "unseen";
  spoken.textContent = `${name} `;
  seal.append(mark, spoken);
  return seal;
}

function rest(count) {
  const number = document.createElement("span");
  number.className = "num";
  number.textContent = `+${count.toLocaleString()}`;
  return number;
}

function find(form, name) {
  return form.querySelector(`[data-card-${name}]`);
}

function copy(template) {
  return template.content.firstElementChild.cloneNode(true);
}
