// What the page says about the talk beside its messages: about history, about what was just tried, and how much of it a
// screen reader reads out.

import { say } from "./sentences.js";

const BUSY_MESSAGES = 5;
const CALM_MS = 3_000;
const LOADING_MS = 500;
const TOLD_MS = 6_000;

export class Announcements {
  #log;
  #history;
  #told;
  #calmTimer = null;
  #toldTimer = null;

  // `history` and `told` are banners.
  constructor(log, history, told) {
    this.#log = log;
    this.#history = history;
    this.#told = told;
  }

  // About something that was just tried, for a while.
  tell(sentence) {
    show(this.#told, sentence);
    clearTimeout(this.#toldTimer);
    this.#toldTimer = setTimeout(() => show(this.#told, ""), TOLD_MS);
  }

  // A sentence by name that stays, or null.
  sayHistory(name) {
    show(this.#history, name ? say(name) : "");
  }

  // Says that it is loading, once the work takes a while.
  async whileLoading(work) {
    const waiting = setTimeout(() => this.#history.hidden && this.sayHistory("loading_gap"), LOADING_MS);
    await work;
    clearTimeout(waiting);
    this.sayHistory(null);
  }

  // A screen reader reads a talk out, but not a flood.
  calm(count) {
    if (count < BUSY_MESSAGES) {
      return;
    }
    clearTimeout(this.#calmTimer);
    this.#log.setAttribute("aria-live", "off");
    this.#calmTimer = setTimeout(() => this.#log.setAttribute("aria-live", "polite"), CALM_MS);
  }
}

function show(banner, sentence) {
  banner.hidden = sentence === "";
  banner.querySelector("[data-sentence]").textContent = sentence;
}
