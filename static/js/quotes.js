// What live replies quote: their frames name the message only. It is looked up on the page, else asked for, once.

import { quoteOf } from "./messages.js";

const MOST_AT_ONCE = 10; // of a flood of replies the others show no quote

export class Quotes {
  #timeline;
  #history;
  #asked = new Set();

  constructor(timeline, history) {
    this.#timeline = timeline;
    this.#history = history;
  }

  complete(messages) {
    const replies = messages.filter((message) => message.replyTo).map(({ id }) => this.#timeline.find(id));
    const wanted = new Set(replies.filter(lacksQuote).map((one) => one.replyTo));
    [...wanted].slice(0, MOST_AT_ONCE).forEach((id) => this.#find(id));
  }

  async #find(id) {
    const here = this.#timeline.find(id);
    if (here) {
      this.#timeline.quote(id, quoteOf(here));
    } else if (!this.#asked.has(id)) {
      this.#asked.add(id);
      const found = await this.#history.one(id);
      this.#asked.delete(id);
      if (found) {
        this.#timeline.quote(id, quoteOf(found));
      }
    }
  }
}

function lacksQuote(message) {
  return message && !message.quote;
}
