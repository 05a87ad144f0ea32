// The operations page fetches itself again and takes over the parts that changed.

import { parsePage } from "./trusted.js";

const LONGEST_ANSWER_MS = 10_000;

export class Operations {
  #page;
  #button;
  #trouble;
  #everyMs;
  #timer = null;
  #isPaused = false;

  constructor(page) {
    this.#page = page;
    this.#button = page.querySelector("[data-pause]");
    this.#trouble = page.querySelector("[data-trouble]");
    this.#everyMs = Number(page.dataset.everyMs);
  }

  start() {
    this.#button.hidden = false;
    this.#button.addEventListener("click", () => this.#turn());
    document.addEventListener("visibilitychange", () => this.#wait());
    this.#wait();
  }

  #turn() {
    this.#isPaused = !this.#isPaused;
    this.#button.textContent = this.#isPaused ? this.#button.dataset.go : this.#button.dataset.stop;
    if (this.#isPaused) {
      clearTimeout(this.#timer);
    } else {
      this.#read();
    }
  }

  // Nobody looks at a hidden page.
  #wait() {
    clearTimeout(this.#timer);
    if (!this.#isPaused && !document.hidden) {
      this.#timer = setTimeout(() => this.#read(), this.#everyMs);
    }
  }

  async #read() {
    clearTimeout(this.#timer);
    try {
      const answer = await fetch(location.href, { signal: AbortSignal.timeout(LONGEST_ANSWER_MS) });
      if (!answer.ok) {
        this.#say(this.#trouble.dataset.away);
      } else {
        this.#take(parsePage(await answer.text()));
      }
    } catch {
      this.#say(this.#trouble.dataset.away);
    }
    this.#wait();
  }

  // What did not change stays, with the focus and the selection in it.
  #take(fresh) {
    const parts = fresh.querySelectorAll("[data-part]");
    if (parts.length === 0) {
      this.#say(this.#trouble.dataset.out);
      return;
    }
    this.#say("");
    if (this.#isPaused) {
      return;
    }
    for (const part of parts) {
      const shown = this.#page.querySelector(`[data-part="${part.dataset.part}"]`);
      if (shown && !shown.isEqualNode(part)) {
        shown.className = part.className;
        shown.replaceChildren(...part.childNodes);
      }
    }
  }

  #say(sentence) {
    if (this.#trouble.textContent !== sentence) {
      this.#trouble.textContent = sentence;
    }
  }
}
