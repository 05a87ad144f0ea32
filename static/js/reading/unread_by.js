// How many have not read the reader's own messages, as the server's staircase tells: [[position, how many members read
// up to there or further], …], newest first.
//
// The staircase is shared by everybody in the channel and counts the reader too: they are taken out here. It may be
// older than the reader's own mark, never newer, so a number can be one too high for a moment: it is shown only when it
// falls. That is what such numbers do anyway.

import { feed } from "../feed.js";
import { say } from "../sentences.js";
import { markOf } from "./marks.js";

export class UnreadBy {
  #channelId;
  #list;
  #members = 0;
  #steps = null;
  #shown = new Map(); // message id: number

  start(conversation) {
    this.#channelId = conversation.channelId;
    this.#list = document.querySelector("[data-messages]");
    feed().follow(conversation.channelId, { readers: (frame) => this.#climb(frame) });
  }

  draw(message, element) {
    const meta = element.querySelector("[data-meta]");
    if (!message.id || !message.position || !element.classList.contains("message--own") || !meta) {
      return;
    }
    const drawn = element.querySelector("[data-unread-by-count]");
    if (drawn && !this.#shown.has(message.id)) {
      this.#shown.set(message.id, Number(drawn.textContent)); // counted by the server
    }
    if (this.#steps) {
      const known = this.#shown.get(message.id) ?? Infinity;
      this.#shown.set(message.id, Math.min(known, this.#count(message.position)));
    }
    const count = message.deleted ? 0 : (this.#shown.get(message.id) ?? 0);
    const said = element.querySelector("[data-unread-by]");
    if (!count) {
      said?.remove();
    } else if (!said) {
      meta.prepend(numberElement(count));
    } else if (Number(drawn.textContent) !== count) {
      said.replaceWith(numberElement(count));
    }
  }

  #climb({ members, steps }) {
    this.#members = members;
    this.#steps = steps;
    for (const element of this.#list.querySelectorAll(".message--own")) {
      const { id, position } = element.dataset;
      this.draw({ id, position, deleted: element.classList.contains("message--deleted") }, element);
    }
  }

  #count(position) {
    let read = 0;
    for (const [mark, count] of this.#steps) {
      if (mark < position) {
        break;
      }
      read = count;
    }
    const isMeBefore = markOf(this.#channelId) < position;
    return Math.max(0, this.#members - read - (isMeBefore ? 1 : 0));
  }
}

function numberElement(count) {
  const element = document.createElement("span");
  const number = document.createElement("span");
  const words = document.createElement("span");
  element.className = "message__unread";
  element.dataset.unreadBy = "";
  number.dataset.unreadByCount = "";
  number.ariaHidden = "true";
  number.textContent = count;
  words.className = "unseen";
  words.textContent = say("unread_by", { count });
  element.append(number, words);
  return element;
}
