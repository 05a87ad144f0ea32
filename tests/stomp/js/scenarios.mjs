// What a page with @stomp/stompjs does, one scenario a run: node scenarios.mjs NAME '{"url":…,…}'.
// Prints what happened as one JSON object; a scenario that waits in vain ends with an error.

import { randomUUID } from "node:crypto";

import { Client } from "@stomp/stompjs";
import WebSocket from "ws";

const PATIENCE_MS = 40_000;
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

class Talker {
  #waiting = [];
  #frames = [];

  constructor({ url, channel }, token, options = {}) {
    this.channel = channel;
    this.position = null;
    this.log = [];
    this.client = new Client({
      webSocketFactory: () => new WebSocket(url, this.client.stompVersions.protocolVersions()),
      connectHeaders: { Authorization: `Bearer ${token}` },
      reconnectDelay: 0,
      debug: (line) => this.log.push(line),
      ...options,
    });
    this.client.onStompError = (frame) => this.#note({ error: frame.headers });
    this.client.onWebSocketClose = (event) => this.#note({ closed: event.code });
    this.client.onDisconnect = (frame) => this.#note({ disconnected: frame.headers["receipt-id"] !== undefined });
  }

  connect() {
    return new Promise((resolve) => {
      this.client.onConnect = (frame) => resolve(frame.headers);
      this.client.activate();
    });
  }

  // Headers of the receipt. `destination` defaults to the room.
  subscribe(headers = {}, destination = `/sub/chat/room/${this.channel}`) {
    const receipt = this.receipt();
    const take = (message) => {
      this.position = message.headers.position ?? this.position;
      this.#note({ headers: message.headers, body: JSON.parse(message.body) });
    };
    this.subscription = this.client.subscribe(destination, take, { ...headers, receipt: receipt.id });
    return receipt.came;
  }

  publish(message, { binary = false, ...fields } = {}) {
    const receipt = this.receipt();
    const body = JSON.stringify({ channelId: this.channel, message, ...fields });
    const content = binary ? { binaryBody: new TextEncoder().encode(body) } : { body };
    this.client.publish({ destination: "/pub/chat/message", headers: { receipt: receipt.id }, ...content });
    return receipt.came;
  }

  receipt() {
    const id = randomUUID();
    return { id, came: new Promise((resolve) => this.client.watchForReceipt(id, (frame) => resolve(frame.headers))) };
  }

  // The next thing that happened and was not asked for yet.
  next() {
    if (this.#frames.length) return Promise.resolve(this.#frames.shift());
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #note(what) {
    const waiting = this.#waiting.shift();
    if (waiting) waiting(what);
    else this.#frames.push(what);
  }
}

const scenarios = {
  async talk(site) {
    const alice = new Talker(site, site.alice);
    const bob = new Talker(site, site.bob);
    const connected = [await alice.connect(), await bob.connect()];
    const subscribed = [await alice.subscribe(), await bob.subscribe()];
    const receipts = [await alice.publish("안녕 🙂"), await bob.publish("네:\n\\", { binary: true })];
    const heard = [[await alice.next(), await alice.next()], [await bob.next(), await bob.next()]];
    bob.subscription.unsubscribe();
    await alice.publish("혼잣말");
    await alice.next();
    await bob.client.deactivate();
    return { connected, subscribed, receipts, heard, end: [await bob.next(), await bob.next()] };
  },

  async large(site) {
    const alice = new Talker(site, site.alice, { splitLargeFrames: true, maxWebSocketChunkSize: 100 });
    const bob = new Talker(site, site.bob, { forceBinaryWSFrames: true });
    await alice.connect();
    await bob.connect();
    await alice.subscribe();
    await alice.publish(site.text);
    await bob.publish(site.text);
    return { heard: [(await alice.next()).body.text, (await alice.next()).body.text] };
  },

  async heartbeats(site) {
    const alice = new Talker(site, site.alice, { heartbeatIncoming: 10_000, heartbeatOutgoing: 10_000 });
    await alice.connect();
    await wait(24_000);
    const receipt = await alice.publish("still here");
    return { receipt, sent: alice.log.filter((line) => line === ">>> PING").length,
      received: alice.log.filter((line) => line === "<<< PONG").length };
  },

  async refused(site) {
    const nobody = new Talker(site, "wrong");
    nobody.client.activate();
    return { end: [await nobody.next(), await nobody.next()] };
  },

  async resume(site) {
    const alice = new Talker(site, site.alice);
    const bob = new Talker(site, site.bob, { reconnectDelay: 300 });
    await alice.connect();
    await bob.connect();
    await bob.subscribe();
    await alice.publish("1");
    const texts = [(await bob.next()).body.text];
    const missed = alice.publish("2").then(() => alice.publish("3"));
    const again = new Promise((resolve) => { bob.client.onConnect = resolve; });
    bob.client.forceDisconnect();
    const closed = await bob.next();
    await missed;
    await again;
    await bob.subscribe({ since: bob.position });
    await alice.publish("4");
    while (texts.length < 4) texts.push((await bob.next()).body.text);
    return { texts, closed };
  },

  async refusals(site) {
    const bob = new Talker(site, site.bob);
    await bob.connect();
    await bob.subscribe({}, "/user/queue/errors");
    bob.publish("", { clientId: "empty" });
    const told = await bob.next();
    return { told, receipt: await bob.publish("after all") };
  },

  async stranger(site) {
    const charlie = new Talker(site, site.charlie);
    await charlie.connect();
    charlie.subscribe();
    return { end: [await charlie.next(), await charlie.next()] };
  },
};

const [name, site] = process.argv.slice(2);
setTimeout(() => { console.error(`${name}: waited in vain`); process.exit(1); }, PATIENCE_MS);
console.log(JSON.stringify(await scenarios[name](JSON.parse(site))));
process.exit(0);
