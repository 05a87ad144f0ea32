// What the one socket brings, sorted by channel. Messages wait unparsed for the next animation frame, and only
// the last ones of each channel wait: a channel at 2,000 messages a second costs a page what 300 cost.

import { ReconnectingSocket } from "./socket.js";

export const INBOX_MOST = 300;
const BUSY_LINES = 20;
const BUSY_REST_MS = 120;
const BUSY_REST_PER_WORK = 4; // a page that is slow to draw rests longer: keys and clicks come first
const HIDDEN_WAIT_MS = 500;
const MESSAGE = '{"op":"message","channel":';
const CHANGE = /^\{"op":"(?:edited|deleted|reacted|answered|pinned)","channel":(\d+)/;
const NOTICES = new Set(["read", "readers", "typing", "presence", "hidden"]); // small and lossy (static/js/reading/)
const POSITION = '"position":"';
const POSITION_LENGTH = 24;

class Feed {
  #socket;
  #channels = new Map();
  #answerListeners = new Set();
  #stateListeners = new Set();
  #joinedListeners = new Set();
  #scheduled = false;
  #restUntil = 0;

  constructor() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const { user } = document.querySelector("[data-user]").dataset; // another tab may have logged somebody else in
    this.#socket = new ReconnectingSocket(`${scheme}//${location.host}/ws/?user=${user}`, {
      receive: (text) => this.#receive(text),
      tellState: (state) => this.#changeState(state),
    });
    this.#socket.start();
  }

  get isOpen() {
    return this.#socket.isOpen;
  }

  send(frame) {
    this.#socket.send(frame);
  }

  // A follower may have receive(lines, dropped), changed(lines, dropped), subscribed(frame), gap(frame), system(frame),
  // removed(), and a method named like each of NOTICES. Lines are frames: messages and slips, or what became of
  // messages, each in the log's order. `dropped` older ones were too many. `since` is the position after which it wants
  // to miss nothing.
  follow(channelId, follower, since = null) {
    let channel = this.#channels.get(channelId);
    if (!channel) {
      channel = { followers: new Set(), since: null, said: new Inbox(), done: new Inbox() };
      this.#channels.set(channelId, channel);
    }
    channel.followers.add(follower);
    if (since !== null && (channel.since === null || since < channel.since)) {
      channel.since = since; // nobody who follows may miss anything; what came already is told twice
    }
    this.#subscribe(channelId);
  }

  // listener(frame) gets ack and nack.
  onAnswer(listener) {
    this.#answerListeners.add(listener);
  }

  // listener(channelId) gets each channel that this page's person comes into.
  onJoined(listener) {
    this.#joinedListeners.add(listener);
  }

  // listener(state) gets the states of the socket.
  onState(listener) {
    this.#stateListeners.add(listener);
  }

  #changeState(state) {
    if (state === "open") {
      this.#channels.forEach((_, channelId) => this.#subscribe(channelId));
    }
    this.#stateListeners.forEach((listener) => listener(state));
  }

  #subscribe(channelId) {
    const channel = this.#channels.get(channelId);
    if (channel) {
      this.#socket.send({ op: "subscribe", channel: channelId, since: channel.since ?? undefined });
    }
  }

  #receive(text) {
    for (const line of text.split("\n")) {
      const change = line.startsWith(MESSAGE) ? null : CHANGE.exec(line);
      if (change) {
        this.#keep(Number(change[1]), "done", line);
      } else if (line.startsWith(MESSAGE)) {
        this.#keep(parseInt(line.slice(MESSAGE.length, MESSAGE.length + 16), 10), "said", line);
      } else if (line) {
        this.#sort(JSON.parse(line), line);
      }
    }
    this.#schedule();
  }

  // A slip stands among the messages, in their order. One about a member is news of the channel as well.
  #sort(frame, line) {
    const isSlip = frame.op === "system" && frame.slip;
    if (isSlip) {
      this.#keep(frame.channel, "said", line);
    }
    if (!isSlip || frame.user) {
      this.#dispatch(frame);
    }
  }

  #keep(channelId, inbox, line) {
    const channel = this.#channels.get(channelId);
    if (channel) {
      const at = line.lastIndexOf(POSITION) + POSITION.length;
      channel.since = line.slice(at, at + POSITION_LENGTH);
      channel[inbox].add(line);
    }
  }

  #dispatch(frame) {
    if (frame.op === "ack" || frame.op === "nack") {
      this.#answerListeners.forEach((listener) => listener(frame));
      return;
    }
    if (frame.op === "joined") {
      this.#joinedListeners.forEach((listener) => listener(frame.channel));
      return;
    }
    const channel = this.#channels.get(frame.channel);
    if (!channel) {
      return;
    }
    if (frame.op === "subscribed") {
      channel.since = channel.since ?? frame.position;
      tell(channel, "subscribed", frame);
    } else if (frame.op === "gap") {
      tell(channel, "gap", frame);
    } else if (frame.op === "removed" || (frame.op === "error" && frame.code === "not_found")) {
      this.#flush();
      this.#channels.delete(frame.channel);
      tell(channel, "removed", frame);
    } else if (frame.op === "error" && frame.retry_after_ms) {
      setTimeout(() => this.#subscribe(frame.channel), frame.retry_after_ms);
    } else if (frame.op === "system") {
      channel.since = frame.position ?? channel.since;
      tell(channel, "system", frame);
    } else if (NOTICES.has(frame.op)) {
      tell(channel, frame.op, frame);
    }
  }

  // At most once per animation frame; a busy feed rests between two, a hidden page has no frames at all.
  #schedule() {
    if (this.#scheduled) {
      return;
    }
    this.#scheduled = true;
    const flush = () => this.#flush();
    if (document.hidden) {
      setTimeout(flush, HIDDEN_WAIT_MS);
      return;
    }
    const rest = Math.max(0, this.#restUntil - performance.now());
    setTimeout(() => (document.hidden ? flush() : requestAnimationFrame(flush)), rest);
  }

  #flush() {
    this.#scheduled = false;
    const began = performance.now();
    let flushed = 0;
    for (const { followers, said, done } of this.#channels.values()) {
      flushed += said.length + done.length;
      said.empty((lines, dropped) => followers.forEach((follower) => follower.receive?.(lines, dropped)));
      done.empty((lines, dropped) => followers.forEach((follower) => follower.changed?.(lines, dropped)));
    }
    const work = performance.now() - began;
    this.#restUntil = flushed > BUSY_LINES ? began + Math.max(BUSY_REST_MS, BUSY_REST_PER_WORK * work) : 0;
  }
}

// The last INBOX_MOST lines that wait for a frame, and how many more there were.
class Inbox {
  #lines = [];
  #dropped = 0;

  get length() {
    return this.#lines.length;
  }

  add(line) {
    this.#lines.push(line);
    if (this.#lines.length >= 2 * INBOX_MOST) {
      this.#cut();
    }
  }

  empty(take) {
    if (this.#lines.length) {
      this.#cut();
      const [lines, dropped] = [this.#lines, this.#dropped];
      this.#lines = [];
      this.#dropped = 0;
      take(lines, dropped);
    }
  }

  #cut() {
    this.#dropped += Math.max(0, this.#lines.length - INBOX_MOST);
    this.#lines = this.#lines.slice(-INBOX_MOST);
  }
}

function tell(channel, method, frame) {
  channel.followers.forEach((follower) => follower[method]?.(frame));
}

let only = null;

// The page's one feed; the first call opens it.
export function feed() {
  only = only ?? new Feed();
  return only;
}
