// Who looks at the open conversation and who writes there, and telling the others the same of the reader.

import { feed } from "../feed.js";
import { say } from "../sentences.js";
import { isVisible, onLooking } from "./looking.js";

const TELL_MS = 3_000;
const SHOWN_MS = 5_000;
const MOST_NAMED = 2;

export class People {
  #conversation;
  #typing;
  #looking;
  #writing = new Map(); // user id: [name, timer]
  #toldAt = -Infinity;
  #isLive = false;

  start(conversation) {
    const talk = document.querySelector('[data-module="conversation"]');
    this.#conversation = conversation;
    this.#typing = talk.querySelector("[data-typing]");
    this.#looking = document.querySelector("[data-looking]");
    talk.querySelector("textarea").addEventListener("input", (event) => this.#tell(event.target.value));
    onLooking(() => this.#watch());
    feed().onState((state) => (this.#isLive = this.#isLive && state === "open"));
    feed().follow(conversation.channelId, {
      subscribed: () => this.#begin(),
      presence: (frame) => this.#showPresence(frame),
      typing: ({ user, username }) => this.#write(user, username),
      receive: (lines) => this.#wrote(lines),
    });
  }

  draw() {}

  #begin() {
    this.#isLive = true;
    this.#watch();
  }

  #watch() {
    if (this.#isLive) {
      feed().send({ op: "watch", channel: this.#conversation.channelId, on: isVisible() });
    }
  }

  #tell(text) {
    if (text.trim() && performance.now() - this.#toldAt > TELL_MS) {
      this.#toldAt = performance.now();
      feed().send({ op: "typing", channel: this.#conversation.channelId });
    }
  }

  #write(userId, name) {
    if (userId === this.#conversation.userId) {
      return;
    }
    clearTimeout(this.#writing.get(userId)?.[1]);
    this.#writing.set(userId, [name, setTimeout(() => this.#rest(userId), SHOWN_MS)]);
    this.#showWriting();
  }

  #rest(userId) {
    clearTimeout(this.#writing.get(userId)?.[1]);
    if (this.#writing.delete(userId)) {
      this.#showWriting();
    }
  }

  #wrote(lines) {
    if (this.#writing.size) {
      lines.forEach((line) => this.#rest(JSON.parse(line).author?.id));
    }
  }

  #showWriting() {
    const names = [...this.#writing.values()].map(([name]) => name);
    const sentence = names.length > MOST_NAMED ? "typing_many" : ["", "typing", "typing_two"][names.length];
    this.#typing.hidden = !names.length;
    this.#typing.textContent = names.length ? say(sentence, { name: names[0], other: names[1], count: names.length }) : "";
  }

  #showPresence({ count, people }) {
    const here = new Set(people ?? []);
    const others = count - 1;
    this.#looking.hidden = others < 1;
    this.#looking.textContent = others < 1 ? "" : say("looking", { count: others });
    for (const row of document.querySelectorAll(".person-row[data-person]")) {
      const isHere = here.has(Number(row.dataset.person));
      row.querySelector("[data-here]").hidden = !isHere;
    }
  }
}
