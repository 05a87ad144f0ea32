// The own messages below the log that are pending or failed.

import { drawParts } from "./message_parts.js";
import { sayRefusal } from "./sentences.js";

export class Outgoing {
  #list;
  #template;
  #view;
  #outbox;
  #channelId;
  #elements = new Map();

  constructor(list, template, view, outbox, channelId) {
    this.#list = list;
    this.#template = template;
    this.#view = view;
    this.#outbox = outbox;
    this.#channelId = channelId;
  }

  // Draws what changed; returns whether anything is there.
  show() {
    const items = this.#outbox.of(this.#channelId);
    const waiting = new Set(items.map((item) => item.clientId));
    for (const [clientId, element] of this.#elements) {
      if (!waiting.has(clientId)) {
        element.remove();
        this.#elements.delete(clientId);
      }
    }
    items.reduceRight((next, item) => this.#place(item, next), null);
    return items.length > 0;
  }

  // What another page was closed with may be older than what stands here.
  #place(item, next) {
    const element = this.#elements.get(item.clientId) ?? this.#draw(item);
    if (!element.isConnected || element.nextElementSibling !== next) {
      this.#list.insertBefore(element, next);
    }
    this.#showState(element, item);
    return element;
  }

  #draw({ clientId, words }) {
    const element = this.#template.content.firstElementChild.cloneNode(true);
    const message = { ...words, id: null, clientId, deleted: false, reactions: {}, answers: {} };
    element.dataset.clientId = clientId;
    this.#view.fillWords(element, message);
    element.querySelector("[data-retry]").onclick = () => this.#outbox.retry(clientId);
    element.querySelector("[data-discard]").onclick = () => this.#outbox.discard(clientId);
    this.#elements.set(clientId, element);
    drawParts(message, element);
    return element;
  }

  #showState(element, item) {
    const failed = item.failure !== null;
    element.classList.toggle("message--failed", failed);
    element.classList.toggle("message--pending", !failed);
    element.querySelector("[data-clock]").hidden = failed;
    element.querySelector("[data-failure]").hidden = !failed;
    element.querySelector("[data-reason]").textContent = failed ? sayRefusal(item.failure) : "";
  }
}
