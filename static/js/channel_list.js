// My channels in the list: their last message and order, live.

import { feed } from "./feed.js";
import { fromLine } from "./messages.js";
import { shown } from "./slip_words.js";
import { clock } from "./times.js";

const REDRAW_MS = 500;
const LAST_LENGTH = 120;

export class ChannelList {
  #rows;
  #waiting = new Map();
  #timer = null;

  constructor(element) {
    this.#rows = element.querySelector("[data-rows]");
  }

  // A hidden list (a phone in a conversation) asks for nothing.
  start() {
    if (this.#rows.offsetParent === null) {
      return;
    }
    for (const row of this.#rows.children) {
      feed().follow(Number(row.dataset.channel), {
        receive: (lines) => this.#note(row, lines.at(-1)),
        system: (event) => event.kind === "changed" && this.#rename(row, event.name),
        removed: () => row.querySelector("[aria-current]") || row.remove(),
      });
    }
  }

  #note(row, line) {
    this.#waiting.delete(row);
    this.#waiting.set(row, line);
    this.#timer = this.#timer ?? setTimeout(() => this.#redraw(), REDRAW_MS);
  }

  #redraw() {
    this.#timer = null;
    for (const [row, line] of this.#waiting) {
      const message = fromLine(line);
      row.querySelector("[data-last]").textContent = lastLine(message);
      const time = row.querySelector("[data-time]");
      time.dateTime = new Date(message.sentAt).toISOString();
      time.textContent = clock(message.sentAt);
      if (row !== this.#rows.firstElementChild && !row.contains(document.activeElement)) {
        this.#rows.prepend(row);
      }
    }
    this.#waiting.clear();
  }

  #rename(row, name) {
    row.querySelector("[data-name]").textContent = name;
  }
}

function lastLine(message) {
  if (message.slip) {
    return shown(message.kind, message.slip).sentence;
  }
  return `${message.authorName}: ${Array.from(message.text).slice(0, LAST_LENGTH).join("")}`;
}
