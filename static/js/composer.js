// Where a message is written: Enter sends, Shift+Enter breaks, Esc ends a reply or an edit, a counter near the limit.

import { ComposeMode } from "./compose_mode.js";
import { MentionBox } from "./mention_box.js";
import { quoteOf } from "./messages.js";
import { say } from "./sentences.js";

const COUNT_FROM = 400; // characters left
const IME_KEY_CODE = 229; // Safari ends a composition before the Enter that ended it

export class Composer {
  #form;
  #text;
  #count;
  #button;
  #longest;
  #writer;
  #mode;
  #mentions;
  #parcel = { isEmpty: true, isReady: true, take: () => [] };
  #draft = "";

  // writer.write(words) takes a message that may be sent (outbox.js), writer.edit(message, text, mentions) another
  // text for one; writer.editLast() is asked for by ArrowUp.
  constructor(form, people, writer) {
    this.#form = form;
    this.#writer = writer;
    this.#text = form.querySelector("textarea");
    this.#count = form.querySelector("[data-count]");
    this.#button = form.querySelector("[data-send]");
    this.#longest = Number(this.#text.dataset.longest);
    this.#mode = new ComposeMode(form.querySelector("[data-mode]"), () => this.#endMode());
    this.#mentions = new MentionBox(this.#text, form.querySelector("[data-mention-list]"), people);
  }

  start() {
    this.#form.addEventListener("submit", (event) => this.#submit(event));
    this.#text.addEventListener("keydown", (event) => this.#pressed(event));
    this.#text.addEventListener("input", () => this.#measure());
    this.#mode.start();
    this.#mentions.start();
    this.#measure();
    if (matchMedia("(min-width: 900px) and (hover: hover)").matches) {
      this.focus();
    }
  }

  close() {
    this.#endMode();
    this.#text.disabled = true;
    this.#button.disabled = true;
  }

  // What goes out with the words of new messages (attachments/tray.js).
  carry(parcel) {
    this.#parcel = parcel;
  }

  focus() {
    this.#text.focus({ preventScroll: true });
  }

  reply(message) {
    if (this.#mode.edited) {
      this.#endMode();
    }
    this.#mode.replyTo(message);
    this.focus();
  }

  // `text` is what to begin with. What was being written is there again afterwards.
  edit(message, text = message.text) {
    if (!this.#mode.edited) {
      this.#draft = this.#text.value;
    }
    this.#mode.edit(message);
    this.#mentions.remember(message.mentions);
    this.#fill(text);
    this.focus();
  }

  // Whether nothing would be lost by writing something else.
  get isEmpty() {
    return this.#text.value === "" && this.#mode.isPlain;
  }

  #endMode() {
    const wasEdit = this.#mode.edited !== null;
    this.#mode.clear();
    if (wasEdit) {
      this.#fill(this.#draft);
      this.#draft = "";
    }
    this.focus();
  }

  #fill(text) {
    this.#text.value = text;
    this.#text.setSelectionRange(text.length, text.length);
    this.#measure();
  }

  #pressed(event) {
    const composing = event.isComposing || event.keyCode === IME_KEY_CODE;
    if (composing || this.#mentions.takesKey(event)) {
      return;
    }
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#form.requestSubmit();
    } else if (event.key === "Escape" && !this.#mode.isPlain) {
      event.preventDefault();
      this.#endMode();
    } else if (event.key === "ArrowUp" && this.isEmpty && this.#writer.editLast()) {
      event.preventDefault();
    }
  }

  #submit(event) {
    event.preventDefault();
    const text = this.#text.value.trim();
    const carries = !this.#mode.edited && !this.#parcel.isEmpty;
    if (carries && !this.#parcel.isReady) {
      this.#parcel.sendWhenReady();
    } else if ((text || carries) && this.#left(text) >= 0) {
      this.#give(text);
    }
    this.focus();
  }

  #give(text) {
    const { reply, edited } = this.#mode;
    const mentions = this.#mentions.namedIn(text);
    if (edited) {
      this.#endMode();
      if (text !== edited.text) {
        this.#writer.edit(edited, text, mentions);
      }
      return;
    }
    this.#mode.clear();
    this.#fill("");
    const attachments = this.#parcel.take();
    this.#writer.write({ text, mentions, attachments, replyTo: reply?.id, quote: reply && quoteOf(reply) });
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
