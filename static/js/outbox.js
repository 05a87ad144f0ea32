// Messages that were written and are not acknowledged yet. They survive reconnects and page changes of the tab,
// and go out again with the same client_id, so that the server knows a repeat.

import { feed } from "./feed.js";

const STAYS_PENDING = new Set(["restarting"]); // the socket is about to close and come back
const TOO_MUCH = new Set(["overloaded", "rate_limited"]); // goes out again by itself when the server says it may
const MOST_TRIES = 10;

export class Outbox {
  #key;
  #messages;
  #listeners = new Set();
  #underWay = new Set(); // sent on this connection and not answered
  #quietUntil = 0; // the server asked for silence until then; what is written meanwhile waits in order

  constructor(userId) {
    this.#key = `outbox-${userId}`;
    this.#messages = JSON.parse(sessionStorage.getItem(this.#key) ?? "[]");
  }

  start() {
    feed().onState((state) => state === "open" && this.#sendAgain());
    feed().onAnswer((answer) => this.#settle(answer));
    if (feed().isOpen) {
      this.#sendAgain();
    }
  }

  of(channelId) {
    return this.#messages.filter((message) => message.channel === channelId);
  }

  // listener.changed() after any change, listener.sent(message, ack) when the log has one.
  listen(listener) {
    this.#listeners.add(listener);
  }

  write(channelId, text) {
    const message = { clientId: newClientId(), channel: channelId, text, failure: null };
    this.#messages.push(message);
    this.#send(message);
    this.#changed();
  }

  retry(clientId) {
    const message = this.#find(clientId);
    if (message) {
      message.failure = null;
      message.tries = 0;
      this.#send(message);
      this.#changed();
    }
  }

  discard(clientId) {
    this.#messages = this.#messages.filter((message) => message.clientId !== clientId);
    this.#changed();
  }

  has(clientId) {
    return Boolean(this.#find(clientId));
  }

  #find(clientId) {
    return this.#messages.find((message) => message.clientId === clientId);
  }

  #sendAgain() {
    this.#underWay.clear();
    this.#sendPending();
  }

  #sendPending() {
    this.#messages
      .filter((message) => message.failure === null && !this.#underWay.has(message.clientId))
      .forEach((message) => this.#send(message));
  }

  #send(message) {
    if (performance.now() < this.#quietUntil) {
      return;
    }
    this.#underWay.add(message.clientId);
    feed().send({ op: "send", channel: message.channel, client_id: message.clientId, text: message.text });
  }

  #settle(answer) {
    const message = this.#find(answer.client_id);
    this.#underWay.delete(answer.client_id);
    if (!message || STAYS_PENDING.has(answer.code)) {
      return;
    }
    if (TOO_MUCH.has(answer.code) && this.#mayTryAgain(message)) {
      this.#restFor(answer.retry_after_ms);
      return;
    }
    if (answer.op === "nack") {
      message.failure = answer.code;
      this.#changed();
      return;
    }
    this.#listeners.forEach((listener) => listener.sent?.(message, answer));
    this.discard(answer.client_id);
  }

  #mayTryAgain(message) {
    message.tries = (message.tries ?? 0) + 1;
    return message.tries < MOST_TRIES;
  }

  #restFor(milliseconds) {
    this.#quietUntil = Math.max(this.#quietUntil, performance.now() + milliseconds);
    setTimeout(() => this.#sendPending(), milliseconds + 1);
  }

  #changed() {
    sessionStorage.setItem(this.#key, JSON.stringify(this.#messages));
    this.#listeners.forEach((listener) => listener.changed?.());
  }
}

// randomUUID exists on secure origins only; a phone in the same network may open the site by plain HTTP.
function newClientId() {
  if (crypto.randomUUID) {
    return crypto.randomUUID();
  }
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
