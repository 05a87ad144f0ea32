// The Messenger-Service-Log: the newest calls first, at most so many. Nothing unmasked comes in.

import { CallView } from "./call_view.js";
import { MASK } from "./secrets.js";

const MOST_CALLS = 60;
const COPIED_MS = 2_000;

export class CallLog {
  #root;
  #rows;
  #secrets;
  #calls = [];

  constructor(root, secrets) {
    this.#root = root;
    this.#rows = root.querySelector("[data-rows]");
    this.#secrets = secrets;
    this.#button("clear").addEventListener("click", () => this.#clear());
    this.#button("copy").hidden = !navigator.clipboard;
    this.#button("copy").addEventListener("click", () => this.#copy());
  }

  // Writes down that this is being asked; the returned call is given its answer by `end`.
  begin({ method, path, headers, body, name, hasToken }) {
    const call = new CallView(this.#root.querySelector("template"), this.#root.dataset, {
      at: new Date(),
      method,
      path: this.#secrets.mask(decodeURIComponent(path.replaceAll("+", " "))),
      name: this.#secrets.mask(name),
      way: hasToken ? `Bearer ${MASK}` : "",
      headers: this.#secrets.mask(headers),
      body: this.#secrets.mask(body),
    });
    this.#calls.unshift(call);
    this.#rows.prepend(call.element);
    this.#calls.splice(MOST_CALLS).forEach((old) => old.element.remove());
    this.#count();
    return call;
  }

  end(call, answer) {
    const content = this.#secrets.mask(answer.content);
    call.finish({ ...answer, headers: this.#secrets.mask(answer.headers), content });
  }

  #clear() {
    this.#calls = [];
    this.#rows.replaceChildren();
    this.#count();
    this.#root.querySelector("[data-empty]").focus();
  }

  async #copy() {
    const button = this.#button("copy");
    const label = button.textContent;
    await navigator.clipboard.writeText(this.#calls.map((call) => call.text).join("\n\n"));
    button.textContent = button.dataset.done;
    setTimeout(() => {
      button.textContent = label;
    }, COPIED_MS);
  }

  #count() {
    const count = this.#calls.length;
    const tag = this.#root.querySelector("[data-count]");
    tag.textContent = String(count);
    tag.hidden = count === 0;
    this.#rows.hidden = count === 0;
    this.#root.querySelector("[data-empty]").hidden = count > 0;
    this.#button("clear").disabled = count === 0;
    this.#button("copy").disabled = count === 0;
  }

  #button(name) {
    return this.#root.querySelector(`[data-${name}]`);
  }
}
