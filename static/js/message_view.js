// Draws messages from the same markup the server uses.

import { drawParts } from "./message_parts.js";
import { fillWithText } from "./message_text.js";
import { ReactionChips } from "./reaction_chips.js";
import { hue, personMark } from "./seals.js";
import { say } from "./sentences.js";
import { clock } from "./times.js";

export class MessageView {
  #template;
  #quote;
  #reader;
  #slips;
  #chips;

  // `root` holds the templates. `reader` is {id, over}: over(message) is the message with what the reader asked to be
  // done to it. `slips` draws and folds what is not said by a person (slip_view.js).
  constructor(root, reader, slips) {
    this.#template = root.querySelector("[data-message]");
    this.#quote = root.querySelector("[data-quote-template]");
    this.#reader = reader;
    this.#slips = slips;
    this.#chips = new ReactionChips(root.querySelector("[data-reaction-template]"), reader.id);
  }

  // To be called when the window's entries {message, element} have changed. `open`: every fold opens.
  fold(entries, open) {
    this.#slips.fold(entries, open);
  }

  draw(message) {
    if (message.slip) {
      return this.#slips.draw(message);
    }
    const element = this.#template.content.firstElementChild.cloneNode(true);
    this.fill(element, message);
    return element;
  }

  // What the server drew becomes as if the script had drawn it: times in the reader's zone, parts alive.
  adopt(element, message) {
    element.querySelector("[data-time]").textContent = clock(message.sentAt);
    if (!message.slip) {
      drawParts(message, element);
    }
  }

  // Draws it into its element, which may show an earlier state of it.
  fill(element, known) {
    if (known.slip) {
      return;
    }
    const message = this.#reader.over(known);
    element.id = `m-${message.id}`;
    Object.assign(element.dataset, {
      id: message.id,
      position: message.position,
      author: message.authorId,
      sentAt: message.sentAt,
    });
    element.classList.toggle("message--own", message.authorId === this.#reader.id);
    element.classList.toggle("message--asked", Boolean(message.isAsked));
    const seal = element.querySelector("[data-seal]");
    seal.textContent = personMark(message.authorName);
    seal.dataset.hue = hue(message.authorId);
    element.querySelector("[data-name]").textContent = message.authorName;
    element.querySelector("[data-bot]").hidden = message.authorId >= 0;
    const time = element.querySelector("[data-time]");
    time.textContent = clock(message.sentAt);
    time.dateTime = new Date(message.sentAt).toISOString();
    element.querySelector("[data-edited]").hidden = message.editedAt === null || message.deleted;
    this.fillWords(element, message);
    this.#chips.fill(element.querySelector("[data-reactions]"), message.reactions);
    drawParts(message, element);
  }

  // Quote and text, also of a message that is still under way.
  fillWords(element, message) {
    const words = element.querySelector("[data-words]");
    const text = element.querySelector("[data-text]");
    words.querySelector("[data-quote]")?.remove();
    if (message.deleted) {
      text.textContent = say(message.deletedBy === message.authorId ? "deleted" : "deleted_by_admin");
    } else {
      fillWithText(text, message, this.#reader.id);
      if (message.quote) {
        words.prepend(this.#drawQuote(message.quote));
      }
    }
    element.classList.toggle("message--deleted", message.deleted);
    words.hidden = !text.textContent && !message.quote;
  }

  #drawQuote(quote) {
    const element = this.#quote.content.firstElementChild.cloneNode(true);
    element.dataset.quote = quote.id;
    element.href = `#m-${quote.id}`;
    element.querySelector("[data-quote-name]").textContent = quote.authorName;
    element.querySelector("[data-quote-text]").textContent = quote.deleted ? say("deleted") : quote.text;
    return element;
  }
}
