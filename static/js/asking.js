// What the reader asks to be done to messages: it shows at once, the log settles it, a refusal takes it back and says
// why.

import { say } from "./sentences.js";

const HOPELESS = new Set(["message_deleted", "message_not_found", "author_only", "not_found"]);

export class Asking {
  #channelId;
  #asks;
  #timeline;
  #page;
  #shown = new Set();

  // page.keepPlace(change) changes the page without moving the reader, page.tell(sentence) says something,
  // page.editAgain(message, text) gives back a text that was refused.
  constructor(channelId, asks, timeline, page) {
    this.#channelId = channelId;
    this.#asks = asks;
    this.#timeline = timeline;
    this.#page = page;
  }

  start() {
    this.#asks.listen({
      changed: () => this.#show(),
      sent: (item, ack) => this.#settle(item, ack),
      refused: (item) => this.#sayTakenBack(item),
    });
    this.#show();
    this.#asks.start();
  }

  edit(message, text, mentions) {
    this.#ask({ op: "edit", message: message.id, text, mentions });
  }

  remove(message) {
    this.#ask({ op: "delete", message: message.id });
  }

  react(message, emoji, on) {
    this.#ask({ op: "react", message: message.id, emoji, on });
  }

  #ask(frame) {
    this.#asks.ask({ channel: this.#channelId, ...frame });
  }

  #settle(item, ack) {
    if (item.frame.channel === this.#channelId) {
      this.#timeline.change(this.#asks.event(item, ack.position));
    }
  }

  #sayTakenBack(item) {
    this.#page.tell(say(`unchanged.${item.failure}`) || say("unchanged"));
    const message = this.#timeline.find(item.frame.message);
    if (item.frame.op === "edit" && message && !HOPELESS.has(item.failure)) {
      this.#page.editAgain(message, item.frame.text);
    }
  }

  // Those that wait, and those that waited before.
  #show() {
    const waiting = new Set(this.#asks.waiting.map((item) => item.frame.message));
    this.#page.keepPlace(() => new Set([...this.#shown, ...waiting]).forEach((id) => this.#timeline.redraw(id)));
    this.#shown = waiting;
  }
}
