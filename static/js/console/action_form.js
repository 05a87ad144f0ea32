// The form of one action: reads it into a request and says what came of it.

import { Field } from "./field.js";

const HEADER = /^[\x20-\x7e]*$/;

export class ActionForm {
  #form;
  #fields;
  #button;
  #outcome;
  #label;

  constructor(form) {
    this.#form = form;
    this.#fields = Array.from(form.querySelectorAll("[data-field]"), (one) => new Field(one));
    this.#button = form.querySelector("button");
    this.#label = this.#button.textContent;
    this.#outcome = form.querySelector("[data-outcome]");
  }

  open(things) {
    this.#form.hidden = false;
    this.offer(things);
    this.#form.scrollIntoView({ block: "nearest" });
    (this.#fields[0] ?? this.#button).focus({ preventScroll: true });
  }

  close() {
    this.#form.hidden = true;
  }

  offer(things) {
    this.#fields.forEach((field) => field.offer(things));
  }

  // { path, headers, body, secrets }, or null where no request can be made of it; that is said at its field.
  read(address, hasBody, { missing, unsendable }) {
    this.#fields.forEach((field) => field.complain(""));
    this.#outcome.replaceChildren();
    const empty = this.#fields.filter((field) => field.place === "path" && field.isEmpty);
    const foreign = this.#fields.filter((field) => field.place === "header" && !HEADER.test(field.value));
    empty.forEach((field) => field.complain(missing));
    foreign.forEach((field) => field.complain(unsendable));
    if (empty.length + foreign.length > 0) {
      [...empty, ...foreign][0].focus();
      return null;
    }
    const path = this.#at("path").reduce((text, [name, value]) => {
      return text.replace(`{${name}}`, encodeURIComponent(value));
    }, address);
    const query = new URLSearchParams(this.#at("query")).toString();
    return {
      path: query ? `${path}?${query}` : path,
      headers: Object.fromEntries(this.#at("header")),
      body: hasBody ? Object.fromEntries(this.#at("body")) : undefined,
      secrets: this.#fields.filter((field) => field.isSecret).map((field) => field.value),
    };
  }

  #at(place) {
    const found = this.#fields.filter((field) => field.place === place);
    return found.map((field) => [field.name, field.value]).filter(([, value]) => value !== undefined);
  }

  set isBusy(isBusy) {
    this.#button.textContent = isBusy ? this.#button.dataset.busy : this.#label;
    this.#button.setAttribute("aria-disabled", String(isBusy));
  }

  // What came of it in one line; a refusal with its code and sentence, and each wrong field with its own.
  tell({ status, content }, tag, sentence) {
    const code = document.createElement("code");
    code.textContent = content?.code ?? "";
    this.#outcome.replaceChildren(tag, ...(content?.code ? [code] : []), sentence);
    if (status >= 200 && status < 300) {
      this.#fields.forEach((field) => field.renew());
      return;
    }
    for (const field of this.#fields) {
      const wrong = content?.errors?.[field.name];
      field.complain(wrong ? [wrong].flat(2).join(" ") : "");
    }
  }
}
