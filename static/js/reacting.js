// The chips below messages: a press sets or takes back the own reaction, a look names who gave it.

import { toast } from "./toast.js";

const CHIP = "[data-reactions] [data-emoji]";
const MOST_NAMES = 20;

export class Reacting {
  #log;
  #conversation;

  constructor(log, conversation) {
    this.#log = log;
    this.#conversation = conversation;
  }

  start() {
    const onChip = (act) => (event) => {
      const chip = event.target.closest(CHIP);
      return chip && act(chip);
    };
    this.#log.addEventListener("click", onChip((chip) => this.#press(chip)));
    this.#log.addEventListener("pointerover", onChip((chip) => this.#name(chip)));
    this.#log.addEventListener("focusin", onChip((chip) => this.#name(chip)));
  }

  toggle(message, emoji) {
    const isMine = (message.reactions[emoji] ?? []).includes(this.#conversation.userId);
    this.#conversation.asking.react(message, emoji, !isMine);
  }

  #press(chip) {
    this.toggle(this.#message(chip), chip.dataset.emoji);
    this.#name(chip);
  }

  // Says who gave it; for fingers, which see no title.
  async tell(chip) {
    await this.#name(chip);
    toast(`${chip.dataset.emoji} ${chip.title || chip.getAttribute("aria-label")}`);
  }

  async #name(chip) {
    const people = this.#people(chip);
    const names = await this.#conversation.people.names(people.slice(0, MOST_NAMES));
    const more = people.length - names.length;
    if (chip.isConnected && String(this.#people(chip)) === String(people)) {
      chip.title = names.join(", ") + (names.length && more ? ` +${more}` : "");
    }
  }

  #people(chip) {
    return this.#message(chip).reactions[chip.dataset.emoji] ?? [];
  }

  #message(chip) {
    return this.#conversation.messageOf(chip.closest("[data-id]"));
  }
}
