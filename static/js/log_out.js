// Logging out throws away what was not sent: whoever has such messages is asked first, on the page that asks anyway.

import { say } from "./sentences.js";
import { countUnsent, forgetUnanswered } from "./unanswered.js";

export class LogOut {
  #form;
  #userId;
  #notice = document.querySelector("[data-unsent]");

  constructor(form) {
    this.#form = form;
    this.#userId = Number(form.dataset.account);
  }

  start() {
    const count = countUnsent(this.#userId);
    if (this.#notice && count) {
      this.#notice.querySelector("[data-sentence]").textContent = say("unsent", { count });
      this.#notice.hidden = false;
    }
    this.#form.addEventListener("submit", (event) => this.#leave(event));
  }

  #leave(event) {
    if (!this.#notice && countUnsent(this.#userId)) {
      event.preventDefault();
      location.assign(this.#form.action);
    } else {
      forgetUnanswered(this.#userId);
    }
  }
}
