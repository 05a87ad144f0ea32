// Messages that were written and are not acknowledged yet. They survive reconnects and page changes of the tab,
// and go out again with the same client_id, so that the server knows a repeat.

import { feed } from "./feed.js";

const STAYS_PENDING = new Set(["restarting"]); // the socket is about to close and come back

export class Outbox {
  #key;
  #messages;
  #listeners = new Set();

  constructor(userId) {
    this.#key = `outbox-${userId}`;
    this.#messages = JSON.parse(sessionStorage.getItem(this.#key) ?? "[]");
  }

  start() {
    feed().onState((state) => state === "open" && this.#sendPending());
    feed().onAnswer((answer) => this.#settle(answer));
    if (feed().isOpen) {
      this.#sendPending();
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

  #sendPending() {
    this.#messages.filter((message) => message.failure === null).forEach((message) => this.#send(message));
  }

  #send(message) {
    feed().send({ op: "send", channel: message.channel, client_id: message.clientId, text: message.text });
  }

  #settle(answer) {
    const message = this.#find(answer.client_id);
    if (!message || STAYS_PENDING.has(answer.code)) {
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
