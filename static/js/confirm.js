// Sends what the page asks for once, however often it is pressed, and does not guess when no answer comes:
// it asks again with the same idempotency key, which the page was made with, until there is one.

import { PinPad } from "./pin_pad.js";

const SLOW_MS = 6_000;
const PATIENCE_MS = 20_000;
const AGAIN_MS = [1_000, 2_000, 4_000, 8_000];
// Nothing was said about the transfer: too busy, or broken on the way.
const NO_ANSWER = new Set([429, 500, 502, 503, 504]);

export class Confirm {
  #form;
  #pad = null;
  #busy = false;

  constructor(form) {
    this.#form = form;
  }

  start() {
    const box = this.#form.querySelector("[data-pin]");
    if (!box) {
      return;
    }
    this.#pad = new PinPad(box);
    this.#pad.start();
    this.#form.addEventListener("submit", (event) => this.#submit(event));
    // A page that the browser kept has the old dots and perhaps disabled keys.
    window.addEventListener("pageshow", (event) => event.persisted && location.reload());
  }

  #submit(event) {
    event.preventDefault();
    if (!this.#busy && this.#pad.isComplete) {
      this.#send(new FormData(this.#form));
    }
  }

  async #send(body) {
    this.#busy = true;
    this.#pad.disable(true);
    this.#pad.say(this.#pad.sentence("busy"));
    const slow = setTimeout(() => this.#pad.say(this.#pad.sentence("slow")), SLOW_MS);
    const answer = await this.#answer(body);
    clearTimeout(slow);
    if (answer.next) {
      location.replace(answer.next);
      return;
    }
    this.#busy = false;
    this.#pad.disable(false);
    this.#pad.clear();
    this.#pad.say(answer.detail, { wrong: true });
  }

  // Ends only with an answer of the site.
  async #answer(body) {
    for (let tries = 0; ; tries += 1) {
      const answer = await this.#ask(body);
      if (answer) {
        return answer;
      }
      this.#pad.say(this.#pad.sentence("slow"));
      await new Promise((wake) => setTimeout(wake, AGAIN_MS[Math.min(tries, AGAIN_MS.length - 1)]));
    }
  }

  // null: no answer. A page instead of JSON is one of the site's own (logged out, not found): go there.
  async #ask(body) {
    try {
      const response = await fetch(this.#form.action, {
        method: "POST",
        body,
        headers: { Accept: "application/json" },
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      if (NO_ANSWER.has(response.status)) {
        return null;
      }
      const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
      return isJson ? await response.json() : { next: response.url };
    } catch {
      return null;
    }
  }
}
