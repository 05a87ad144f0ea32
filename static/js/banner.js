// What the page says about its connection: nothing while all is well.

import { say } from "./sentences.js";

const FIRST_CONNECTION_MS = 3_000;
const GOOD_NEWS_MS = 3_000;

export class ConnectionBanner {
  #element;
  #wasLost = false;
  #timer = null;

  constructor(element) {
    this.#element = element;
  }

  start(feed) {
    feed.onState((state) => this.#show(state));
    if (!feed.isOpen) {
      this.#timer = setTimeout(() => this.#show("lost"), FIRST_CONNECTION_MS);
    }
  }

  #show(state) {
    clearTimeout(this.#timer);
    if (state !== "open") {
      this.#wasLost = true;
      this.#say(say(state === "lost" ? "reconnecting" : state), true);
    } else if (this.#wasLost) {
      this.#wasLost = false;
      this.#say(say("reconnected"), false);
      this.#timer = setTimeout(() => (this.#element.hidden = true), GOOD_NEWS_MS);
    }
  }

  #say(sentence, lost) {
    this.#element.classList.toggle("banner--attention", lost);
    this.#element.querySelector("[data-icon-lost]").hidden = !lost;
    this.#element.querySelector("[data-icon-found]").hidden = lost;
    this.#element.querySelector("[data-sentence]").textContent = sentence;
    this.#element.hidden = false;
  }
}
