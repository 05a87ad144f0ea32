// The console: a button opens its form or asks at once; every request and its answer go into the log.

import { ActionForm } from "./action_form.js";
import { ask } from "./api.js";
import { CallLog } from "./call_log.js";
import { statusTag } from "./call_view.js";
import { People } from "./people.js";
import { Secrets } from "./secrets.js";
import { Things } from "./things.js";

export class Console {
  #page;
  #words;
  #secrets = new Secrets();
  #people;
  #things;
  #log;
  #forms = new Map();
  #open = null;
  #busy = new Set();

  constructor(page) {
    this.#page = page;
    this.#words = page.querySelector("[data-log]").dataset;
    this.#people = new People(page.querySelector("[data-askers]"));
    this.#things = new Things(JSON.parse(document.getElementById("known").textContent));
    this.#log = new CallLog(page.querySelector("[data-log]"), this.#secrets);
  }

  start() {
    for (const button of this.#page.querySelectorAll("[data-call]")) {
      const form = document.getElementById(button.getAttribute("aria-controls"));
      if (form) {
        this.#forms.set(button, new ActionForm(form));
        form.addEventListener("submit", (event) => {
          event.preventDefault();
          this.#send(button);
        });
        form.addEventListener("keydown", (event) => this.#leave(event, button));
      }
      button.addEventListener("click", () => (form ? this.#turn(button) : this.#send(button)));
    }
    this.#page.querySelector("[data-switch]").addEventListener("click", () => this.#switch());
  }

  // One form is open at a time.
  #turn(button) {
    const before = this.#open;
    if (before) {
      before.setAttribute("aria-expanded", "false");
      this.#forms.get(before).close();
    }
    this.#open = before === button ? null : button;
    if (this.#open) {
      button.setAttribute("aria-expanded", "true");
      this.#forms.get(button).open(this.#things);
    }
  }

  #leave(event, button) {
    if (event.key === "Escape" && !event.isComposing) {
      this.#turn(button);
      button.focus();
    }
  }

  async #send(button) {
    const { method, address } = button.dataset;
    const form = this.#forms.get(button);
    const hasBody = method === "POST";
    if (this.#busy.has(button)) {
      return;
    }
    const request = form
      ? form.read(address, hasBody, this.#words)
      : { path: address, headers: {}, body: hasBody ? {} : undefined, secrets: [] };
    if (!request) {
      return;
    }
    if (button.dataset.page !== undefined) {
      window.open(request.path, "_blank", "noopener");
      return;
    }
    this.#busy.add(button);
    if (form) {
      form.isBusy = true;
    }
    const answer = await this.#ask({ method, ...request });
    this.#busy.delete(button);
    if (form) {
      form.isBusy = false;
    }
    this.#take(button, answer);
  }

  async #ask(request) {
    const { name, token } = this.#people.asker;
    [token, ...request.secrets].forEach((secret) => this.#secrets.keep(secret));
    const call = this.#log.begin({ ...request, name, hasToken: token !== undefined });
    const answer = await ask({ ...request, token });
    this.#secrets.keepAll(answer.content);
    this.#log.end(call, answer);
    this.#page.querySelector("[data-last]").replaceChildren(`${request.method} `, statusTag(answer.status));
    return answer;
  }

  #take(button, answer) {
    const { gives, then } = button.dataset;
    const isDone = answer.status >= 200 && answer.status < 300;
    if (isDone && then === "log-in") {
      this.#people.logIn(answer.content);
    } else if (isDone && then === "log-out") {
      this.#people.logOut();
    }
    if (isDone && gives) {
      this.#things.learn(gives, answer.content);
    }
    const refusal = answer.status === 0 ? this.#words.away : answer.content?.detail;
    const sentence = refusal ?? this.#words.told;
    this.#forms.get(button)?.tell(answer, statusTag(answer.status), sentence);
    this.#page.querySelector("[data-said]").textContent = this.#forms.has(button) ? "" : sentence;
    if (this.#open) {
      this.#forms.get(this.#open).offer(this.#things);
    }
  }

  // On a phone there is room for one of the two.
  #switch() {
    this.#page.dataset.shown = this.#page.dataset.shown === "log" ? "actions" : "log";
    window.scrollTo(0, 0);
  }
}
