// What this person asked to be done to messages: edit, delete, react, answer, pin. It shows at once; what the server
// refuses is taken back.

import { Changes } from "./changes.js";
import { Deliveries } from "./deliveries.js";

const EVENT = { edit: "edited", delete: "deleted", react: "reacted", answer: "answered", pin: "pinned" };
const ABOVE_ALL = "z"; // a place behind every position of the log

export class Asks extends Deliveries {
  #author;

  constructor(userId, username, feed) {
    super("asks", userId, feed);
    this.#author = { id: userId, username };
    this.listen({ refused: (item) => this.discard(item.clientId) });
  }

  // frame: {op, channel, message, …} as in chat/protocol.py, mentions as [{id, username}].
  ask({ mentions, ...frame }) {
    this.discardWaiting((other) => isSameMatter(other, frame));
    const people = mentions ? { mentions: mentions.map((person) => person.id) } : {};
    return this.add({ ...frame, ...people }, { mentions });
  }

  // The message as it will be when all that is under way was accepted.
  over(message) {
    const mine = this.waiting.filter((item) => item.frame.message === message.id);
    if (!mine.length) {
      return message;
    }
    const changes = new Changes();
    mine.forEach((item, index) => changes.fold(this.event(item, ABOVE_ALL + String(index).padStart(6, "0"))));
    return { ...changes.over(message), isAsked: true };
  }

  // The event that an accepted one became.
  event(item, position) {
    const { op, ...fields } = item.frame;
    return { on: true, ...fields, op: EVENT[op], author: this.#author, mentions: item.mentions, sent_at: item.askedAt, position };
  }
}

function isSameMatter(one, other) {
  return one.op === other.op && one.message === other.message && one.emoji === other.emoji;
}
