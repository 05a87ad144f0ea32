// Draws messages from the same markup the server uses, and groups them by day and by who speaks.

import { fillWithLinks } from "./links.js";
import { hue, personMark } from "./seals.js";
import { clock, dayKey, dayLine } from "./times.js";

const GROUP_MS = 5 * 60_000; // chat/transcript.py groups history by the same rule

export class MessageView {
  #template;
  #readerId;
  #slips;

  // `slips` draws and folds what is not said by a person (slip_view.js).
  constructor(template, readerId, slips) {
    this.#template = template;
    this.#readerId = readerId;
    this.#slips = slips;
  }

  // To be called when the window's entries {message, element} have changed. `open`: every fold opens.
  fold(entries, open) {
    this.#slips.fold(entries, open);
  }

  draw(message) {
    if (message.slip) {
      return this.#slips.draw(message);
    }
    const element = this.#template.content.firstElementChild.cloneNode(true);
    Object.assign(element.dataset, {
      id: message.id,
      position: message.position,
      author: message.authorId,
      sentAt: message.sentAt,
    });
    element.classList.toggle("message--own", message.authorId === this.#readerId);
    const seal = element.querySelector("[data-seal]");
    seal.textContent = personMark(message.authorName);
    seal.dataset.hue = hue(message.authorId);
    element.querySelector("[data-name]").textContent = message.authorName;
    const time = element.querySelector("[data-time]");
    time.textContent = clock(message.sentAt);
    time.dateTime = new Date(message.sentAt).toISOString();
    fillWithLinks(element.querySelector("[data-text]"), message.text);
    return element;
  }
}

// Whether it begins a day or continues the group of the message before it (null at the top).
export function group(element, message, previous) {
  const startsDay = previous === null || dayKey(previous.sentAt) !== dayKey(message.sentAt);
  const line = element.querySelector("[data-day]");
  line.hidden = !startsDay;
  line.textContent = startsDay ? dayLine(message.sentAt) : "";
  const joined =
    !startsDay && speaker(previous) === speaker(message) && message.sentAt - previous.sentAt < GROUP_MS;
  element.classList.toggle("message--joined", joined);
}

function speaker(message) {
  return message.slip ? message.authorName : message.authorId;
}
