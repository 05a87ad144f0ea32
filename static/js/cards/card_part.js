// Polls and events among the messages: drawn with every change, answered with one press.

import { CardNames } from "./card_names.js";
import { CardView } from "./card_view.js";
import { coming, isClosed, isEvent } from "./card_words.js";

const LOOK_AGAIN_MS = 20_000; // for cards that close while somebody looks at them

export class CardPart {
  #conversation;
  #view;
  #names;
  #messages = new WeakMap(); // what each form shows

  start(conversation) {
    this.#conversation = conversation;
    const talk = document.querySelector("[data-card-template]").parentElement;
    this.#view = new CardView(talk);
    const me = [conversation.userId, talk.dataset.username];
    this.#names = new CardNames(conversation.channelId, [me], (id) => conversation.timeline.redraw(id));
    setInterval(() => this.#closeLate(talk), LOOK_AGAIN_MS);
  }

  draw(message, element) {
    this.#names.note(message.authorId, message.authorName);
    const place = element.querySelector("[data-parts]");
    const known = place?.querySelector(":scope > [data-card]");
    if (!message.card || !place) {
      known?.remove();
      return;
    }
    const form = known ?? place.appendChild(this.#view.make());
    if (!this.#messages.has(form)) {
      form.addEventListener("submit", (event) => this.#answer(event, form));
      this.#readFaces(form);
    }
    this.#messages.set(form, message);
    this.#fill(form, message);
    const words = element.querySelector("[data-words]");
    words.hidden = words.hidden || (message.text === message.card.title && !message.quote);
  }

  #fill(form, message) {
    const people = isEvent(message.card) ? coming(message.answers ?? {}) : [];
    this.#view.fill(form, message, this.#conversation.userId, this.#names.known);
    if (message.id) {
      const address = `/channels/${this.#conversation.channelId}/messages/${message.id}/answers/`;
      form.setAttribute("action", address);
      form.querySelector("[data-card-people]").href = address;
      this.#names.want(message.id, people);
    }
  }

  // The server wrote the names that this page needs first.
  #readFaces(form) {
    for (const seal of form.querySelectorAll("[data-person]")) {
      this.#names.note(Number(seal.dataset.person), seal.title);
    }
  }

  #answer(event, form) {
    event.preventDefault();
    const { value } = event.submitter;
    const choices = value ? value.split(",").map(Number) : [];
    const { channelId, asks } = this.#conversation;
    asks.ask({ op: "answer", channel: channelId, message: this.#messages.get(form).id, choices });
  }

  #closeLate(talk) {
    for (const form of talk.querySelectorAll("[data-messages] [data-card]:has(button:enabled)")) {
      const message = this.#messages.get(form);
      if (message && isClosed(message.card)) {
        this.#fill(form, message);
      }
    }
  }
}
