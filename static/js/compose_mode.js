// What the composer writes: a new message, a reply to one, or another text for one. The bar above it says which.

import { shortened } from "./messages.js";
import { say } from "./sentences.js";

export class ComposeMode {
  #bar;
  #ended;
  #reply = null;
  #edited = null;

  // ended() is called when the person goes back to a new message by the bar's button.
  constructor(bar, ended) {
    this.#bar = bar;
    this.#ended = ended;
  }

  start() {
    this.#bar.querySelector("[data-mode-end]").addEventListener("click", () => this.#ended());
  }

  // The message that is replied to, or that gets another text; null otherwise.
  get reply() {
    return this.#reply;
  }

  get edited() {
    return this.#edited;
  }

  get isPlain() {
    return this.#reply === null && this.#edited === null;
  }

  replyTo(message) {
    this.#set({ reply: message });
  }

  edit(message) {
    this.#set({ edited: message });
  }

  clear() {
    this.#set({});
  }

  #set({ reply = null, edited = null }) {
    this.#reply = reply;
    this.#edited = edited;
    const message = reply ?? edited;
    this.#bar.hidden = !message;
    if (message) {
      const title = reply ? say("replying", { name: reply.authorName }) : say("editing");
      this.#bar.querySelector("[data-mode-title]").textContent = title;
      this.#bar.querySelector("[data-mode-text]").textContent = shortened(message.text);
    }
  }
}
