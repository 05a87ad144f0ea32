// What this person asked of the server and what it has not answered yet. It survives reconnects, the page and the browser
// (unanswered.js), and goes out again with the same client_id, so that the server knows a repeat.

import { Unanswered, newId } from "./unanswered.js";

const STAYS_PENDING = new Set(["restarting"]); // the socket is about to close and come back
const TOO_MUCH = new Set(["overloaded", "rate_limited"]); // goes out again by itself when the server says it may
const MOST_TRIES = 10;
const MOST_AGE_MS = 24 * 3600 * 1000; // what waited longer is not said any more without being asked for

export class Deliveries {
  #kept;
  #feed;
  #items = []; // in the order they were asked
  #listeners = new Set();
  #underWay = new Set(); // sent on this connection and not answered
  #quietUntil = 0; // the server asked for silence until then; what is asked meanwhile waits in order

  constructor(kind, userId, feed) {
    this.#kept = new Unanswered(kind, userId);
    this.#feed = feed;
  }

  start() {
    this.#feed.onState((state) => state === "open" && this.#sendAgain());
    this.#feed.onAnswer((answer) => this.#settle(answer));
    this.#kept.watch((all) => this.#look(all));
    this.#look(true);
  }

  of(channelId) {
    return this.#items.filter((item) => item.frame.channel === channelId);
  }

  get waiting() {
    return this.#items.filter((item) => item.failure === null);
  }

  // listener.changed() after any change, sent(item, ack) when the log has one, refused(item, nack).
  listen(listener) {
    this.#listeners.add(listener);
  }

  // `frame` is what is sent, `rest` what the page wants to know of it.
  add(frame, rest = {}) {
    const askedAt = Math.max(Date.now(), 1 + (this.#items.at(-1)?.askedAt ?? 0));
    const item = { ...rest, clientId: newId(), askedAt };
    item.frame = { ...frame, client_id: item.clientId };
    this.#items.push(item);
    this.#begin(item);
    return item;
  }

  retry(clientId) {
    const item = this.find(clientId);
    if (item) {
      item.askedAt = Date.now();
      this.#begin(item);
    }
  }

  discard(clientId) {
    this.#forget(clientId);
    this.#tellChanged();
  }

  // Those that were not sent yet and that a newer one makes pointless.
  discardWaiting(isPointless) {
    const pointless = this.#items.filter((item) => !this.#underWay.has(item.clientId) && isPointless(item.frame));
    pointless.forEach((item) => this.#forget(item.clientId));
  }

  find(clientId) {
    return this.#items.find((item) => item.clientId === clientId);
  }

  #begin(item) {
    Object.assign(item, { failure: null, tries: 0 });
    if (this.#kept.keep(item) || this.#feed.isOpen) {
      this.#send(item);
      this.#tellChanged();
    } else {
      this.#fail(item, { code: "too_many_waiting" });
    }
  }

  // What is in the storage, and what there was no room for.
  #look(all) {
    const kept = this.#kept.mine(all);
    const isKept = new Set(kept.map((item) => item.clientId));
    this.#items = [...kept, ...this.#items.filter((item) => !item.page && !isKept.has(item.clientId))];
    this.#tellChanged();
    this.#sendPending();
  }

  #forget(clientId) {
    this.#kept.drop(clientId);
    this.#items = this.#items.filter((item) => item.clientId !== clientId);
  }

  #sendAgain() {
    this.#underWay.clear();
    this.#sendPending();
  }

  #sendPending() {
    this.waiting.filter((item) => !this.#underWay.has(item.clientId)).forEach((item) => this.#send(item));
  }

  #send(item) {
    if (Date.now() - item.askedAt > MOST_AGE_MS) {
      this.#fail(item, { code: "too_old" });
      return;
    }
    if (performance.now() < this.#quietUntil || !this.#feed.isOpen) {
      return;
    }
    this.#underWay.add(item.clientId);
    this.#feed.send(item.frame);
  }

  #settle(answer) {
    const item = this.find(answer.client_id);
    this.#underWay.delete(answer.client_id);
    if (!item || STAYS_PENDING.has(answer.code)) {
      return;
    }
    if (TOO_MUCH.has(answer.code) && this.#mayTryAgain(item)) {
      this.#restFor(answer.retry_after_ms);
      return;
    }
    if (answer.op === "nack") {
      this.#fail(item, answer);
      return;
    }
    this.#listeners.forEach((listener) => listener.sent?.(item, answer));
    this.discard(answer.client_id);
  }

  #fail(item, answer) {
    item.failure = answer.code;
    this.#kept.keep(item);
    this.#tellChanged();
    this.#listeners.forEach((listener) => listener.refused?.(item, answer));
  }

  #mayTryAgain(item) {
    item.tries += 1;
    this.#kept.keep(item);
    return item.tries < MOST_TRIES;
  }

  #restFor(milliseconds) {
    this.#quietUntil = Math.max(this.#quietUntil, performance.now() + milliseconds);
    setTimeout(() => this.#sendPending(), milliseconds + 1);
  }

  #tellChanged() {
    this.#listeners.forEach((listener) => listener.changed?.());
  }
}
