// The page for a new poll or event as a dialog over the talk: the same form, sent to the same address, so that what is
// wrong stands at its field in the server's words. What was filled in stays until it is posted.

import { drawIcon } from "../icons.js";
import { say } from "../sentences.js";
import { parsePage } from "../trusted.js";
import { CardForm } from "./card_form.js";

export class CardDialog {
  #address;
  #dialog = null;

  constructor(address) {
    this.#address = address;
  }

  async open() {
    if (!this.#dialog) {
      const page = await fetchPage(this.#address);
      if (!page) {
        location.assign(this.#address);
        return;
      }
      this.#dialog = this.#make();
      this.#show(page);
    }
    this.#dialog.showModal();
    this.#dialog.querySelector("[name=title]").focus();
  }

  #make() {
    const dialog = document.createElement("dialog");
    dialog.className = "card-dialog";
    const head = document.createElement("div");
    head.className = "bar";
    const title = document.createElement("h2");
    title.className = "bar__title bar__title--page bar__names";
    title.id = "card-dialog-title";
    dialog.setAttribute("aria-labelledby", title.id);
    const close = document.createElement("button");
    close.type = "button";
    close.className = "button button--icon";
    close.setAttribute("aria-label", say("close"));
    close.append(drawIcon("close"));
    close.addEventListener("click", () => dialog.close());
    head.append(title, close);
    dialog.append(head, document.createElement("div"));
    document.body.append(dialog);
    return dialog;
  }

  #show(page) {
    this.#dialog.querySelector("h2").textContent = page.querySelector("h1").textContent;
    this.#dialog.lastElementChild.replaceWith(document.importNode(page.querySelector("main .column"), true));
    const form = this.#dialog.querySelector("[data-kind]");
    form.addEventListener("submit", (event) => this.#post(event, form));
    new CardForm(form).start();
    this.#dialog.querySelector("[aria-invalid=true]")?.focus();
  }

  async #post(event, form) {
    event.preventDefault();
    const button = form.querySelector(".button--main");
    button.disabled = true;
    try {
      const answer = await fetch(this.#address, { method: "POST", body: new FormData(form) });
      await this.#settle(answer);
    } catch {
      this.#tell(form, say("card.not_posted")); // no connection, or a page that is no form
    }
    button.disabled = false;
  }

  async #settle(answer) {
    if (!answer.redirected) {
      this.#show(parsePage(await answer.text()));
    } else if (this.#address.startsWith(new URL(answer.url).pathname)) {
      this.#dialog.remove(); // posted: the answer is the talk
      this.#dialog = null;
    } else {
      location.assign(this.#address); // logged out meanwhile
    }
  }

  #tell(form, sentence) {
    form.querySelector("[data-card-trouble]")?.remove();
    const line = document.createElement("p");
    line.className = "field__error";
    line.setAttribute("role", "alert");
    line.dataset.cardTrouble = "";
    line.textContent = sentence;
    form.append(line);
  }
}

async function fetchPage(address) {
  try {
    const answer = await fetch(address);
    return answer.ok && !answer.redirected ? parsePage(await answer.text()) : null;
  } catch {
    return null;
  }
}
