// Where a message is written: Enter sends, Shift+Enter breaks, a counter near the limit.

import { say } from "./sentences.js";

const COUNT_FROM = 400; // characters left
const IME_KEY_CODE = 229; // Safari ends a composition before the Enter that ended it

export class Composer {
  #form;
  #text;
  #count;
  #button;
  #longest;
  #write;

  // write(text) takes a message that may be sent.
  constructor(form, write) {
    this.#form = form;
    this.#write = write;
    this.#text = form.querySelector("textarea");
    this.#count = form.querySelector("[data-count]");
    this.#button = form.querySelector("button");
    this.#longest = Number(this.#text.dataset.longest);
  }

  start() {
    this.#form.addEventListener("submit", (event) => this.#submit(event));
    this.#text.addEventListener("keydown", (event) => this.#pressed(event));
    this.#text.addEventListener("input", () => this.#measure());
    this.#measure();
    if (matchMedia("(min-width: 900px) and (hover: hover)").matches) {
      this.#text.focus({ preventScroll: true });
    }
  }

  close() {
    this.#text.disabled = true;
    this.#button.disabled = true;
  }

  #pressed(event) {
    const composing = event.isComposing || event.keyCode === IME_KEY_CODE;
    if (event.key === "Enter" && !event.shiftKey && !composing) {
      event.preventDefault();
      this.#form.requestSubmit();
    }
  }

  #submit(event) {
    event.preventDefault();
    const text = this.#text.value.trim();
    if (text && this.#left(text) >= 0) {
      this.#write(text);
      this.#text.value = "";
      this.#measure();
    }
    this.#text.focus({ preventScroll: true });
  }

  // The server counts code points; JavaScript's length is never below that number.
  #left(text) {
    const nearLimit = text.length > this.#longest - COUNT_FROM;
    return this.#longest - (nearLimit ? Array.from(text).length : text.length);
  }

  #measure() {
    const left = this.#left(this.#text.value.trim());
    this.#count.hidden = left > COUNT_FROM;
    this.#count.classList.toggle("composer__count--over", left < 0);
    this.#count.textContent = left > COUNT_FROM ? "" : say(left < 0 ? "over" : "left", { count: Math.abs(left) });
    this.#button.disabled = left < 0;
    this.#grow();
  }

  #grow() {
    if (!CSS.supports("field-sizing", "content")) {
      this.#text.style.blockSize = "auto";
      this.#text.style.blockSize = `${this.#text.scrollHeight}px`;
    }
  }
}
