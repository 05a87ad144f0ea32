// The latest notice above the talk: a press goes to it, and who has read it folds it away until there is another.

import { feed } from "../feed.js";
import { shortened } from "../messages.js";

const SPREAD_MS = 700; // not every page of a channel asks in the same moment
const STORED_AFTER_MS = 1_500; // the list of notices follows the log a little later
const ABOUT_NOTICES = ["pinned", "edited", "deleted"];

export class NoticeBar {
  #bar;
  #text;
  #conversation;
  #timer = null;

  constructor(bar) {
    this.#bar = bar;
    this.#text = bar.querySelector("[data-notice-text]");
  }

  start(conversation) {
    this.#conversation = conversation;
    this.#bar.querySelector("[data-notice-link]").addEventListener("click", (event) => this.#jump(event));
    const fold = this.#bar.querySelector("[data-notice-fold]");
    fold.hidden = false;
    fold.addEventListener("click", () => this.#fold());
    feed().follow(conversation.channelId, {
      changed: (lines, dropped) => (dropped ? this.#askForLatest() : this.#changed(lines)),
      gap: () => this.#askForLatest(),
    });
    this.#show(this.#bar.dataset.notice, this.#text.textContent);
  }

  #changed(lines) {
    for (const line of lines) {
      const event = JSON.parse(line);
      const isMine = event.message === this.#bar.dataset.notice;
      if (event.op === "pinned" && event.on) {
        this.#askLater(`messages/${event.message}/`, (message) => message, 0);
      } else if (isMine && ABOUT_NOTICES.includes(event.op)) {
        this.#askForLatest();
      }
    }
  }

  #askForLatest() {
    this.#askLater("notices/", (list) => list.results[0], STORED_AFTER_MS);
  }

  #askLater(address, take, afterMs) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(address, take), afterMs + Math.random() * SPREAD_MS);
  }

  async #ask(address, take) {
    const answer = await fetch(`/api/v1/channels/${this.#conversation.channelId}/${address}`).catch(() => null);
    const message = answer?.ok ? take(await answer.json()) : null;
    if (answer?.ok) {
      this.#show(message?.id ?? "", message ? wordsOf(message) : "");
    }
  }

  #show(id, words) {
    this.#bar.dataset.notice = id;
    this.#text.textContent = words;
    this.#bar.hidden = !id || localStorage.getItem(this.#key) === id;
  }

  #fold() {
    localStorage.setItem(this.#key, this.#bar.dataset.notice);
    this.#bar.hidden = true;
  }

  #jump(event) {
    event.preventDefault();
    this.#conversation.jumpTo(this.#bar.dataset.notice);
  }

  get #key() {
    return `notice-folded-${this.#conversation.channelId}`;
  }
}

function wordsOf({ text, attachments, author }) {
  return shortened(text) || attachments.map((file) => file.name).join(", ") || author.username;
}
