// The own messages below the log that are pending or failed.

import { fillWithLinks } from "./links.js";
import { sayRefusal } from "./sentences.js";

export class Outgoing {
  #list;
  #template;
  #outbox;
  #channelId;
  #elements = new Map();

  constructor(list, template, outbox, channelId) {
    this.#list = list;
    this.#template = template;
    this.#outbox = outbox;
    this.#channelId = channelId;
  }

  // Draws what changed; returns whether anything is there.
  show() {
    const messages = this.#outbox.of(this.#channelId);
    const waiting = new Set(messages.map((message) => message.clientId));
    for (const [clientId, element] of this.#elements) {
      if (!waiting.has(clientId)) {
        element.remove();
        this.#elements.delete(clientId);
      }
    }
    for (const message of messages) {
      const element = this.#elements.get(message.clientId) ?? this.#draw(message);
      this.#showState(element, message);
    }
    return messages.length > 0;
  }

  #draw(message) {
    const element = this.#template.content.firstElementChild.cloneNode(true);
    element.dataset.clientId = message.clientId;
    fillWithLinks(element.querySelector("[data-text]"), message.text);
    element.querySelector("[data-retry]").onclick = () => this.#outbox.retry(message.clientId);
    element.querySelector("[data-discard]").onclick = () => this.#outbox.discard(message.clientId);
    this.#list.append(element);
    this.#elements.set(message.clientId, element);
    return element;
  }

  #showState(element, message) {
    const failed = message.failure !== null;
    element.classList.toggle("message--failed", failed);
    element.classList.toggle("message--pending", !failed);
    element.querySelector("[data-clock]").hidden = failed;
    element.querySelector("[data-failure]").hidden = !failed;
    element.querySelector("[data-reason]").textContent = failed ? sayRefusal(message.failure) : "";
  }
}
