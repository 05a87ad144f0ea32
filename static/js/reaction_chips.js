// The reactions below a message: a chip for each, pressed where the reader is among those who gave it.

import { say } from "./sentences.js";

export class ReactionChips {
  #template;
  #readerId;

  constructor(template, readerId) {
    this.#template = template;
    this.#readerId = readerId;
  }

  // Chips that stay are kept, so that the focus stays on them.
  fill(row, reactions) {
    const given = Object.entries(reactions);
    const chips = new Map([...row.children].map((chip) => [chip.dataset.emoji, chip]));
    row.hidden = given.length === 0;
    given.forEach(([emoji, people], index) => {
      const chip = chips.get(emoji) ?? this.#template.content.firstElementChild.cloneNode(true);
      chips.delete(emoji);
      this.#show(chip, emoji, people);
      if (row.children[index] !== chip) {
        row.insertBefore(chip, row.children[index] ?? null);
      }
    });
    chips.forEach((chip) => chip.remove());
  }

  #show(chip, emoji, people) {
    chip.dataset.emoji = emoji;
    chip.removeAttribute("title"); // the names, which may be others now; they are asked for when somebody looks
    chip.setAttribute("aria-pressed", String(people.includes(this.#readerId)));
    chip.setAttribute("aria-label", say("reaction", { emoji, count: people.length }));
    chip.querySelector("[data-emoji-sign]").textContent = emoji;
    chip.querySelector("[data-emoji-count]").textContent = people.length.toLocaleString(document.documentElement.lang);
  }
}
