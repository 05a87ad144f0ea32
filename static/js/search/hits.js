// A list of messages that were found: drawn from the server's markup, walked with the arrow keys.

import { hue, personMark } from "../seals.js";
import { clock, dayKey, dayLine } from "../times.js";
import { fillWithExcerpt } from "./excerpt.js";

export class Hits {
  #list;
  #template;

  constructor(list, template) {
    this.#list = list;
    this.#template = template;
  }

  get isEmpty() {
    return !this.#list.childElementCount;
  }

  clear() {
    this.#list.replaceChildren();
  }

  add(messages) {
    this.#list.append(...messages.map((message) => this.#draw(message)));
  }

  #draw(message) {
    const element = this.#template.content.firstElementChild.cloneNode(true);
    const find = (name) => element.querySelector(`[data-${name}]`);
    const { id, username } = message.author;
    const link = find("hit");
    link.href = `/channels/${message.channel}/?at=${message.position}`;
    link.dataset.hit = message.id;
    find("seal").textContent = personMark(username);
    find("seal").dataset.hue = hue(id ?? 0);
    find("name").textContent = username;
    const sentAt = Date.parse(message.sent_at);
    find("time").dateTime = message.sent_at;
    find("time").textContent = dayKey(sentAt) === dayKey(Date.now()) ? clock(sentAt) : dayLine(sentAt);
    fillWithExcerpt(find("text"), message.text, message.highlights);
    find("besides").textContent = besides(message);
    return element;
  }
}

// A card's title is also the text of a message that has no other.
function besides({ attachments, card, text }) {
  return [...attachments.map((file) => file.name), card?.title].filter((name) => name && name !== text).join(", ");
}

// Up and down walk from the field through the links and back.
export function walkWithArrows(root, field) {
  root.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const stops = [field, ...root.querySelectorAll("a[data-hit]")];
    const next = stops[stops.indexOf(document.activeElement) + step];
    if (next) {
      event.preventDefault();
      next.focus();
    }
  });
}
